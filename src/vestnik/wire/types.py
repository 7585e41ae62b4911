"""The table of notify types, which the second seed says "will be added later".

0 is the test. Below 100 are those of a listing and of the gateway itself; from 100 on, a type is
the number of an event of the chatmail core. Numbers that are not here pass through all of Vestnik.
"""

from __future__ import annotations

import re
from types import MappingProxyType
from typing import NamedTuple

from vestnik.wire._core_types import CORE_TYPES

__all__ = ["NOTIFY_TYPES", "OWN_TYPES", "NotifyType", "name_of", "number_of"]


class NotifyType(NamedTuple):
    """What is to be known about one type.

    Attributes:
        name: Its word in the named dialect.
        payload: The fields of the payload and what they hold, as far as this table tells.
    """

    number: int
    name: str
    meaning: str
    payload: tuple[tuple[str, str], ...] = ()


_REVIEW = (
    ("content", "The text of the review."),
    ("rating", "From 1 to 5."),
)

OWN_TYPES = (
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
"""Those of a listing and of the gateway; all others are events of the chatmail core."""

NOTIFY_TYPES = MappingProxyType(
    {row.number: row for row in OWN_TYPES}
    | {number: NotifyType(number, name, meaning) for number, name, meaning in CORE_TYPES}
)
"""Every type that has a name, by its number."""

_NUMBERS = {row.name: number for number, row in NOTIFY_TYPES.items()}
_DIGITS = re.compile(r"0|-?[1-9][0-9]{0,18}")


def name_of(number: int) -> str:
    """Return the word for a type; of one that nobody knows, its digits."""
    known = NOTIFY_TYPES.get(number)
    return known.name if known else str(number)


def number_of(name: str) -> int | None:
    """Return the number of a type's word; digits are their own number."""
    if _DIGITS.fullmatch(name):
        return int(name)
    return _NUMBERS.get(name)
