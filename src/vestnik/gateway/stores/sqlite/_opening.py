"""Opening the file: alone in it, and with the newest schema."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable
from pathlib import Path

from sqlalchemy import Connection, create_engine, event
from sqlalchemy.pool import NullPool

from vestnik.gateway.stores.sqlite._failures import in_use

__all__ = ["Lock", "connect_reader", "connect_writer", "make_private", "raw_connection"]

BUSY_SECONDS = 5.0
"""How long to wait for somebody who only looks, such as another program's backup."""

WAL_KEPT_BYTES = 32 * 1024 * 1024
STATEMENTS_KEPT = 256


class Lock:
    """Keeps a second process out.

    It is a lock of SQLite's on an empty file beside the data, because the data itself is to be
    open in several connections; the system takes it away from a process that dies.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file = path.with_name(path.name + ".lock")
        self._holder: sqlite3.Connection | None = None

    def take(self) -> None:
        """Take the lock.

        Raises:
            StoreFailed: Somebody has it.
        """
        make_private(self._file)
        holder = sqlite3.connect(self._file, 0, isolation_level=None, check_same_thread=False)
        try:
            holder.execute("BEGIN EXCLUSIVE")
        except sqlite3.OperationalError as error:
            holder.close()
            if error.sqlite_errorname.startswith("SQLITE_BUSY"):
                raise in_use(self._path) from error
            raise
        self._holder = holder

    def release(self) -> None:
        """Let others in; releasing twice is no error."""
        if self._holder is not None:
            self._holder.close()
            self._holder = None


def make_private(path: Path) -> None:
    """Create a file, if there is none, for its owner's eyes only."""
    path.parent.mkdir(parents=True, exist_ok=True)
    os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))


def connect_writer(path: Path, *, durable: bool) -> Connection:
    """Open the file for the one who writes."""

    def creator() -> sqlite3.Connection:
        raw = raw_connection(path)
        raw.execute("PRAGMA journal_mode = WAL")
        # NORMAL: commits outlive a killed process; only a power cut may take back the last of them.
        raw.execute(f"PRAGMA synchronous = {'FULL' if durable else 'NORMAL'}")
        raw.execute("PRAGMA foreign_keys = ON")
        # `Checkpoints` does it, so that no commit waits for it.
        raw.execute("PRAGMA wal_autocheckpoint = 0")
        raw.execute(f"PRAGMA journal_size_limit = {WAL_KEPT_BYTES}")
        return raw

    return _connection(creator, "BEGIN IMMEDIATE")


def connect_reader(path: Path) -> Connection:
    """Open the file for one who reads, and sees what was committed when he began."""

    def creator() -> sqlite3.Connection:
        raw = raw_connection(path)
        raw.execute("PRAGMA query_only = ON")
        return raw

    return _connection(creator, "BEGIN")


def raw_connection(path: Path) -> sqlite3.Connection:
    """Open the file without SQLAlchemy."""
    return sqlite3.connect(
        path,
        BUSY_SECONDS,
        isolation_level=None,
        check_same_thread=False,
        cached_statements=STATEMENTS_KEPT,
    )


def _connection(creator: Callable[[], sqlite3.Connection], begin: str) -> Connection:
    engine = create_engine("sqlite+pysqlite://", creator=creator, poolclass=NullPool)

    # The transactions of `sqlite3` itself do not cover everything, so that we begin them.
    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        connection.exec_driver_sql(begin)

    return engine.connect()
