"""Time as a seam, so that what waits for minutes is tested in milliseconds."""

from __future__ import annotations

import asyncio
import time
from typing import Protocol

__all__ = ["Clock", "SystemClock"]


class Clock(Protocol):
    """Tells the time and waits for it to pass."""

    def monotonic(self) -> float:
        """Return seconds since some fixed moment; never goes back."""

    def now(self) -> float:
        """Return the wall clock's seconds since 1970 (UTC); may jump when somebody sets it."""

    async def sleep(self, seconds: float) -> None:
        """Return after `seconds` have passed on this clock."""


class SystemClock:
    """The machine's own time."""

    def monotonic(self) -> float:
        """Return the machine's monotonic seconds."""
        return time.monotonic()

    def now(self) -> float:
        """Return the machine's seconds since 1970."""
        return time.time()

    async def sleep(self, seconds: float) -> None:
        """Wait for `seconds`."""
        await asyncio.sleep(seconds)
