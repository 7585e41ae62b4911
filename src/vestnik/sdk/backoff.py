"""How long a client pauses before it tries again."""

from __future__ import annotations

import random
from collections.abc import Callable

import msgspec

__all__ = ["Backoff"]


class Backoff(msgspec.Struct, frozen=True):
    """Doubling, capped, and jittered, so that not all clients of a server come back at once.

    Attributes:
        first: The longest first pause, in seconds.
        cap: The longest pause.
        calm: A connection that was in for so many seconds ends the series.
        chance: Draws from 0 to 1.
    """

    first: float = 1.0
    cap: float = 30.0
    calm: float = 10.0
    chance: Callable[[], float] = random.random

    def pause(self, failures: int) -> float:
        """Return the seconds to wait after so many failures in a row: half sure, half chance."""
        longest = min(self.first * 2.0 ** min(failures - 1, 64), self.cap)
        return longest * (1 + self.chance()) / 2
