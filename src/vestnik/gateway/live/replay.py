"""What a connection missed, read from the log until it has caught up with its channel.

While it catches up, a connection is not in its channel. It reads up to the channel's head, and
joins as soon as it is there, with nothing awaited in between: so nothing comes twice, and nothing
is left out. What the log has no more on the way is told as missed. Of a page that a slow client
does not take, the rest is dropped and read again: a client that stalls holds no memory but its
buffer, and no turn to read.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from typing import Protocol

from vestnik.gateway.live.channel import Channel, Member, frame_of
from vestnik.gateway.live.session import problem
from vestnik.gateway.live.stats import HubStats
from vestnik.gateway.model import Page
from vestnik.gateway.ports import NotificationLog
from vestnik.wire import ErrorCode, Position

__all__ = ["Replayed", "Replays"]

_log = logging.getLogger("vestnik.gateway.live")

HEAR_SECONDS = 2.0
"""How long a broker may take to tell what is in the log."""

_MOST_JOINED = 32 * 1024
"""Bytes of frames that are joined into one write."""


class Replayed(Member, Protocol):
    """A connection that can catch up."""

    async def until_writable(self) -> None:
        """Return when it can take more."""


class Replays:
    """Reads the log for connections.

    Args:
        turns: Bounds how many read the log at once.
        page: Notifications that are read at once.
    """

    def __init__(
        self, log: NotificationLog, turns: asyncio.Semaphore, page: int, stats: HubStats
    ) -> None:
        self._log = log
        self._turns = turns
        self._page = page
        self._stats = stats

    async def reaches(self, channel: Channel, place: Position) -> bool:
        """Say whether everything after a place can be told."""
        await self._hear_up_to(channel, place)
        if not is_in(channel, place):
            return False
        if place.offset == channel.head:
            return True
        async with self._turns:
            page = await self._log.read(channel.owner, place.offset, 1, channel.head)
        return place.offset >= page.floor and is_in(channel, place)

    async def catch_up(
        self, member: Replayed, channel: Channel, after: int, missed: int = 0
    ) -> None:
        """Tell a member what comes after an offset, and then let it join."""
        epoch = channel.epoch
        while after < channel.head and channel.epoch == epoch:
            try:
                page, up_to = await self._read(channel, after)
            except Exception as error:
                _log.warning("A replay ended early: %s", error)
                member.write(problem(ErrorCode.INTERNAL, "The replay failed: resume later."))
                missed += channel.head - after
                break
            after, missed = self._tell(member, channel, page, (after, missed, up_to))
            await member.until_writable()
        channel.join(member, missed)

    async def _hear_up_to(self, channel: Channel, place: Position) -> None:
        """Wait for what the log has and the broker has yet to tell; a client may have read it."""
        if place.epoch != channel.epoch or place.offset <= channel.head:
            return
        if place.offset > (await self._log.position(channel.owner)).offset:
            return
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(HEAR_SECONDS):
                while place.offset > channel.head:
                    await channel.heard()

    async def _read(self, channel: Channel, after: int) -> tuple[Page, int]:
        # A log in memory returns without waiting; others have their turn all the same.
        await asyncio.sleep(0)
        async with self._turns:
            up_to = channel.head
            return await self._log.read(channel.owner, after, self._page, up_to), up_to

    def _tell(
        self, member: Replayed, channel: Channel, page: Page, place: tuple[int, int, int]
    ) -> tuple[int, int]:
        """Write as much of a page as the member takes; return where it is, and what it missed."""
        after, missed, up_to = place
        if not page.items:
            return up_to, missed + up_to - after
        joined = bytearray()
        for item in page.items:
            position = Position(channel.epoch, item.offset)
            missed += item.offset - after - 1
            after = item.offset
            if not channel.tells(item):
                continue
            joined += frame_of(item, channel.dialect, position, missed)
            missed = 0
            self._stats.replayed += 1
            if len(joined) > _MOST_JOINED:
                member.write(bytes(joined))
                joined.clear()
                if member.is_slow:
                    return after, missed
        if joined:
            member.write(bytes(joined))
        return after, missed


def is_in(channel: Channel, place: Position) -> bool:
    """Say whether a place is one of this stream."""
    return place.epoch == channel.epoch and 0 <= place.offset <= channel.head
