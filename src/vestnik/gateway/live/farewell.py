"""How all connections are told to go: not all at once, since they come back as they went."""

from __future__ import annotations

import math
from collections.abc import Sequence

from vestnik.clock import Clock
from vestnik.gateway.live.protocol import LiveProtocol
from vestnik.gateway.live.session import Ending
from vestnik.gateway.live.watch import for_each

__all__ = ["say_goodbye"]

_RESTARTS = Ending(1012, "The server restarts.")
_FAREWELLS = 200
"""How many are told to go at once, if there is time for that."""
_PAUSE_SECONDS = 0.05


async def say_goodbye(connections: Sequence[LiveProtocol], seconds: float, clock: Clock) -> None:
    """Tell connections to come back later, some at a time.

    Args:
        seconds: In half of which all have been told, so that they have the rest to go.
    """
    rounds = max(1, int(seconds / 2 / _PAUSE_SECONDS))
    at_once = max(_FAREWELLS, math.ceil(len(connections) / rounds))
    for start in range(0, len(connections), at_once):
        if start:
            await clock.sleep(_PAUSE_SECONDS)
        for_each(connections[start : start + at_once], lambda one: one.end(_RESTARTS))
