"""Waiting until something is so, without sleeping."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

__all__ = ["Changes"]


class Changes:
    """Wakes those who wait for a condition each time that it may have become true."""

    def __init__(self) -> None:
        self._waiting: list[asyncio.Future[None]] = []

    def note(self) -> None:
        """Let everybody who waits look again."""
        waiting, self._waiting = self._waiting, []
        for future in waiting:
            if not future.done():
                future.set_result(None)

    async def until(self, is_so: Callable[[], bool]) -> None:
        """Return as soon as `is_so` says yes; whoever changes what it looks at calls `note`."""
        while not is_so():
            change: asyncio.Future[None] = asyncio.get_running_loop().create_future()
            self._waiting.append(change)
            await change
