"""How often one process may try to connect, all its connections together."""

from __future__ import annotations

import threading

from vestnik.clock import Clock
from vestnik.wire.attempts import AttemptWindow

__all__ = ["ALL_ATTEMPTS", "Attempts"]


class Attempts:
    """Lets connections try in turn: at most 15 times in 10 s, over every thread."""

    def __init__(self) -> None:
        self._window = AttemptWindow()
        self._lock = threading.Lock()

    async def turn(self, clock: Clock) -> None:
        """Return as soon as one more attempt is allowed, and count it."""
        while wait := self._try(clock.monotonic()):
            await clock.sleep(wait)

    def _try(self, now: float) -> float:
        with self._lock:
            return self._window.admit(now)


ALL_ATTEMPTS = Attempts()
"""Of this process; the limit of the seed is for all its connections together."""
