"""What an order comes to: whose it is, what it must wait for, and what is done."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Hashable
from typing import NamedTuple

from vestnik.chatmail import METHODS

__all__ = ["Plan", "seconds_of"]

SECONDS = 60.0


class Plan(NamedTuple):
    """An order that has been understood.

    Attributes:
        bot: Among whose calls it is counted.
        lane: Behind which calls it waits; ``None`` waits for none.
        carry: Does it, and returns its result as JSON.
    """

    bot: Hashable
    lane: Hashable | None
    carry: Callable[[], Coroutine[None, None, bytes]]


def seconds_of(method: str) -> float:
    """Return how long a call of the core may take."""
    known = METHODS.get(method)
    return SECONDS if known is None else known.seconds
