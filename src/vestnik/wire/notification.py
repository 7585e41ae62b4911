"""What a notification says, whatever dialect it is told in."""

from __future__ import annotations

from enum import StrEnum

import msgspec

from vestnik.ids import ResourceId

__all__ = ["NULL", "Dialect", "Notification", "Position"]

NULL = msgspec.Raw(b"null")
"""The payload of a notification that has none."""


class Dialect(StrEnum):
    """How notifications are spelled."""

    NUMERIC = "numeric"
    """The second seed to the letter: `type` is a number, `affected` names the resource."""

    NAMED = "named"
    """The later public revision: `type` is a word, and `id` names the bot beside `affected`."""


class Notification(msgspec.Struct, frozen=True, gc=False):
    """One thing that happened.

    Attributes:
        type: Its number; see `vestnik.wire.NOTIFY_TYPES`, but others are welcome.
        resource: The bot, or whatever else has the owner who is told.
        affected: What it is about: a comment, a message, or the resource itself.
        user: Who caused it.
        happened: When, in milliseconds since 1970 (UTC).
        payload: Anything more, as JSON text that is passed on untouched.
    """

    type: int
    resource: ResourceId
    affected: str
    user: str
    happened: int
    payload: msgspec.Raw = NULL


class Position(msgspec.Struct, frozen=True, gc=False):
    """A place in the stream of an owner's notifications.

    Attributes:
        epoch: Which stream; it changes when offsets begin anew, as after a restored backup.
        offset: How many notifications the stream had at that place; the first one has offset 1.
    """

    epoch: str
    offset: int
