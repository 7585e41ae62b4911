"""Annotations of mailboxes and of the server (RFC 5464)."""

from __future__ import annotations

import sqlite3

from vestnik.relay.store.model import UserId

__all__ = ["Metadata"]


class Metadata:
    """The annotations, read and written through one connection."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db

    def get(self, user: UserId, mailbox: str) -> dict[str, bytes]:
        """Return the entries of one mailbox, or of the server if the name is empty."""
        rows = self._db.execute(
            "SELECT entry, value FROM metadata WHERE user = ? AND mailbox = ?", (user, mailbox)
        )
        return {entry: bytes(value) for entry, value in rows}

    def put(self, user: UserId, mailbox: str, entry: str, value: bytes) -> None:
        """Set one entry."""
        self._db.execute(
            "INSERT OR REPLACE INTO metadata VALUES (?, ?, ?, ?)", (user, mailbox, entry, value)
        )

    def remove(self, user: UserId, mailbox: str, entry: str) -> None:
        """Remove one entry."""
        self._db.execute(
            "DELETE FROM metadata WHERE user = ? AND mailbox = ? AND entry = ?",
            (user, mailbox, entry),
        )
