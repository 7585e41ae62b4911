"""What has been put in and is not stored yet, within a bound."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Sequence
from typing import NamedTuple, TypeAlias

from vestnik.errors import Overloaded, VestnikError
from vestnik.ids import OwnerId
from vestnik.wire import Notification

__all__ = ["Told", "Waiting", "WaitingRoom"]

_TRY_AGAIN = 1.0

Told: TypeAlias = tuple[tuple[OwnerId, Notification], ...]
"""Notifications with the owners who are to be told."""


class Waiting(NamedTuple):
    """What one publisher has put in.

    Attributes:
        done: Tells him, once it is stored, whether it had been there before.
    """

    items: Told
    key: str | None
    done: asyncio.Future[bool]

    def fail(self, error: VestnikError) -> bool:
        """Tell the publisher that it was not stored, unless he has gone."""
        if self.done.done():
            return False
        # One of its own for each, or their tracebacks would grow into each other.
        self.done.set_exception(type(error)(*error.args))
        return True


class WaitingRoom:
    """A queue whose bound counts notifications, those that are just being stored included.

    Args:
        most: Notifications that may wait.

    Attributes:
        size: Notifications that wait.
    """

    def __init__(self, most: int) -> None:
        self.size = 0
        self._most = most
        self._queue: deque[Waiting] = deque()
        self._has_come = asyncio.Event()
        self._idle = asyncio.Event()
        self._idle.set()

    def put(self, items: Told, key: str | None) -> asyncio.Future[bool]:
        """Let notifications wait.

        Raises:
            Overloaded: Too many wait already.
        """
        if self.size + len(items) > self._most:
            raise Overloaded(_TRY_AGAIN)
        waiting = Waiting(items, key, asyncio.get_running_loop().create_future())
        self._queue.append(waiting)
        self.size += len(items)
        self._idle.clear()
        self._has_come.set()
        return waiting.done

    async def take(self, most: int) -> list[Waiting]:
        """Take, as soon as there is something, about as many notifications as `most`."""
        while not self._queue:
            self._idle.set()
            self._has_come.clear()
            await self._has_come.wait()
            # Who comes in the same turn of the loop comes along: twice as many share a commit, and
            # every client gets twice as many in one write.
            await asyncio.sleep(0)
        return self._take(most)

    def note_end(self, group: Sequence[Waiting]) -> None:
        """Give the places back of what was taken."""
        self.size -= sum(len(waiting.items) for waiting in group)

    async def settled(self) -> None:
        """Return when nothing waits."""
        await self._idle.wait()

    def clear_out(self) -> list[Waiting]:
        """Take all, because nothing more will be stored."""
        rest = self._take(self.size)
        self.size = 0
        self._idle.set()
        return rest

    def _take(self, most: int) -> list[Waiting]:
        taken: list[Waiting] = []
        count = 0
        while self._queue and count < most:
            taken.append(self._queue.popleft())
            count += len(taken[-1].items)
        return taken
