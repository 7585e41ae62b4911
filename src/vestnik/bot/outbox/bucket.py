"""How fast an account may send; pure: the caller brings the time."""

from __future__ import annotations

import msgspec

from vestnik.errors import BadBot

__all__ = ["Pace", "TokenBucket"]

MARGIN = 2
"""Mails that are kept back of each burst: one for the jitter on the way to the relay, which would
else see two mails a little closer than the pace allows, and one that the core sends by itself."""

ROUNDING = 1e-6
"""Seconds by which a caller who waited as long as he was told may come too early."""


class Pace(msgspec.Struct, frozen=True):
    """How many mails a relay takes of one sender; by default what chatmail relays do.

    The outbox stays a little below.

    Attributes:
        per_minute: The steady rate.
        burst: How many may come at once after a rest.
    """

    per_minute: float = 60.0
    burst: int = 10

    def __post_init__(self) -> None:
        if not self.per_minute > 0 or self.burst < 1:
            raise BadBot(
                f"A pace of {self.per_minute:g} messages a minute with a burst of {self.burst} "
                "lets nothing through: give a rate above 0 and a burst of at least 1, "
                "or no pace for a relay without limits."
            )

    @property
    def period(self) -> float:
        """The seconds that a mail takes at the steady rate."""
        return 60.0 / self.per_minute


class TokenBucket:
    """A generic cell rate algorithm, as relays use it themselves: a steady rate after a burst."""

    def __init__(self, pace: Pace) -> None:
        self._period = pace.period
        self._burst = max(1, pace.burst - MARGIN)
        self._full_at = float("-inf")
        """When the bucket will be full again, were nothing more to be sent."""

    def is_full(self, now: float) -> bool:
        """Tell whether nothing was spent for so long that all is forgotten."""
        return self.wait(now, self._burst) == 0

    def wait(self, now: float, cost: int = 1) -> float:
        """Return the seconds until `cost` tokens are there; 0 if they are.

        Who needs more than a bucket holds goes when it is full, and leaves it in debt.
        """
        there = self._burst - min(cost, self._burst)
        wait = self._full_at - now - there * self._period
        return wait if wait > ROUNDING else 0.0

    def spend(self, now: float, cost: int = 1) -> None:
        """Take tokens, whether they are there or not."""
        self._full_at = max(self._full_at, now) + cost * self._period

    def give_back(self, cost: int = 1) -> None:
        """Return tokens that were taken for nothing."""
        self._full_at -= cost * self._period
