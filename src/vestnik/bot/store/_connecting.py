"""Opening the file: alone in it, and with the newest schema."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path

from vestnik.bot.store._failures import ledger_failed, refused_by_system
from vestnik.errors import LedgerFailed

__all__ = ["connect"]

LOCK_SECONDS = 1.0
"""How long to wait for another process that is about to end."""

WAL_KEPT_BYTES = 16 * 1024 * 1024
STATEMENTS_KEPT = 256


def connect(path: Path | None, name: str) -> sqlite3.Connection:
    """Open the file, or memory, for the calling thread alone.

    Raises:
        LedgerFailed: It is damaged, another process has it, or it cannot be written.
    """
    if path is not None:
        _make(path, name)
    try:
        connection = sqlite3.connect(
            path or ":memory:",
            timeout=LOCK_SECONDS,
            isolation_level=None,
            cached_statements=STATEMENTS_KEPT,
        )
    except sqlite3.Error as error:
        raise ledger_failed(name, error) from error
    try:
        _prepare(connection, name)
    except sqlite3.Error as error:
        connection.close()
        raise ledger_failed(name, error) from error
    except BaseException:
        connection.close()
        raise
    return connection


def _make(path: Path, name: str) -> None:
    """Create the file for its owner's eyes only: there are messages in it."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
    except OSError as error:
        raise refused_by_system(name, error) from error


def _prepare(connection: sqlite3.Connection, name: str) -> None:
    # Exclusive before WAL: then a second process is refused, and no shared memory is needed.
    connection.execute("PRAGMA locking_mode = EXCLUSIVE")
    connection.execute("PRAGMA journal_mode = WAL")
    # Commits outlive a killed process; only a power cut may take back the last of them.
    connection.execute("PRAGMA synchronous = NORMAL")
    connection.execute(f"PRAGMA journal_size_limit = {WAL_KEPT_BYTES}")
    connection.execute("PRAGMA temp_store = MEMORY")
    # Takes the lock even when nothing is to be done.
    connection.execute("BEGIN EXCLUSIVE")
    connection.execute("COMMIT")
    _migrate(connection, name)


def _migrate(connection: sqlite3.Connection, name: str) -> None:
    (found,) = connection.execute("PRAGMA user_version").fetchone()
    versions = sorted(_versions())
    if found > versions[-1][0]:
        raise LedgerFailed(
            f"The bot's memory in {name} was written by a newer Vestnik: update this one."
        )
    for version, script in versions:
        if version > found:
            connection.executescript(
                f"BEGIN IMMEDIATE; {script}; PRAGMA user_version = {version}; COMMIT;"
            )


def _versions() -> Iterator[tuple[int, str]]:
    """Read the versions of the schema, each by its number."""
    for file in files(__package__).joinpath("schema").iterdir():
        if file.name.endswith(".sql"):
            yield int(file.name.partition("_")[0]), file.read_text("utf-8")
