"""What a session wants to be done."""

from __future__ import annotations

from typing import TypeAlias

import msgspec

from vestnik.errors import AuthenticationFailed
from vestnik.sdk.notification import Gap, Notification
from vestnik.wire import Position

__all__ = [
    "Action",
    "Actions",
    "Answered",
    "Declined",
    "Deliver",
    "Drop",
    "Lost",
    "Refuse",
    "Send",
    "Stand",
]


class Send(msgspec.Struct, frozen=True):
    """Say this to the server."""

    data: bytes


class Deliver(msgspec.Struct, frozen=True):
    """Hand this to the user."""

    notification: Notification


class Stand(msgspec.Struct, frozen=True):
    """All up to this place is known, so that one can go on from here another time."""

    position: Position


class Lost(msgspec.Struct, frozen=True):
    """Tell the user that something may be missing here."""

    gap: Gap


class Answered(msgspec.Struct, frozen=True):
    """Somebody waits for this answer to an order."""

    answer: msgspec.Raw


class Declined(msgspec.Struct, frozen=True):
    """The gateway takes no orders here; it does not say which one it means."""

    code: int
    words: str


class Drop(msgspec.Struct, frozen=True):
    """End this connection and make another one, after so many seconds at least."""

    reason: str
    at_least: float = 0.0


class Refuse(msgspec.Struct, frozen=True):
    """End for good."""

    error: AuthenticationFailed


Action: TypeAlias = Send | Deliver | Stand | Lost | Answered | Declined | Drop | Refuse
Actions: TypeAlias = list[Action]
