"""Counting by size, for what happens too often to pay a library for each time."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from itertools import accumulate

__all__ = ["Tally"]


class Tally:
    """How often values of which size came; Prometheus's histogram is made of it when asked for.

    Args:
        bounds: The largest value of each bucket, growing; a last one takes all above.

    Attributes:
        total: Of all values.
    """

    __slots__ = ("_bounds", "_counts", "total")

    def __init__(self, bounds: Sequence[float]) -> None:
        self._bounds = bounds
        self._counts = [0] * (len(bounds) + 1)
        self.total = 0.0

    def add(self, value: float) -> None:
        """Count one more."""
        self._counts[bisect_left(self._bounds, value)] += 1
        self.total += value

    def buckets(self) -> list[tuple[float, int]]:
        """Return how many values there were up to each bound, infinity being the last."""
        return list(zip((*self._bounds, float("inf")), accumulate(self._counts), strict=True))
