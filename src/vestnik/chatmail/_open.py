"""What keeps our types open for newer cores: values and kinds that nobody knew are data."""

from __future__ import annotations

from enum import StrEnum
from typing import Self

import msgspec

__all__ = ["UNKNOWN_TAG", "OpenEnum", "UnknownEvent", "UnknownVariant"]

UNKNOWN_TAG = "?"
"""The ``kind`` under which the decoder hands over a variant whose real kind it does not know."""


class OpenEnum(StrEnum):
    """An enum to which a newer core may add: unknown values become members for the occasion."""

    @classmethod
    def _missing_(cls, value: object) -> Self | None:
        if not isinstance(value, str):
            return None
        member = str.__new__(cls, value)
        member._name_ = member._value_ = value
        return member

    @property
    def is_known(self) -> bool:
        """Whether the value was there when these types were made."""
        return self._value_ in type(self)._value2member_map_


class UnknownVariant(
    msgspec.Struct,
    frozen=True,
    kw_only=True,
    gc=False,
    tag_field="kind",
    tag=UNKNOWN_TAG,
    rename={"kind": "unknownKind"},
):
    """An object of a kind that is not known here.

    Attributes:
        kind: What the core calls it.
        raw: The whole object as it came, with its kind.
    """

    kind: str
    raw: dict[str, object]


class UnknownEvent(UnknownVariant, frozen=True, kw_only=True, gc=False):
    """An event of a kind that is not known here, or with a payload that is not what it should be.

    Attributes:
        kind: What the core calls it; empty when it does not say.
        raw: The whole payload as it came, with its kind; what is not even an object is in it
            under the name ``value``.
    """
