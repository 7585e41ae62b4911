"""How the event loop reads and changes the store: at once in memory, by a thread on disk.

On disk a commit waits for the disk, so one thread does all of them, and what comes in while it
waits is committed together by the next one: the more are waiting, the cheaper each becomes.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from types import TracebackType
from typing import Generic, TypeVar

from vestnik.errors import StorageFailed
from vestnik.relay.store import Database, Store

__all__ = ["Office"]

T = TypeVar("T")

_BATCH = 64


class _Job(Generic[T]):
    """One change, and who waits for it."""

    def __init__(self, change: Callable[[Store], T], done: asyncio.Future[T]) -> None:
        self._change = change
        self._done = done
        self._settle: Callable[[], None] | None = None

    def run(self, store: Store) -> None:
        """Make the change; raises only what makes the whole transaction worthless."""
        result = self._change(store)
        self._settle = lambda: self._done.set_result(result)

    def fail(self, error: Exception) -> None:
        """Remember that nothing was changed."""
        self._settle = lambda: self._done.set_exception(error)

    def settle(self) -> None:
        """Tell who waits, on the event loop."""
        if self._settle is not None and not self._done.done():
            self._settle()


class Office:
    """Reads on the loop, commits where they do not hold it up.

    The order of the answers is the order of the commits.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._reader = Store(database.reader)
        self._writer = Store(database.writer)
        self._jobs: list[_Job[object]] = []
        self._thread: ThreadPoolExecutor | None = None
        self._busy: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Office:
        if self._database.on_disk:
            self._thread = ThreadPoolExecutor(1, "vestnik-relay-commit")
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._busy is not None:
            await asyncio.wait([self._busy])
        if self._thread is not None:
            self._thread.shutdown()
        self._database.close()

    def read(self, query: Callable[[Store], T]) -> T:
        """Return what the store holds; sees every change that was ever reported as made.

        Raises:
            StorageFailed: It cannot be read.
        """
        with self._database.failures():
            return query(self._reader)

    async def commit(self, change: Callable[[Store], T]) -> T:
        """Make a change and return its result once it is committed.

        Raises:
            StorageFailed: Nothing was changed.
        """
        if self._thread is None:
            with self._database.transaction():
                return change(self._writer)
        done: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        # Jobs of all types wait in one list; each has its own type in its future.
        self._jobs.append(_Job(change, done))  # type: ignore[arg-type]
        if self._busy is None:
            self._busy = asyncio.create_task(self._commit_all(self._thread))
        return await done

    async def _commit_all(self, thread: ThreadPoolExecutor) -> None:
        loop = asyncio.get_running_loop()
        while self._jobs:
            batch, self._jobs = self._jobs[:_BATCH], self._jobs[_BATCH:]
            await loop.run_in_executor(thread, self._commit_batch, batch)
            for job in batch:
                job.settle()
        self._busy = None

    def _commit_batch(self, batch: list[_Job[object]]) -> None:
        try:
            with self._database.transaction():
                for job in batch:
                    job.run(self._writer)
        except Exception as error:
            self._commit_alone(batch, error)

    def _commit_alone(self, batch: list[_Job[object]], error: Exception) -> None:
        """One change spoiled the transaction of all: the others must not suffer for it."""
        for job in batch:
            try:
                if len(batch) == 1:
                    raise error
                with self._database.transaction():
                    job.run(self._writer)
            except StorageFailed as failure:
                job.fail(failure)
            except Exception as failure:  # told to the one who asked for this change
                job.fail(failure)
