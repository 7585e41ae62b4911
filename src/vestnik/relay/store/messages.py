"""Messages in the mailboxes."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence

from vestnik.relay.store.model import Entry, Flags, Mailbox, MailboxId, Moved, Uid

__all__ = ["Messages", "split"]

_DELETED = "\\Deleted"
_NO_FLAGS = Flags()
_HEADER = """
    SELECT header FROM message JOIN content ON content.id = message.content
    WHERE mailbox = ? AND uid = ?
"""
_BODY = """
    SELECT body FROM message JOIN content ON content.id = message.content
    WHERE mailbox = ? AND uid = ?
"""


def split(message: bytes) -> tuple[bytes, bytes]:
    """Return a message's header, up to and with the empty line, and its body."""
    end = 0 if message.startswith(b"\r\n") else message.find(b"\r\n\r\n") + 2
    if end == 1:
        return message, b""
    return message[: end + 2], message[end + 2 :]


class Messages:
    """The messages, read and written through one connection."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db

    def deliver(
        self,
        mailboxes: Iterable[MailboxId],
        message: bytes,
        received: int,
        flags: Flags = _NO_FLAGS,
    ) -> list[Uid]:
        """Put one message into several mailboxes; its text is stored once."""
        content = self._db.execute(
            "INSERT INTO content (header, body) VALUES (?, ?)", split(message)
        ).lastrowid
        row = (content, _joined(flags), len(message), received)
        return [self._place(mailbox, row) for mailbox in mailboxes]

    def uids(self, mailbox: MailboxId, after: int = 0) -> list[Uid]:
        """Return the UIDs greater than `after`, ascending."""
        rows = self._db.execute(
            "SELECT uid FROM message WHERE mailbox = ? AND uid > ? ORDER BY uid", (mailbox, after)
        )
        return [Uid(uid) for (uid,) in rows]

    def entries(self, mailbox: MailboxId, uids: Sequence[Uid]) -> list[Entry]:
        """Return what is known of those of the messages that (still) exist, ascending."""
        if not uids:
            return []
        wanted = set(uids)
        rows = self._db.execute(
            "SELECT uid, flags, size, received FROM message"
            " WHERE mailbox = ? AND uid BETWEEN ? AND ? ORDER BY uid",
            (mailbox, min(uids), max(uids)),
        )
        return [
            Entry(uid, Flags(flags.split()), size, received)
            for uid, flags, size, received in rows
            if uid in wanted
        ]

    def header(self, mailbox: MailboxId, uid: Uid) -> bytes | None:
        """Return the header of a message, with the empty line; ``None`` if it is gone."""
        return self._text(_HEADER, mailbox, uid)

    def body(self, mailbox: MailboxId, uid: Uid) -> bytes | None:
        """Return a message without its header; ``None`` if it is gone."""
        return self._text(_BODY, mailbox, uid)

    def set_flags(self, mailbox: MailboxId, flags: dict[Uid, Flags]) -> None:
        """Replace the flags of some messages."""
        self._db.executemany(
            "UPDATE message SET flags = ? WHERE mailbox = ? AND uid = ?",
            [(_joined(new), mailbox, uid) for uid, new in flags.items()],
        )

    def expunge(self, mailbox: MailboxId, uids: Sequence[Uid] | None = None) -> list[Uid]:
        """Remove what is flagged ``\\Deleted``, of all or of `uids`; return what was removed."""
        rows = self._db.execute(
            "SELECT uid FROM message WHERE mailbox = ? AND instr(flags, ?) > 0 ORDER BY uid",
            (mailbox, _DELETED),
        ).fetchall()
        wanted = None if uids is None else set(uids)
        gone = [Uid(uid) for (uid,) in rows if wanted is None or uid in wanted]
        self.remove(mailbox, gone)
        return gone

    def remove(self, mailbox: MailboxId, uids: Iterable[Uid]) -> None:
        """Remove messages, whatever their flags."""
        self._db.executemany(
            "DELETE FROM message WHERE mailbox = ? AND uid = ?", [(mailbox, uid) for uid in uids]
        )

    def copy(self, mailbox: MailboxId, uids: Sequence[Uid], target: Mailbox) -> Moved:
        """Copy messages with flags and dates; those that are gone are left out."""
        sources, copies = [], []
        for uid in sorted(uids):
            row = self._db.execute(
                "SELECT content, flags, size, received FROM message WHERE mailbox = ? AND uid = ?",
                (mailbox, uid),
            ).fetchone()
            if row is not None:
                sources.append(uid)
                copies.append(self._place(target.id, row))
        return Moved(target, tuple(sources), tuple(copies))

    def move(self, mailbox: MailboxId, uids: Sequence[Uid], target: Mailbox) -> Moved:
        """Move messages: each is in one of the two mailboxes at any time (RFC 6851)."""
        moved = self.copy(mailbox, uids, target)
        self.remove(mailbox, moved.sources)
        return moved

    def _place(self, mailbox: MailboxId, row: tuple[object, ...]) -> Uid:
        (uid,) = self._db.execute(
            "UPDATE mailbox SET uid_next = uid_next + 1 WHERE id = ? RETURNING uid_next - 1",
            (mailbox,),
        ).fetchone()
        self._db.execute(
            "INSERT INTO message (mailbox, uid, content, flags, size, received)"
            " VALUES (?, ?, ?, ?, ?, ?)",
            (mailbox, uid, *row),
        )
        return Uid(uid)

    def _text(self, query: str, mailbox: MailboxId, uid: Uid) -> bytes | None:
        row = self._db.execute(query, (mailbox, uid)).fetchone()
        return bytes(row[0]) if row else None


def _joined(flags: Flags) -> str:
    return " ".join(sorted(flags))
