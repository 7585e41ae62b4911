"""Connections that wait for another request to the same place."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Hashable, Sequence

from vestnik.gateway.delivery.connection import Connection
from vestnik.gateway.delivery.guard import Address

__all__ = ["IDLE_SECONDS", "Pool"]

IDLE_SECONDS = 4.0
"""How long a connection waits for another request.

Less than what servers usually wait (5 s and more), so that the one who closes first is nearly
always us: a request that meets a connection which the receiver is just closing is lost, as it must
not be sent again.
"""


class Pool:
    """Keeps open connections for a short while.

    Args:
        most: How many at most.
        most_each: How many at most to one place.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop, most: int, most_each: int) -> None:
        self._loop = loop
        self._most = most
        self._most_each = most_each
        self._idle: dict[Hashable, deque[Connection]] = {}
        self._count = 0
        self._sweeping: asyncio.TimerHandle | None = None

    def take(self, place: Hashable, addresses: Sequence[Address]) -> Connection | None:
        """Return an open connection to one of the addresses, the one used last."""
        idle = self._idle.get(place)
        oldest = self._loop.time() - IDLE_SECONDS
        while idle:
            connection = idle.pop()
            self._count -= 1
            is_fresh = connection.idle_since > oldest
            if connection.is_open and is_fresh and connection.address in addresses:
                return connection
            connection.drop()
        return None

    def put(self, place: Hashable, connection: Connection) -> None:
        """Keep a connection, or drop it if there are too many."""
        idle = self._idle.setdefault(place, deque())
        if self._count >= self._most or len(idle) >= self._most_each or not connection.is_open:
            connection.drop()
            return
        connection.idle_since = self._loop.time()
        idle.append(connection)
        self._count += 1
        if self._sweeping is None:
            self._sweeping = self._loop.call_later(IDLE_SECONDS / 2, self._sweep)

    def close(self) -> None:
        """Drop all."""
        if self._sweeping is not None:
            self._sweeping.cancel()
        for idle in self._idle.values():
            for connection in idle:
                connection.drop()
        self._idle.clear()
        self._count = 0

    def _sweep(self) -> None:
        """Drop what has waited too long."""
        oldest = self._loop.time() - IDLE_SECONDS
        for place, idle in list(self._idle.items()):
            while idle and (idle[0].idle_since <= oldest or not idle[0].is_open):
                idle.popleft().drop()
                self._count -= 1
            if not idle:
                del self._idle[place]
        self._sweeping = None
        if self._idle:
            self._sweeping = self._loop.call_later(IDLE_SECONDS / 2, self._sweep)
