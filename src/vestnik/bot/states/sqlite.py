"""States that survive a restart, in the bot's database."""

from __future__ import annotations

import sqlite3

from vestnik.bot.states._row import EMPTY, Row, rewound, written
from vestnik.bot.states.store import Conversation, Stored
from vestnik.bot.store import Database
from vestnik.clock import Clock, SystemClock
from vestnik.ids import AccountId, ChatId, ContactId, MessageId

__all__ = ["SqliteStates"]

_READ = """
SELECT name, data, cause, name_before, data_before, changed FROM state
WHERE account = ? AND chat = ? AND contact = ?
"""
_WRITE = "INSERT OR REPLACE INTO state VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"
_FORGET = "DELETE FROM state WHERE account = ? AND chat = ? AND contact = ?"
_WRITTEN_BY = "SELECT chat, contact FROM state WHERE account = ? AND cause = ?"


class SqliteStates:
    """A `StateStore` in the bot's database."""

    def __init__(self, database: Database, clock: Clock | None = None) -> None:
        self._database = database
        self._clock = clock or SystemClock()

    async def get(self, conversation: Conversation) -> Stored | None:
        """Return the state of a conversation."""
        row = await self._database.transact(lambda connection: _read(connection, conversation))
        return row.stored

    async def set(
        self, conversation: Conversation, stored: Stored | None, *, cause: MessageId | None = None
    ) -> None:
        """Replace the state of a conversation; ``None`` ends it."""
        now = self._clock.now()

        def work(connection: sqlite3.Connection) -> None:
            row = _read(connection, conversation)
            _write(connection, conversation, written(row, stored, cause, now))

        await self._database.transact(work)

    async def swap(
        self,
        conversation: Conversation,
        before: Stored | None,
        after: Stored | None,
        *,
        cause: MessageId | None = None,
    ) -> bool:
        """Replace the state only if it is still `before`; tell whether it was."""
        now = self._clock.now()

        def work(connection: sqlite3.Connection) -> bool:
            row = _read(connection, conversation)
            if row.stored != before:
                return False
            _write(connection, conversation, written(row, after, cause, now))
            return True

        return await self._database.transact(work)

    async def rewind(self, account_id: AccountId, cause: MessageId) -> None:
        """Put back what was there before the handling of a message that was interrupted."""

        def work(connection: sqlite3.Connection) -> None:
            for chat, contact in connection.execute(_WRITTEN_BY, (account_id, cause)).fetchall():
                whose = Conversation(account_id, ChatId(chat), ContactId(contact) or None)
                _write(connection, whose, rewound(_read(connection, whose)))

        await self._database.transact(work)

    async def prune(self, older_than_seconds: float) -> int:
        """Forget the conversations that were not changed for so long; tell how many."""
        oldest = self._clock.now() - older_than_seconds
        return await self._database.transact(
            lambda connection: (
                connection.execute("DELETE FROM state WHERE changed < ?", (oldest,)).rowcount
            )
        )


def _read(connection: sqlite3.Connection, conversation: Conversation) -> Row:
    found = connection.execute(_READ, _key(conversation)).fetchone()
    if found is None:
        return EMPTY
    name, data, cause, name_before, data_before, changed = found
    return Row(_stored(name, data), cause, _stored(name_before, data_before), changed)


def _write(connection: sqlite3.Connection, conversation: Conversation, row: Row) -> None:
    if row.is_empty:
        connection.execute(_FORGET, _key(conversation))
        return
    now, before = row.stored or (None, None), row.before or (None, None)
    values = (*_key(conversation), *now, row.cause, *before, row.changed)
    connection.execute(_WRITE, values)


def _key(conversation: Conversation) -> tuple[int, int, int]:
    return (conversation.account_id, conversation.chat_id, conversation.contact_id or 0)


def _stored(name: str | None, data: bytes | None) -> Stored | None:
    return None if name is None else Stored(name, data or b"")
