"""One SQLite file that holds all that a bot remembers, or the same in memory.

Rules of this file:

- What `transact` returned is there, whoever is killed afterwards.
- Works that arrive together share a commit; each of them is done wholly or not at all.
- Works are done one at a time, in the order of the calls.
- No error of the file leaves it but as `LedgerFailed`, with a sentence that says what to do.
"""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import TypeVar, cast

from vestnik.bot.store._connecting import connect
from vestnik.bot.store._failures import is_of_the_file, ledger_failed
from vestnik.bot.store._groups import Work
from vestnik.bot.store._thread import ConnectionThread
from vestnik.errors import LedgerFailed

__all__ = ["Database"]

MOST_WAITING = 10_000
"""More works than this wait for a turn before they are taken in."""

T = TypeVar("T")


class Database:
    """The memory of a bot, as an async context manager.

    A new table is a new file in ``schema/``.
    """

    def __init__(self, path: Path | None) -> None:
        """Prepare to open it.

        Args:
            path: The file, made if missing; ``None`` keeps everything in memory.
        """
        self.path = path
        self._name = "memory" if path is None else str(path)
        self._thread: ConnectionThread | None = None

    async def __aenter__(self) -> Database:
        """Open it, alone: a second process is refused.

        Raises:
            LedgerFailed: It is damaged, another process has it, or it cannot be written.
        """
        thread = ConnectionThread(lambda: connect(self.path, self._name), self._explain)
        await thread.start()
        self._thread = thread
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Do what was asked for, and close it."""
        thread, self._thread = self._thread, None
        if thread is not None:
            await thread.stop()

    async def transact(
        self, work: Callable[[sqlite3.Connection], T], *, is_single: bool = False
    ) -> T:
        """Do `work` in a transaction, on the database's own thread, and return what it returns.

        It is done even when the caller is cancelled meanwhile.

        Args:
            work: Reads and writes through the connection; it neither commits nor rolls back, and
                waits for nothing else.
            is_single: Whether it is one statement, and nothing that could fail after it; then it
                costs half.

        Raises:
            LedgerFailed: The file cannot be used, and nothing of the work was done.
        """
        await self._opened().until_below(MOST_WAITING)
        return await self.submit(work, is_single=is_single)

    def submit(
        self, work: Callable[[sqlite3.Connection], T], *, is_single: bool = False
    ) -> asyncio.Future[T]:
        """Do `work` as `transact` does, for a caller who need not wait and keeps a bound himself.

        Raises:
            LedgerFailed: The database is not open.
        """
        return cast("asyncio.Future[T]", self._opened().give(Work(work, is_single)))

    def _opened(self) -> ConnectionThread:
        if self._thread is None:
            raise LedgerFailed(f"The bot's memory in {self._name} is not open.")
        return self._thread

    def _explain(self, error: BaseException) -> BaseException:
        return ledger_failed(self._name, error) if is_of_the_file(error) else error
