"""A copy of the file, taken while it is in use."""

from __future__ import annotations

import secrets
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import cast

from sqlalchemy import Connection

from vestnik.errors import StoreFailed
from vestnik.gateway.model import AttemptState, Finished
from vestnik.gateway.stores._epoch import new_epoch
from vestnik.gateway.stores.sqlite._failures import explained
from vestnik.gateway.stores.sqlite._opening import make_private, raw_connection
from vestnik.gateway.stores.sqlite._rows import outcome_of
from vestnik.ids import DeliveryId

__all__ = ["COPIED", "back_up"]

COPIED = "Not known: this is a backup, and the original may have made the attempt."


def back_up(connection: Connection, path: Path) -> None:
    """Copy the file to a place where there is nothing yet; half a copy is never there.

    Raises:
        StoreFailed: It cannot be written, or there is something already.
    """
    with explained(path):
        if path.exists():
            raise _taken(path)
        partial = path.with_name(f".{path.name}.{secrets.token_hex(8)}.partial")
        make_private(partial)
        try:
            with closing(raw_connection(partial)) as copy:
                _copy(connection, copy)
            _give_name(partial, path)
        finally:
            partial.unlink(missing_ok=True)


def _copy(connection: Connection, copy: sqlite3.Connection) -> None:
    original = cast("sqlite3.Connection", connection.connection.dbapi_connection)
    original.backup(copy)
    # One file, without a log beside it.
    copy.execute("PRAGMA journal_mode = DELETE")
    copy.execute("BEGIN")
    copy.execute("UPDATE meta SET value = ? WHERE name = 'epoch'", (new_epoch(),))
    # Exactly one attempt: what was still to be made here has been made there.
    end = Finished(id=DeliveryId(0), state=AttemptState.INTERRUPTED, error=COPIED)
    copy.execute(
        "UPDATE attempts SET state = ?, outcome = ? WHERE state IN ('planned', 'begun')",
        (str(end.state), outcome_of(end)),
    )
    copy.execute("COMMIT")


def _give_name(partial: Path, path: Path) -> None:
    try:
        # Unlike a rename it never replaces what somebody has put there meanwhile.
        path.hardlink_to(partial)
    except FileExistsError as error:
        raise _taken(path) from error


def _taken(path: Path) -> StoreFailed:
    return StoreFailed(f"There is already something at {path}: name a file that is not there yet.")
