"""A store in one SQLite file.

Rules of this package:

- What was returned is there, whoever is killed afterwards.
- Whatever touches the disk is done on a thread of its own; whoever reads never waits for who
  writes.
- No error of the file leaves it but as `StoreFailed`, with a sentence that says what to do.
"""

from __future__ import annotations

import asyncio
from pathlib import Path

from sqlalchemy import Connection

from vestnik.clock import Clock, SystemClock
from vestnik.gateway.model import Retention
from vestnik.gateway.stores._rules import milliseconds
from vestnik.gateway.stores.sqlite._attempts import Attempts
from vestnik.gateway.stores.sqlite._backup import back_up
from vestnik.gateway.stores.sqlite._failures import not_open
from vestnik.gateway.stores.sqlite._log import Log
from vestnik.gateway.stores.sqlite._session import Session
from vestnik.gateway.stores.sqlite._settings import Settings
from vestnik.gateway.stores.sqlite._trimming import trim

__all__ = ["SqliteStore"]


class SqliteStore:
    """A `vestnik.gateway.ports.Store` in one SQLite file, which one process has to itself.

    Args:
        path: The file, made if missing; beside it are SQLite's own files and one for the lock.
        durable: Whether even a power cut takes nothing back; then every commit waits for the disk.
        clock: What tells when something was stored.
    """

    def __init__(self, path: Path, *, durable: bool = False, clock: Clock | None = None) -> None:
        self.path = path
        self._durable = durable
        self._clock = clock or SystemClock()
        self._session: Session | None = None

    @property
    def settings(self) -> Settings:
        """Owners, resources, tokens and webhooks."""
        session = self._opened()
        return Settings(session.writer, session.readers, session.numbers)

    @property
    def log(self) -> Log:
        """The streams of notifications."""
        session = self._opened()
        return Log(session.writer, session.readers, session.numbers, self._clock)

    @property
    def attempts(self) -> Attempts:
        """The attempts to deliver."""
        session = self._opened()
        return Attempts(session.writer, session.readers, session.numbers)

    async def trim(self, retention: Retention) -> int:
        """Forget what is too old or too much, and return how many notifications that were."""
        return await trim(self._opened().writer, retention, milliseconds(self._clock))

    async def back_up(self, path: Path) -> None:
        """Write a copy that can be opened like the original, with an epoch of its own.

        Raises:
            StoreFailed: It cannot be written, or there is something already.
        """

        def work(connection: Connection) -> None:
            back_up(connection, path)

        await self._opened().readers.do(work)

    async def __aenter__(self) -> SqliteStore:
        """Open it.

        Raises:
            StoreFailed: Another process has it, it is damaged, too new or cannot be written.
        """
        opening = asyncio.create_task(asyncio.to_thread(Session.open, self.path, self._durable))
        try:
            self._session = await asyncio.shield(opening)
        except asyncio.CancelledError:
            # It cannot be stopped half-way, and nobody else would close it.
            (await opening).close()
            raise
        return self

    async def __aexit__(self, *exc: object) -> None:
        """Do what was asked for, and close it; closing twice is no error."""
        session, self._session = self._session, None
        if session is not None:
            await asyncio.shield(asyncio.create_task(asyncio.to_thread(session.close)))

    def _opened(self) -> Session:
        if self._session is None:
            raise not_open(self.path)
        return self._session
