"""The table of all settings, read off the structs of `config`."""

from __future__ import annotations

import typing
from collections.abc import Callable, Iterator
from enum import Enum
from functools import cache
from pathlib import Path
from types import NoneType

import msgspec
from msgspec import Meta
from msgspec.inspect import (
    BoolType,
    EnumType,
    FloatType,
    IntType,
    Metadata,
    Type,
    UnionType,
    VarTupleType,
    type_info,
)
from msgspec.inspect import NoneType as NoneInfo

from vestnik.app.serve.config import Config, PythonBot

__all__ = ["BOTS", "Setting", "of_a_bot", "sections", "settings"]

BOTS = "bots"
"""The one table that may stand there several times, and in no variable."""

Check = Callable[[str], None]


class Setting(msgspec.Struct, frozen=True):
    """One setting.

    Attributes:
        annotation: Its type, as msgspec reads it.
        default: ``None`` if it is not set.
        description: What it means.
        wants: What a value must be, as the end of a sentence.
        example: How it could look, for those without a default.
        check: Raises ValueError for a text, or one of several, that cannot be.
    """

    section: str
    name: str
    annotation: object
    default: object
    description: str
    wants: str
    example: str | None
    check: Check | None

    @property
    def variable(self) -> str:
        """The environment variable that sets it."""
        return f"VESTNIK_{self.section}__{self.name}".upper()

    @property
    def is_text(self) -> bool:
        """Whether its value is a text, whatever that looks like."""
        return _bare(type_info(self.annotation)).__class__ not in (
            BoolType,
            IntType,
            FloatType,
            VarTupleType,
        )

    @property
    def value_in_toml(self) -> str:
        """Its default, or else its example, as TOML."""
        return _toml(self.default if self.default is not None else self.example)


@cache
def sections() -> dict[str, type[msgspec.Struct]]:
    """Return the sections by their names."""
    fields = msgspec.structs.fields(Config)
    return {field.name: field.type for field in fields if field.name != BOTS}


@cache
def settings() -> dict[tuple[str, str], Setting]:
    """Return every setting by section and name."""
    return {
        (section, one.name): one
        for section, struct in sections().items()
        for one in _settings_of(section, struct)
    }


@cache
def of_a_bot() -> dict[str, Setting]:
    """Return the settings of each of ``[[bots]]`` by their names."""
    return {one.name: one for one in _settings_of(BOTS, PythonBot)}


def _settings_of(section: str, struct: type[msgspec.Struct]) -> Iterator[Setting]:
    hints = typing.get_type_hints(struct, include_extras=True)
    for field in msgspec.structs.fields(struct):
        meta = next(one for one in typing.get_args(hints[field.name]) if isinstance(one, Meta))
        extra = meta.extra or {}
        yield Setting(
            section,
            field.name,
            hints[field.name],
            None if field.default is msgspec.NODEFAULT else field.default,
            meta.description or "",
            str(extra.get("wants") or _wanted(type_info(hints[field.name]))),
            str(meta.examples[0]) if meta.examples else None,
            extra.get("check"),
        )


def _bare(info: Type) -> Type:
    """Take off the metadata, and the ``None`` that only means "not set"."""
    if isinstance(info, Metadata):
        return _bare(info.type)
    if isinstance(info, UnionType):
        return _bare(next(one for one in info.types if not isinstance(one, NoneInfo)))
    return info


def _wanted(info: Type) -> str:
    bare = _bare(info)
    if isinstance(bare, IntType | FloatType):
        kind = "whole number" if isinstance(bare, IntType) else "number"
        least = f"{bare.ge:,} or more" if bare.ge is not None else f"above {bare.gt or 0:g}"
        return f"a {kind}, {least} and at most {int(bare.le or 0):,}"
    if isinstance(bare, EnumType):
        return " or ".join(str(one.value) for one in bare.cls)
    return "true or false" if isinstance(bare, BoolType) else "a text in quotes"


def _toml(value: object) -> str:
    if isinstance(value, Enum):
        return _toml(value.value)
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int | float):
        return f"{value:g}" if isinstance(value, float) else str(value)
    if isinstance(value, tuple):
        return f"[{', '.join(map(_toml, value))}]"
    assert isinstance(value, str | Path | NoneType)
    # A JSON string without control characters is a basic string of TOML.
    return msgspec.json.encode(str(value or "")).decode()
