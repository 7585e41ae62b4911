"""Time that passes only when a test says so."""

from __future__ import annotations

import asyncio
import heapq
import itertools

from vestnik.testing.waiting import Changes

__all__ = ["FakeClock"]

TURNS = 100
"""How many turns of the loop a woken task gets before time goes on.

A fixed number, because no event loop tells that it has nothing left to do; a call to a fake core
and its answer take about five.
"""

WALL_AT_START = 1767225600.0
"""What a fake wall clock shows at first: the first moment of 2026 in UTC."""


class FakeClock:
    """A `vestnik.clock.Clock` that stands still until `advance` moves it.

    Args:
        now: What `monotonic` tells at first.
        wall: What `now` tells at first, in seconds since 1970.
    """

    def __init__(self, now: float = 0.0, *, wall: float = WALL_AT_START) -> None:
        self._now = now
        self._ahead = wall - now
        self._sleepers: list[tuple[float, int, asyncio.Future[None]]] = []
        self._order = itertools.count()
        self._changes = Changes()

    @property
    def sleeping(self) -> int:
        """How many tasks sleep on this clock now."""
        return len(self._sleepers)

    def monotonic(self) -> float:
        """Return the seconds that `advance` has brought so far, from the start value on."""
        return self._now

    def now(self) -> float:
        """Return what the wall clock shows, which `advance` and `set_wall` move."""
        return self._now + self._ahead

    def set_wall(self, unix_seconds: float) -> None:
        """Set the wall clock as a person or NTP does: who sleeps is not woken by it."""
        self._ahead = unix_seconds - self._now

    async def sleep(self, seconds: float) -> None:
        """Wait until `advance` has moved the clock by `seconds`."""
        if seconds <= 0:
            await asyncio.sleep(0)
            return
        alarm: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        sleeper = (self._now + seconds, next(self._order), alarm)
        heapq.heappush(self._sleepers, sleeper)
        self._changes.note()
        try:
            await alarm
        finally:
            self._forget(sleeper)

    async def advance(self, seconds: float) -> None:
        """Let time pass: wake who is due, one after the other, and let each of them run.

        Who falls asleep again on the way is woken again if that falls into the same span.
        """
        until = self._now + seconds
        await _let_others_run()
        while self._sleepers and self._sleepers[0][0] <= until:
            self._now, _, alarm = heapq.heappop(self._sleepers)
            if not alarm.done():
                alarm.set_result(None)
            await _let_others_run()
        self._now = until

    async def until_sleeping(self, count: int = 1) -> None:
        """Wait, in real time, until at least `count` tasks sleep on this clock."""
        await self._changes.until(lambda: self.sleeping >= count)

    def _forget(self, sleeper: tuple[float, int, asyncio.Future[None]]) -> None:
        if sleeper in self._sleepers:
            self._sleepers.remove(sleeper)
            heapq.heapify(self._sleepers)


async def _let_others_run() -> None:
    for _ in range(TURNS):
        await asyncio.sleep(0)
