"""The table of notify types, which the second seed says "will be added later".

0 is the test. Below 100 are those of a listing and of the gateway itself; from 100 on, a type is
the number of an event of the chatmail core. Numbers that are not here pass through all of Vestnik.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import NamedTuple

from vestnik.wire._core_types import CORE_TYPES

__all__ = ["NOTIFY_TYPES", "NotifyType", "number_of"]


class NotifyType(NamedTuple):
    """What is to be known about one type.

    Attributes:
        name: Its word in the named dialect.
        payload: The fields of the payload and what they hold; empty if it is null.
    """

    number: int
    name: str
    meaning: str
    payload: tuple[tuple[str, str], ...] = ()


_REVIEW = (
    ("content", "The text of the review."),
    ("rating", "From 1 to 5."),
)

_OWN = (
    NotifyType(0, "test", "Somebody pressed the test button.", (("text", "A greeting."),)),
    NotifyType(1, "up_added", "A bot got an up.", (("upCount", "How many, with multipliers."),)),
    NotifyType(2, "comment_added", "A bot got a review.", _REVIEW),
    NotifyType(3, "comment_edited", "A review was changed; these are its new values.", _REVIEW),
    NotifyType(4, "comment_removed", "A review was removed.", _REVIEW),
    NotifyType(
        90,
        "webhook_disabled",
        "A webhook has failed for days and is switched off.",
        (("webhook", "Its id."), ("url", "Its address."), ("since", "When its failures began.")),
    ),
)

NOTIFY_TYPES = MappingProxyType(
    {row.number: row for row in _OWN}
    | {number: NotifyType(number, name, meaning) for number, name, meaning in CORE_TYPES}
)
"""Every type that has a name, by its number."""

_NUMBERS = {row.name: number for number, row in NOTIFY_TYPES.items()}


def number_of(name: str) -> int | None:
    """Return the number of a type's word; digits are their own number."""
    if name.isascii() and name.isdigit():
        return int(name)
    return _NUMBERS.get(name)
