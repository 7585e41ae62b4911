"""What a demonstration has shown, in numbers."""

from __future__ import annotations

import math
from collections.abc import Sequence

import msgspec

from vestnik.app.demo.witnesses import NotificationCounts

__all__ = ["Report", "RoundTrips"]


class RoundTrips(msgspec.Struct, frozen=True):
    """From sending to the arrival of the answer, in milliseconds; 0 when nothing arrived."""

    first: float = 0.0
    p50: float = 0.0
    p90: float = 0.0
    max: float = 0.0

    @classmethod
    def of(cls, seconds: Sequence[float]) -> RoundTrips:
        """Sum up round trips in the order in which they happened."""
        if not seconds:
            return cls()
        figures = (seconds[0], *(_percentile(seconds, share) for share in (0.5, 0.9, 1)))
        return cls(*(round(1000 * figure, 1) for figure in figures))


class Report(msgspec.Struct, frozen=True):
    """How many messages made it, how fast, on which core, and what either core complained of."""

    sent: int
    received: int
    lost: int
    duplicates: int
    rtt_ms: RoundTrips
    notifications: NotificationCounts
    core_version: str
    warnings: list[str]

    @property
    def is_good(self) -> bool:
        """Whether nothing was lost or doubled, on no way."""
        told = self.notifications
        return self.lost == self.duplicates == 0 and told.websocket == told.webhook


def _percentile(values: Sequence[float], share: float) -> float:
    """Return the smallest value that `share` of all do not exceed (nearest rank)."""
    return sorted(values)[math.ceil(share * len(values)) - 1]
