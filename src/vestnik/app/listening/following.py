"""From the stream to the sinks, one notification after the other."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import Protocol

from vestnik.app.listening.place import PlaceFile
from vestnik.sdk import Notification, Notifications, Position

__all__ = ["Sink", "follow", "hand_on"]

_log = logging.getLogger("vestnik.listen")


class Sink(Protocol):
    """Somewhere notifications go."""

    async def take(self, notification: Notification) -> str | None:
        """Take one; returns a sentence if it failed."""


async def follow(
    notifications: Notifications, sinks: Sequence[Sink], place: PlaceFile | None = None
) -> None:
    """Hand on all that comes until the stream ends, and remember how far that is."""
    _remember(place, notifications.position)
    async for notification in notifications:
        await hand_on(notification, sinks)
        _remember(place, notification.position)


async def hand_on(notification: Notification, sinks: Sequence[Sink]) -> None:
    """Give one notification to every sink; one that fails is told of and hurts no other."""
    for sink in sinks:
        if problem := await sink.take(notification):
            _log.warning("%s (%s)", problem, notification.name)


def _remember(place: PlaceFile | None, position: Position | None) -> None:
    if place is not None:
        place.keep(position)
