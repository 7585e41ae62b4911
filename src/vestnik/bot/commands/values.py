"""How a word becomes the value that a parameter's type hint asks for."""

from __future__ import annotations

import inspect
import math
import types
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from enum import Enum
from typing import Any, ClassVar, Literal, Protocol, Self, Union, get_args, get_origin

from vestnik.bot.commands.problems import Expectation

__all__ = ["ArgumentType", "Reading", "reading_of"]

_YES = frozenset({"yes", "y", "true", "on", "1", "+", "да", "д", "вкл", "истина"})
_NO = frozenset({"no", "n", "false", "off", "0", "-", "нет", "н", "выкл", "ложь"})


class ArgumentType(Protocol):
    """A type of an author's own (or ours) that may stand in a command's parameters."""

    argument_kind: ClassVar[str]
    """The key of the words that name what is expected, such as ``kind.contact``."""

    @classmethod
    async def from_argument(cls, given: str, message: Any, /) -> Self:
        """Make one of a word; raises `ValueError` if it is none."""


@dataclass(frozen=True)
class Reading:
    """How words are read as one type.

    Attributes:
        expected: What the words should be.
        convert: Takes the word and the message; raises `ValueError`; may return an awaitable.
        takes_text: Whether any text will do, so that the last one may take the rest of the line.
        optional: Whether the type has a place for nothing at all.
    """

    expected: Expectation
    convert: Callable[[str, object], object | Awaitable[object]]
    takes_text: bool = False
    optional: bool = False


def reading_of(hint: object) -> Reading | None:
    """Find out how words become what a type hint says; ``None`` if they cannot."""
    if isinstance(hint, type) and hint in _SIMPLE:
        return _SIMPLE[hint]
    origin = get_origin(hint)
    if origin is Literal:
        return _literal(get_args(hint))
    if origin in (Union, types.UnionType):
        return _union(get_args(hint))
    if isinstance(hint, type) and issubclass(hint, Enum):
        return _enum(hint)
    if hasattr(hint, "from_argument"):
        return Reading(Expectation(getattr(hint, "argument_kind", "kind.text")), hint.from_argument)
    return None


def _whole_number(word: str, _: object) -> int:
    return int(word)


def _number(word: str, _: object) -> float:
    # Half of Europe writes 1,5.
    number = float(word.replace(",", ".") if word.count(",") == 1 and "." not in word else word)
    if not math.isfinite(number):
        raise ValueError(word)
    return number


def _yes_or_no(word: str, _: object) -> bool:
    answer = word.casefold()
    if answer not in _YES | _NO:
        raise ValueError(word)
    return answer in _YES


def _text(word: str, _: object) -> str:
    return word


_SIMPLE: dict[type, Reading] = {
    int: Reading(Expectation("kind.int"), _whole_number),
    float: Reading(Expectation("kind.float"), _number),
    bool: Reading(Expectation("kind.bool"), _yes_or_no),
    str: Reading(Expectation("kind.text"), _text, takes_text=True),
}


def _literal(values: tuple[object, ...]) -> Reading:
    return _choice({str(value): value for value in values})


def _enum(kind: type[Enum]) -> Reading:
    by_value = {str(member.value): member for member in kind}
    by_name = {member.name: member for member in kind}
    return _choice(by_value, by_name)


def _choice(
    shown: dict[str, object] | dict[str, Enum], also: dict[str, Enum] | None = None
) -> Reading:
    """Read one of the words that are shown, in any case; others may be understood as well."""
    understood = {word.casefold(): value for word, value in {**(also or {}), **shown}.items()}

    def convert(word: str, _: object) -> object:
        try:
            return understood[word.casefold()]
        except KeyError:
            raise ValueError(word) from None

    return Reading(Expectation("kind.choice", tuple(shown)), convert)


def _union(hints: tuple[object, ...]) -> Reading | None:
    readings = [reading_of(hint) for hint in hints if hint is not types.NoneType]
    known = [reading for reading in readings if reading is not None]
    if not known or len(known) < len(readings):
        return None
    return Reading(
        known[0].expected,
        known[0].convert if len(known) == 1 else _first_of(known),
        takes_text=any(reading.takes_text for reading in known),
        optional=types.NoneType in hints,
    )


def _first_of(readings: list[Reading]) -> Callable[[str, object], Awaitable[object]]:
    async def convert(word: str, message: object) -> object:
        for reading in readings[:-1]:
            try:
                return await settle(reading.convert(word, message))
            except ValueError:
                continue
        return await settle(readings[-1].convert(word, message))

    return convert


async def settle(value: object) -> object:
    """Wait for a value that is not there yet."""
    return await value if inspect.isawaitable(value) else value
