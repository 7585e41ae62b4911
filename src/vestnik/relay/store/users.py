"""Users of the relay."""

from __future__ import annotations

import sqlite3

from vestnik.relay.store.model import User, UserId

__all__ = ["Users"]


class Users:
    """The users, read and written through one connection."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db

    def find(self, address: str) -> User | None:
        """Return the user with that address (lower case), if one ever logged in."""
        row = self._db.execute(
            "SELECT id, address, salt, digest, used FROM user WHERE address = ?", (address,)
        ).fetchone()
        return User(*row) if row else None

    def add(self, address: str, salt: bytes, digest: bytes) -> User:
        """Add a user unless the address is taken, and return whoever has it now."""
        self._db.execute(
            "INSERT INTO user (address, salt, digest) VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
            (address, salt, digest),
        )
        user = self.find(address)
        assert user is not None
        return user

    def used(self, user: UserId) -> int:
        """Return how many bytes of mail the user has."""
        row = self._db.execute("SELECT used FROM user WHERE id = ?", (user,)).fetchone()
        return int(row[0]) if row else 0
