"""The thread that owns the connection, so that no commit stops the event loop."""

from __future__ import annotations

import asyncio
import sqlite3
import threading
from collections import deque
from collections.abc import Callable
from queue import SimpleQueue
from typing import Any, NamedTuple

from vestnik.bot.store._groups import Failed, Outcome, Work, do_together

__all__ = ["ConnectionThread"]

MOST_TOGETHER = 256
"""How many works share a commit at most, so that the first need not wait for very many."""


class _Job(NamedTuple):
    work: Work
    future: asyncio.Future[Any]


class ConnectionThread:
    """Does works in the order in which they were given to it, several in a transaction.

    Args:
        open_connection: Makes the connection; runs on the thread.
        explain: Turns an error into the one that the caller is to see.
    """

    def __init__(
        self,
        open_connection: Callable[[], sqlite3.Connection],
        explain: Callable[[BaseException], BaseException],
    ) -> None:
        self._open_connection = open_connection
        self._explain = explain
        self._loop = asyncio.get_running_loop()
        self._jobs: deque[_Job] = deque()
        # Only a thread that sleeps is woken: waking costs more than all the rest of a job.
        self._alarms: SimpleQueue[None] = SimpleQueue()
        self._is_asleep = False
        self._is_stopping = False
        self._settled = asyncio.Event()
        self._thread = threading.Thread(target=self._run, name="vestnik-ledger", daemon=True)
        self._opened: asyncio.Future[None] = self._loop.create_future()
        self._ended: asyncio.Future[None] = self._loop.create_future()

    async def start(self) -> None:
        """Return once the connection is open, or raise what kept it from opening."""
        self._thread.start()
        await asyncio.shield(self._opened)

    async def until_below(self, limit: int) -> None:
        """Return once fewer than `limit` works wait."""
        while len(self._jobs) >= limit:
            self._settled.clear()
            await self._settled.wait()

    def give(self, work: Work) -> asyncio.Future[Any]:
        """Let a work be done after those that were given before."""
        future = self._loop.create_future()
        self._jobs.append(_Job(work, future))
        self._wake()
        return future

    async def stop(self) -> None:
        """Do what was given, close the connection and end."""
        self._is_stopping = True
        self._wake()
        await asyncio.shield(self._ended)
        self._thread.join()

    def _wake(self) -> None:
        if self._is_asleep:
            self._is_asleep = False
            self._alarms.put(None)

    # On the thread.

    def _run(self) -> None:
        try:
            connection = self._open_connection()
        except BaseException as error:
            self._tell(_fail, self._opened, error)
        else:
            self._tell(_succeed, self._opened)
            self._work(connection)
            connection.close()
        self._tell(_succeed, self._ended)

    def _work(self, connection: sqlite3.Connection) -> None:
        while group := self._next_group():
            outcomes = do_together(connection, [job.work for job in group])
            self._tell(self._settle, group, outcomes)

    def _next_group(self) -> list[_Job]:
        """Wait for jobs and take those that are there; none means the end."""
        while not self._jobs and not self._is_stopping:
            self._is_asleep = True
            # Look again: who came before we said that we sleep rings no alarm. One too many is
            # no harm.
            if not self._jobs and not self._is_stopping:
                self._alarms.get()
        self._is_asleep = False
        return [self._jobs.popleft() for _ in range(min(len(self._jobs), MOST_TOGETHER))]

    def _tell(self, function: Callable[..., None], *arguments: Any) -> None:
        # A loop that was closed under us has nobody left who waits.
        if not self._loop.is_closed():
            self._loop.call_soon_threadsafe(function, *arguments)

    # On the loop.

    def _settle(self, group: list[_Job], outcomes: list[Outcome]) -> None:
        for job, outcome in zip(group, outcomes, strict=True):
            if job.future.done():
                continue
            if isinstance(outcome, Failed):
                job.future.set_exception(self._explain(outcome.error))
            else:
                job.future.set_result(outcome.value)
        self._settled.set()


def _succeed(future: asyncio.Future[None]) -> None:
    if not future.done():
        future.set_result(None)


def _fail(future: asyncio.Future[None], error: BaseException) -> None:
    if not future.done():
        future.set_exception(error)
