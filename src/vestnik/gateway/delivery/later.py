"""Retries that are not due yet."""

from __future__ import annotations

import asyncio
import heapq
from collections.abc import Callable

from vestnik.clock import Clock
from vestnik.gateway.model import Planned

__all__ = ["Later"]

LONGEST_NAP = 3600.0
"""Seconds after which the wall clock is looked at again, as somebody may have set it."""


class Later:
    """Hands planned attempts over when they are due."""

    def __init__(self, clock: Clock, hand_over: Callable[[Planned], None]) -> None:
        self._clock = clock
        self._hand_over = hand_over
        self._heap: list[tuple[int, int, Planned]] = []
        self._changed = asyncio.Event()

    def __len__(self) -> int:
        return len(self._heap)

    def add(self, planned: Planned) -> None:
        """Keep one until it is due."""
        heapq.heappush(self._heap, (planned.due, planned.id, planned))
        self._changed.set()

    async def run(self) -> None:
        """Hand over what is due, until cancelled."""
        while True:
            self._changed.clear()
            self._hand_over_due()
            await self._nap()

    def _hand_over_due(self) -> None:
        now = self._clock.now() * 1000
        while self._heap and self._heap[0][0] <= now:
            self._hand_over(heapq.heappop(self._heap)[2])

    async def _nap(self) -> None:
        """Wait until the next one is due, or another one has come."""
        if not self._heap:
            await self._changed.wait()
            return
        seconds = min(self._heap[0][0] / 1000 - self._clock.now() + 0.001, LONGEST_NAP)
        naps = [
            asyncio.ensure_future(self._clock.sleep(seconds)),
            asyncio.ensure_future(self._changed.wait()),
        ]
        try:
            await asyncio.wait(naps, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for nap in naps:
                nap.cancel()
            await asyncio.gather(*naps, return_exceptions=True)
