"""Which types of notifications a chat is told, and how people say that."""

from __future__ import annotations

from enum import StrEnum

import msgspec

from vestnik.wire.types import name_of, number_of

__all__ = ["FIRST_OF_THE_CORE", "Base", "Choice", "UnknownType", "changed_choice"]

FIRST_OF_THE_CORE = 100
"""Types from here on are events of a bot's core, of which there are many."""

MOST_NAMED = 200
"""More types than that nobody names one by one."""

LARGEST = 2**63 - 1


class Base(StrEnum):
    """What is told of what was not named."""

    DEFAULT = "default"
    """What a listing and the gateway itself tell."""
    ALL = "all"
    NONE = "none"


_BASES = frozenset(base.value for base in Base)


class UnknownType(ValueError):
    """A word that is no type; its argument is the word."""


class Choice(msgspec.Struct, frozen=True, omit_defaults=True):
    """Which types are told.

    Attributes:
        added: Told whatever `base` says.
        removed: Not told whatever `base` says.
    """

    base: Base = Base.DEFAULT
    added: frozenset[int] = frozenset()
    removed: frozenset[int] = frozenset()

    def wants(self, type: int) -> bool:
        """Tell whether notifications of a type are told."""
        if type in self.added or type in self.removed:
            return type in self.added
        return self.base is Base.ALL or (self.base is Base.DEFAULT and type < FIRST_OF_THE_CORE)

    def spelled(self) -> str:
        """Write it as `changed_choice` reads it."""
        added = (f"+{name_of(type)}" for type in sorted(self.added))
        removed = (f"-{name_of(type)}" for type in sorted(self.removed))
        return " ".join((self.base.value, *added, *removed))


def changed_choice(choice: Choice, wish: str) -> Choice:
    """Change a choice as ``+up_added -comment_added``, ``all +info`` or ``default`` wishes.

    Raises:
        UnknownType: One of the words is no type.
    """
    for word in wish.replace(",", " ").split():
        choice = _changed(choice, word)
    return choice


def _changed(choice: Choice, word: str) -> Choice:
    bare = word.casefold()
    if bare in _BASES:
        return Choice(Base(bare))
    number = number_of(bare[1:])
    is_there = bare[:1] in "+-–−" and number is not None and 0 <= number <= LARGEST
    if not is_there or len(choice.added) + len(choice.removed) >= MOST_NAMED:
        raise UnknownType(word)
    assert number is not None
    added, removed = choice.added - {number}, choice.removed - {number}
    plain = Choice(choice.base, added, removed)
    wants = bare.startswith("+")
    if plain.wants(number) == wants:
        return plain
    if wants:
        return Choice(choice.base, added | {number}, removed)
    return Choice(choice.base, added, removed | {number})
