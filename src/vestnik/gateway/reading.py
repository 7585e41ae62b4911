"""A part of an owner's stream, as much of it as one answer bears."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from vestnik.gateway.model import Stored
from vestnik.gateway.ports import NotificationLog
from vestnik.ids import OwnerId, ResourceId

__all__ = ["Part", "read_part"]

_MOST_ANSWER = 4 * 1024 * 1024
"""Bytes of payloads after which an answer ends, whatever limit was asked for."""
_PORTION = 50
"""Notifications that are read from the store at once."""
_MOST_READ = 5_000
"""Notifications after which an answer ends, though most of them were none that is wanted."""


class Part(NamedTuple):
    """Some of a stream.

    Attributes:
        next: Up to this offset nothing is left out that is wanted and still there.
        floor: What came up to this offset is no longer kept.
    """

    items: Sequence[Stored]
    next: int
    floor: int


async def read_part(
    log: NotificationLog, owner: OwnerId, after: int, limit: int, resource: ResourceId | None
) -> Part:
    """Read in portions until there is enough for one answer.

    Args:
        resource: Only what happened to this one is wanted; ``None`` wants all.
    """
    portion = min(limit, _PORTION) if resource is None else _PORTION
    page = await log.read(owner, after, portion)
    floor, found, read, size = page.floor, list[Stored](), 0, 0
    after = max(after, floor)
    while page.items:
        for item in page.items:
            after = item.offset
            if resource in (None, item.notification.resource):
                found.append(item)
                size += len(item.notification.payload)
                if len(found) >= limit or size >= _MOST_ANSWER:
                    return Part(found, after, floor)
        read += len(page.items)
        if read >= _MOST_READ:
            break
        page = await log.read(owner, after, portion)
    return Part(found, after, floor)
