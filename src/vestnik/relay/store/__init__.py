"""The mail of the relay, on disk or in memory: the same SQLite code for both."""

from __future__ import annotations

import sqlite3

from vestnik.relay.store.database import Database
from vestnik.relay.store.mailboxes import Mailboxes
from vestnik.relay.store.messages import Messages
from vestnik.relay.store.metadata import Metadata
from vestnik.relay.store.model import Entry, Flags, Mailbox, MailboxId, Moved, Uid, User, UserId
from vestnik.relay.store.users import Users

__all__ = [
    "Database",
    "Entry",
    "Flags",
    "Mailbox",
    "MailboxId",
    "Moved",
    "Store",
    "Uid",
    "User",
    "UserId",
]


class Store:
    """Everything that can be read and written through one connection."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self.users = Users(db)
        self.mailboxes = Mailboxes(db)
        self.messages = Messages(db)
        self.metadata = Metadata(db)
