"""The threads that do what would keep the event loop waiting for the disk."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from queue import SimpleQueue
from typing import TypeAlias, TypeVar

from sqlalchemy import Connection

from vestnik.gateway.stores.sqlite._failures import explained, not_open

__all__ = ["Threads", "Work"]

T = TypeVar("T")
Work: TypeAlias = Callable[[Connection], T]


class Threads:
    """As many threads as connections; each work has a connection, and a transaction, to itself."""

    def __init__(self, name: str, connections: Sequence[Connection], path: Path) -> None:
        self._path = path
        self._free: SimpleQueue[Connection] = SimpleQueue()
        for connection in connections:
            self._free.put(connection)
        self._executor = ThreadPoolExecutor(len(connections), thread_name_prefix=name)
        self._is_closed = False
        self.after: Callable[[], None] = _nothing
        """Called on the thread after each work."""

    async def transact(self, work: Work[T]) -> T:
        """Do `work` in a transaction, which is given up if it raises.

        Raises:
            StoreFailed: The file cannot be used, and nothing of the work was done.
        """
        return await self._hop(lambda: self._transact(work))

    async def do(self, work: Work[T]) -> T:
        """Do `work`, which begins and ends its transactions itself."""
        return await self._hop(lambda: self._do(work))

    def submit(self, work: Work[None]) -> None:
        """Have `work` done some time, from any thread; nobody waits for it."""
        self._executor.submit(self._do, work)

    def close(self) -> None:
        """Do what was asked for, and end; the connections are whose they were."""
        self._is_closed = True
        self._executor.shutdown(wait=True)

    async def _hop(self, function: Callable[[], T]) -> T:
        if self._is_closed:
            raise not_open(self._path)
        return await asyncio.get_running_loop().run_in_executor(self._executor, function)

    def _transact(self, work: Work[T]) -> T:
        def in_transaction(connection: Connection) -> T:
            with connection.begin():
                return work(connection)

        return self._do(in_transaction)

    def _do(self, work: Work[T]) -> T:
        connection = self._free.get()
        try:
            with explained(self._path):
                return work(connection)
        finally:
            self._free.put(connection)
            self.after()


def _nothing() -> None:
    pass
