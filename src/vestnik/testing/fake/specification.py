"""What the core's specification says that a method takes."""

from __future__ import annotations

import typing
from collections.abc import Sequence
from functools import cache

import msgspec

from vestnik.chatmail import METHODS, CoreMethods
from vestnik.testing.fake.wire import Refusal, words_for

__all__ = ["parameter_types", "typed_arguments"]


@cache
def parameter_types(method: str) -> tuple[object, ...] | None:
    """Give the types of a method's parameters; ``None`` if the core has no such method."""
    if method not in METHODS:
        return None
    hints = typing.get_type_hints(getattr(CoreMethods, method))
    return tuple(hints[param.name] for param in METHODS[method].params)


def typed_arguments(types: Sequence[object], arguments: Sequence[object]) -> list[object]:
    """Turn JSON arguments into what a method takes.

    Raises:
        Refusal: They are too many, too few or of another type, in the core's words.
    """
    if len(arguments) != len(types):
        raise Refusal.wrong_count(len(types))
    return [_typed(type_, given) for type_, given in zip(types, arguments, strict=True)]


def _typed(type_: object, given: object) -> object:
    if type(given) is int and given < 0 and type_ is not float:
        raise Refusal.unreadable(f"invalid value: integer `{given}`, expected u32")
    try:
        return msgspec.convert(given, type_, str_keys=True)
    except msgspec.ValidationError as problem:
        raise Refusal.unreadable(words_for(problem, given)) from None
