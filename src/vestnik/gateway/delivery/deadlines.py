"""Ends what takes too long, by one timer for all that is on its way.

A timer for each request costs as much as spelling it, and nearly none of them ever fires.
"""

from __future__ import annotations

import asyncio
from typing import Protocol

__all__ = ["Deadlines"]

GRAIN = 0.25
"""Seconds between two looks: no deadline is missed by more."""


class Expiring(Protocol):
    """Something that can be given up."""

    def expire(self, why: str) -> None:
        """Give it up, and tell who waits for it."""


class Deadlines:
    """Knows what has begun, and gives up what has not ended in time.

    Args:
        seconds: How long each may take.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop, seconds: float) -> None:
        self._loop = loop
        self._seconds = seconds
        self._grain = min(GRAIN, seconds / 4)
        self._ends: dict[Expiring, float] = {}
        self._timer: asyncio.TimerHandle | None = None

    def begin(self, one: Expiring) -> None:
        """Give one its time from now on."""
        self._ends[one] = self._loop.time() + self._seconds
        if self._timer is None:
            self._timer = self._loop.call_later(self._grain, self._look)

    def end(self, one: Expiring) -> None:
        """Forget one that has ended."""
        self._ends.pop(one, None)

    def close(self) -> None:
        """Look no more."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _look(self) -> None:
        self._timer = self._loop.call_later(self._grain, self._look) if self._ends else None
        now = self._loop.time()
        for one in [one for one, end in self._ends.items() if end <= now]:
            self.end(one)
            one.expire(f"There was no answer within {self._seconds:g} s.")
