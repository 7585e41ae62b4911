"""Mailboxes of the users."""

from __future__ import annotations

import sqlite3

from vestnik.relay.store.model import Mailbox, MailboxId, Uid, UserId

__all__ = ["Mailboxes"]


class Mailboxes:
    """The mailboxes, read and written through one connection."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db

    def all(self, user: UserId) -> list[Mailbox]:
        """Return the user's mailboxes in the order of their names."""
        rows = self._db.execute(
            "SELECT id, user, name, uid_validity, uid_next, opened FROM mailbox"
            " WHERE user = ? ORDER BY name",
            (user,),
        )
        return [_mailbox(row) for row in rows]

    def find(self, user: UserId, name: str) -> Mailbox | None:
        """Return the user's mailbox of that name."""
        row = self._db.execute(
            "SELECT id, user, name, uid_validity, uid_next, opened FROM mailbox"
            " WHERE user = ? AND name = ?",
            (user, name),
        ).fetchone()
        return _mailbox(row) if row else None

    def create(self, user: UserId, name: str, now: int) -> Mailbox | None:
        """Create a mailbox; ``None`` if there is one of that name already.

        Its UIDVALIDITY is the time, or one more than the last one given (RFC 3501 2.3.1.1).
        """
        if self.find(user, name) is not None:
            return None
        (validity,) = self._db.execute(
            "UPDATE counter SET uid_validity = max(uid_validity + 1, ?) RETURNING uid_validity",
            (now,),
        ).fetchone()
        self._db.execute(
            "INSERT INTO mailbox (user, name, uid_validity) VALUES (?, ?, ?)",
            (user, name, validity),
        )
        return self.find(user, name)

    def delete(self, mailbox: MailboxId) -> None:
        """Delete a mailbox with all that is in it."""
        self._db.execute("DELETE FROM message WHERE mailbox = ?", (mailbox,))
        self._db.execute("DELETE FROM mailbox WHERE id = ?", (mailbox,))

    def rename(self, mailbox: MailboxId, name: str) -> None:
        """Give a mailbox another name, which must be free."""
        self._db.execute("UPDATE mailbox SET name = ? WHERE id = ?", (name, mailbox))

    def open(self, mailbox: MailboxId) -> None:
        """Remember that someone selected the mailbox."""
        self._db.execute("UPDATE mailbox SET opened = 1 WHERE id = ?", (mailbox,))

    def counts(self, mailbox: MailboxId) -> tuple[int, int]:
        """Return how many messages there are, and how many of them are not ``\\Seen``."""
        row = self._db.execute(
            "SELECT count(*), count(*) FILTER (WHERE instr(flags, '\\Seen') = 0)"
            " FROM message WHERE mailbox = ?",
            (mailbox,),
        ).fetchone()
        return int(row[0]), int(row[1])


def _mailbox(row: tuple[int, int, str, int, int, int]) -> Mailbox:
    mailbox, user, name, validity, uid_next, opened = row
    return Mailbox(MailboxId(mailbox), UserId(user), name, validity, Uid(uid_next), bool(opened))
