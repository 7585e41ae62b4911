"""A notification for programs, and its words for a terminal."""

from __future__ import annotations

import msgspec

from vestnik.sdk import Notification

__all__ = ["as_json", "plain"]


def as_json(notification: Notification) -> bytes:
    """Spell a notification as one line of JSON, the same whichever dialect it came in."""
    return msgspec.json.encode(
        {
            "type": notification.type,
            "name": notification.name,
            "payload": notification.payload,
            "affected": notification.affected,
            "resource": notification.resource,
            "user": notification.user,
            "happened": notification.happened_ms,
            "position": notification.position,
            "key": notification.key,
        }
    )


def plain(text: str) -> str:
    """Replace what would move the cursor or recolour a terminal: it comes from strangers."""
    return "".join(char if char.isprintable() else "\N{REPLACEMENT CHARACTER}" for char in text)
