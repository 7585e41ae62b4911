"""One SQLite database that holds all mail: on disk, or in memory with the very same code.

Rules of this file:

- Accepted means committed: WAL with ``synchronous=FULL``, so what is committed is on the disk.
- On disk there are two connections. The event loop reads through one and never waits for a commit;
  everything that changes goes through the other. In memory both are the same connection.
- No ``sqlite3.Error`` leaves it: each becomes `StorageFailed` with a sentence that says what to do.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from importlib.resources import files
from pathlib import Path

from vestnik.errors import StorageFailed

__all__ = ["Database"]

_FILE = "mail.sqlite"
_VERSION = 1
_WAL_KEPT_BYTES = 64 * 1024 * 1024
_ADVICE = {
    "SQLITE_FULL": "the disk is full: free some space",
    "SQLITE_IOERR": "the disk refuses to read or write: check its free space and its health",
    "SQLITE_READONLY": "it may not be written: check the permissions of the folder",
    "SQLITE_CANTOPEN": "it cannot be opened: check that the folder exists and may be written",
    "SQLITE_NOTADB": "it is not a database of the relay: choose another folder",
    "SQLITE_CORRUPT": "it is damaged: restore it from a backup, or choose another folder",
    "SQLITE_BUSY": "another program holds it: end that program or choose another folder",
}


class Database:
    """The open database: two connections, a lock on the folder, and transactions.

    Args:
        directory: Where ``mail.sqlite`` lives, made if missing; ``None`` keeps mail in memory.

    Raises:
        StorageFailed: The folder cannot be used, or another relay uses it.
    """

    def __init__(self, directory: Path | None) -> None:
        self.name = "the mail in memory" if directory is None else str(directory / _FILE)
        self._lock: sqlite3.Connection | None = None
        if directory is not None:
            _make(directory)
            self._lock = _lock(directory)
        try:
            with self.failures():
                self._open(":memory:" if directory is None else self.name)
        except StorageFailed:
            self._unlock()
            raise

    @property
    def on_disk(self) -> bool:
        """Whether a commit waits for a disk, and so should not run on the event loop."""
        return self.reader is not self.writer

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """All that happens inside is committed together, or none of it.

        Raises:
            StorageFailed: It could not be committed, and nothing of it was.
        """
        with self.failures():
            self.writer.execute("BEGIN IMMEDIATE")
            try:
                yield self.writer
                self.writer.execute("COMMIT")
            except BaseException:
                # A full disk makes SQLite roll back by itself; then there is nothing to undo.
                if self.writer.in_transaction:
                    with suppress(sqlite3.Error):
                        self.writer.execute("ROLLBACK")
                raise

    @contextmanager
    def failures(self) -> Iterator[None]:
        """Turn what SQLite raises inside into `StorageFailed`."""
        try:
            yield
        except sqlite3.Error as error:
            raise _told(self.name, error) from error

    def close(self) -> None:
        """Close the connections and give the folder free."""
        self.reader.close()
        self.writer.close()
        self._unlock()

    def _unlock(self) -> None:
        if self._lock is not None:
            self._lock.close()

    def _open(self, path: str) -> None:
        self.writer = _connect(path)
        try:
            _prepare(self.writer)
            self.reader = self.writer if path == ":memory:" else _connect(path)
        except BaseException:
            self.writer.close()
            raise


def _make(directory: Path) -> None:
    """Create the folder and the file, for their owner's eyes only: mail and password hashes."""
    try:
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        os.close(os.open(directory / _FILE, os.O_RDWR | os.O_CREAT, 0o600))
    except OSError as error:
        raise StorageFailed(
            f"The relay cannot keep mail in {directory} ({error.strerror}): "
            "choose a folder that you may write."
        ) from error


def _lock(directory: Path) -> sqlite3.Connection:
    """Hold a lock that the operating system gives back even when this process is killed."""
    path = directory / "relay.lock"
    try:
        lock = sqlite3.connect(path, timeout=0, isolation_level=None)
    except sqlite3.Error as error:
        raise _told(str(path), error) from error
    try:
        lock.execute("BEGIN EXCLUSIVE")
    except sqlite3.Error as error:
        lock.close()
        if error.sqlite_errorname == "SQLITE_BUSY":
            raise StorageFailed(
                f"Another relay keeps its mail in {directory}: stop it or choose another folder."
            ) from error
        raise _told(str(path), error) from error
    return lock


def _connect(path: str) -> sqlite3.Connection:
    # The writer serves one thread at a time, the loop's or the writer's: never two at once.
    connection = sqlite3.connect(path, timeout=5, isolation_level=None, check_same_thread=False)
    connection.execute("PRAGMA foreign_keys = ON")
    return connection


def _prepare(connection: sqlite3.Connection) -> None:
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute(f"PRAGMA journal_size_limit = {_WAL_KEPT_BYTES}")
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    if version > _VERSION:
        raise StorageFailed("The mail was written by a newer Vestnik: update this one.")
    if version == 0:
        schema = files(__package__).joinpath("schema.sql").read_text("utf-8")
        connection.executescript(f"BEGIN IMMEDIATE; {schema} COMMIT;")


def _told(name: str, error: sqlite3.Error) -> StorageFailed:
    code = getattr(error, "sqlite_errorname", "")
    for prefix, advice in _ADVICE.items():
        if code.startswith(prefix):
            return StorageFailed(f"The relay cannot use {name}, {advice}.")
    return StorageFailed(f"The relay cannot use {name}: {error}.")
