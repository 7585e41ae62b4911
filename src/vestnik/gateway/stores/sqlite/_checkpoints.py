"""Moving what was committed from the log of SQLite into the file, beside the commits."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import closing, suppress
from pathlib import Path
from sqlite3 import Error as SqliteError
from typing import cast

from sqlalchemy import Connection

from vestnik.gateway.stores.sqlite._opening import WAL_KEPT_BYTES

__all__ = ["Checkpoints", "checkpoint", "truncate"]

WAL_BYTES = 2 * WAL_KEPT_BYTES
"""How long the log may become before it is moved."""

PASSES = 2

PAUSE_SECONDS = 0.25


class Checkpoints:
    """A thread that moves the log when it has become long.

    It does so on a connection of its own. The log begins anew once all of it has been moved; if
    there are too many commits for that, the rest is moved between two of them.

    Args:
        on_writer: Has something done between two commits.
    """

    def __init__(
        self,
        path: Path,
        connection: Connection,
        on_writer: Callable[[Callable[[Connection], None]], None],
    ) -> None:
        self._log = path.with_name(path.name + "-wal")
        self._connection = connection
        self._on_writer = on_writer
        self._written = threading.Event()
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="vestnik-checkpoints", daemon=True)

    def start(self) -> None:
        """Begin to look after the log."""
        self._thread.start()

    def note(self) -> None:
        """Something was written."""
        if not self._written.is_set():
            self._written.set()

    def stop(self) -> None:
        """End; it may take as long as moving the log does."""
        self._stopping.set()
        self._written.set()
        self._thread.join()

    def _run(self) -> None:
        while self._written.wait() and not self._stopping.wait(PAUSE_SECONDS):
            self._written.clear()
            if self._length() > WAL_BYTES:
                self._move()

    def _move(self) -> None:
        # Each pass moves what was committed during the one before, so that they become short.
        if not any(checkpoint(self._connection) for _ in range(PASSES)):
            self._on_writer(_move_rest)

    def _length(self) -> int:
        try:
            return self._log.stat().st_size
        except OSError:
            return 0


def checkpoint(connection: Connection) -> bool:
    """Move what can be moved without waiting for anybody, and tell whether that was everything.

    What fails now is done next time.
    """
    with suppress(SqliteError):
        busy, length, moved = _without_transaction(connection, "PRAGMA wal_checkpoint(PASSIVE)")
        return not busy and length == moved
    return False


def _move_rest(connection: Connection) -> None:
    checkpoint(connection)


def truncate(connection: Connection) -> None:
    """Move everything and give the room back."""
    with suppress(SqliteError):
        _without_transaction(connection, "PRAGMA wal_checkpoint(TRUNCATE)")


def _without_transaction(connection: Connection, statement: str) -> tuple[int, int, int]:
    with closing(connection.connection.cursor()) as raw:
        raw.execute(statement)
        (row,) = raw.fetchall()
    return cast("tuple[int, int, int]", row)
