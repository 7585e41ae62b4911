"""The kinds of things that can be set: how they are read, checked, shown and kept."""

from __future__ import annotations

import types
from dataclasses import dataclass
from enum import Enum
from typing import TypeGuard, Union, get_args, get_origin

import msgspec

from vestnik.bot.commands.problems import Expectation
from vestnik.bot.commands.values import Reading, reading_of
from vestnik.bot.words import Words
from vestnik.errors import BadBot

__all__ = ["Kind", "Limits"]

_KINDS = frozenset({"kind.bool", "kind.choice", "kind.float", "kind.int", "kind.text"})
_LONGEST_TEXT = 1000


@dataclass(frozen=True)
class Limits:
    """What narrows a type down."""

    least: float | None = None
    most: float | None = None
    choices: tuple[str, ...] = ()


class Kind:
    """One kind of thing, by its type hint and limits.

    Args:
        name: The setting, for errors.
        hint: The type of the values.
        limits: What narrows it down.

    Raises:
        BadBot: Nobody could type such a thing.
    """

    def __init__(self, name: str, hint: object, limits: Limits) -> None:
        reading = _reading(hint)
        if reading is None or reading.expected.key not in _KINDS:
            raise BadBot(
                f"The setting {name!r} cannot be a {hint}: use bool, int, float, str, an Enum or "
                "a Literal, or one of them or None."
            )
        self._hint = hint
        self._limits = limits
        self._reading = reading

    def read(self, text: str, words: Words) -> object:
        """Read what a person wrote.

        Raises:
            ValueError: It is no such thing.
        """
        if self._reading.optional and text.casefold() == words.say("value.none").casefold():
            return None
        value = self._convert(text, words)
        if not text or not self.allows(value):
            raise ValueError(text)
        return value

    def allows(self, value: object) -> bool:
        """Tell whether it may be set to this."""
        try:
            if msgspec.json.decode(msgspec.json.encode(value), type=self._hint) != value:
                return False
        except (msgspec.DecodeError, TypeError):
            return False
        if isinstance(value, str) and not isinstance(value, Enum):
            return self._allows_text(value)
        return not _is_number(value) or self._allows_number(value)

    def expected(self, words: Words) -> str:
        """Name what it may be set to, as in “needs a whole number from 0 to 23”."""
        if self._limits.choices:
            return Expectation("kind.choice", self._limits.choices).say(words)
        if self._key == "kind.text":
            return words.say("kind.text_at_most", count=self._longest)
        named = self._reading.expected.say(words)
        return f"{named} {self._range(words)}" if self._has_range else named

    def show(self, value: object, words: Words) -> str:
        """Show a value to a person, as it may be typed again."""
        if value is None:
            return words.say("value.none")
        if isinstance(value, bool):
            return words.say("value.on") if value else words.say("value.off")
        return str(value.value if isinstance(value, Enum) else value)

    def pack(self, value: object) -> str:
        """Write a value down."""
        return msgspec.json.encode(value).decode()

    def unpack(self, raw: str) -> object:
        """Read a value that was written down.

        Raises:
            ValueError: It is no such thing any more.
        """
        value: object = msgspec.json.decode(raw, type=self._hint)
        if not self.allows(value):
            raise ValueError("it is out of range")
        return value

    @property
    def _key(self) -> str:
        return self._reading.expected.key

    @property
    def _longest(self) -> int:
        return int(self._limits.most or _LONGEST_TEXT)

    @property
    def _has_range(self) -> bool:
        numeric = self._key in ("kind.int", "kind.float")
        return numeric and (self._limits.least, self._limits.most) != (None, None)

    def _range(self, words: Words) -> str:
        least, most = self._limits.least, self._limits.most
        if most is None:
            return words.say("kind.at_least", least=least)
        if least is None:
            return words.say("kind.at_most", most=most)
        return words.say("kind.between", least=least, most=most)

    def _convert(self, text: str, words: Words) -> object:
        # What is shown can be typed, also in languages that commands know no yes and no of.
        if self._key == "kind.bool":
            for key, value in (("value.on", True), ("value.off", False)):
                if text.casefold() == words.say(key).casefold():
                    return value
        converted = self._reading.convert(text, None)
        return self._choice(converted) if self._limits.choices else converted

    def _choice(self, given: object) -> str:
        """Find the choice that differs in case only."""
        text = str(given)
        alike = (it for it in self._limits.choices if it.casefold() == text.casefold())
        return next(alike, text)

    def _allows_text(self, text: str) -> bool:
        if self._limits.choices:
            return text in self._limits.choices
        return self._key != "kind.text" or len(text) <= self._longest

    def _allows_number(self, value: float) -> bool:
        least, most = self._limits.least, self._limits.most
        return (least is None or value >= least) and (most is None or value <= most)


def _reading(hint: object) -> Reading | None:
    is_union = get_origin(hint) in (Union, types.UnionType)
    several = [part for part in get_args(hint) if part is not types.NoneType] if is_union else []
    return None if len(several) > 1 or hasattr(hint, "from_argument") else reading_of(hint)


def _is_number(value: object) -> TypeGuard[float]:
    return isinstance(value, int | float) and not isinstance(value, bool | Enum)
