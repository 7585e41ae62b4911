"""The time of day as it passes on a clock, for what must still be true after a restart."""

from __future__ import annotations

import time

from vestnik.clock import Clock

__all__ = ["WallTime"]


class WallTime:
    """Seconds since 1970 that pass as the clock's do: a test that moves its clock moves these.

    The machine's own time is asked once, so nothing jumps when somebody sets it.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._offset = time.time() - clock.monotonic()

    def now(self) -> float:
        """Return the seconds since 1970."""
        return self._clock.monotonic() + self._offset

    def monotonic(self, moment: float) -> float:
        """Return when a moment of the past was on the clock, which may be before its beginning."""
        return min(moment - self._offset, self._clock.monotonic())
