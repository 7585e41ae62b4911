"""What takes its time and is taken back, rather than waited for, when the gateway ends."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from vestnik.errors import StoreFailed

__all__ = ["ENDING", "Undertakings"]

ENDING = "The gateway is about to end: try again in a few seconds."


class Undertakings:
    """Knows the blocks that are under way."""

    def __init__(self) -> None:
        self._under_way: set[asyncio.Timeout] = set()
        self._is_closed = False
        self._idle = asyncio.Event()
        self._idle.set()

    @asynccontextmanager
    async def one(self) -> AsyncIterator[None]:
        """Let the block be cancelled by `close`; it cleans up behind itself.

        Raises:
            StoreFailed: Nothing more is begun, or it was cancelled.
        """
        if self._is_closed:
            raise StoreFailed(ENDING)
        unless_closed = asyncio.timeout(None)
        self._under_way.add(unless_closed)
        self._idle.clear()
        try:
            async with unless_closed:
                yield
        except TimeoutError:
            if unless_closed.expired():
                raise StoreFailed(ENDING) from None
            raise
        finally:
            self._under_way.discard(unless_closed)
            if not self._under_way:
                self._idle.set()

    async def close(self) -> None:
        """Begin nothing more, have all that is under way taken back, and wait for that."""
        if not self._is_closed:
            self._is_closed = True
            for unless_closed in self._under_way:
                unless_closed.reschedule(0)
        await self._idle.wait()
