"""The author's own data on its way into the database and back."""

from __future__ import annotations

import re
from typing import TypeVar

import msgspec

from vestnik.errors import BadBot, UnreadableData

__all__ = ["packed", "require_frozen_struct", "unpacked"]

S = TypeVar("S", bound=msgspec.Struct)


def require_frozen_struct(data: object, where: str) -> None:
    """Refuse a type that could not be kept.

    Raises:
        BadBot: It is no frozen struct.
    """
    if not (isinstance(data, type) and issubclass(data, msgspec.Struct)):
        raise BadBot(f"{where} needs a frozen msgspec.Struct for its data, not {data!r}.")
    if not data.__struct_config__.frozen:
        raise BadBot(
            f"{where} needs frozen data: write class {data.__name__}(Struct, frozen=True)."
        )


def packed(data: msgspec.Struct | None, kind: type[msgspec.Struct] | None, where: str) -> bytes:
    """Write data of a declared type as JSON.

    Raises:
        BadBot: It is of another type, or contains what JSON cannot express.
    """
    if not isinstance(data, kind or type(None)):
        wanted = kind.__name__ if kind else "no data"
        raise BadBot(f"{where} takes {wanted}, not {type(data).__name__}.")
    try:
        return b"" if data is None else msgspec.json.encode(data)
    except (TypeError, ValueError, OverflowError) as error:
        raise BadBot(f"{where} cannot keep its data: {error}.") from error


def unpacked(raw: bytes, kind: type[S], where: str) -> S:
    """Read data of a declared type.

    Raises:
        UnreadableData: It was written when the type had other fields.
    """
    try:
        return msgspec.json.decode(raw, type=kind)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise UnreadableData(
            f"{where} was kept with other data than {kind.__name__} has now "
            f"({_without_values(error)}): give new fields a default, keep the types of old ones."
        ) from error


def _without_values(error: Exception) -> str:
    """Leave out what the error quotes: it may be what a person wrote, and this will be logged."""
    return re.sub(r"""["'].*["']""", "…", str(error), flags=re.DOTALL)
