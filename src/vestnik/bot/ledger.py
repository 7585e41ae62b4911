"""What a bot remembers of its incoming messages, so that none is lost and none answered twice.

Rules of this file:

- A message is taken before its handler runs and finished after it: what is taken and not finished
  was interrupted, and is to be handled again.
- Everything is remembered by the id of the account. The core gives an id once; only when the
  whole folder of accounts was made anew do they begin again, which `adopt` finds out. (The address
  would not do: a restored backup has the same address, but other messages under the same ids.)
"""

from __future__ import annotations

import sqlite3
from enum import Enum

from vestnik.bot.store import Database, WallTime
from vestnik.clock import Clock
from vestnik.ids import AccountId, ChatId, ContactId, MessageId

__all__ = ["Ledger", "Taken"]

PRUNED_TOGETHER = 2_000
"""How many rows are deleted at once, so that nobody waits long for his turn."""

_TAKE = """
    INSERT INTO taken (account, message, chat, at) VALUES (?, ?, ?, ?)
    ON CONFLICT DO UPDATE SET runs = runs + 1 RETURNING runs, finished
"""
_TABLES_OF_ACCOUNTS = """
    SELECT name FROM sqlite_schema AS found WHERE type = 'table'
    AND EXISTS (SELECT 1 FROM pragma_table_info(found.name) WHERE name = 'account')
"""
_FINISH = "UPDATE taken SET finished = 1 WHERE account = ? AND message = ?"


class Taken(Enum):
    """What the ledger knew of a message when it was taken."""

    NEW = "new"
    AGAIN = "again"
    """It was taken before and not finished: its handler was interrupted."""
    DONE = "done"
    """It was handled; only the core has not noted that it was seen."""


class Ledger:
    """The incoming messages that were taken and finished, and the contacts that were greeted."""

    def __init__(self, database: Database, clock: Clock) -> None:
        """Read and write `database`; how old something is, `clock` says."""
        self._database = database
        self._time = WallTime(clock)

    async def adopt(self, account_id: AccountId, identity: str) -> None:
        """Forget all that the database knows under an id that stands for another account now.

        Call it before the outbox runs.

        Args:
            account_id: The account that is about to be used.
            identity: What tells it from any other, such as the name of its folder.
        """
        await self._database.transact(lambda db: _adopt(db, account_id, identity))

    async def take(self, account_id: AccountId, message_id: MessageId, chat_id: ChatId) -> Taken:
        """Note that a message is about to be handled, and return what was known of it."""
        values = (account_id, message_id, chat_id, self._time.now())
        runs, finished = await self._database.transact(
            lambda db: db.execute(_TAKE, values).fetchone(), is_single=True
        )
        if finished:
            return Taken.DONE
        return Taken.NEW if runs == 1 else Taken.AGAIN

    async def finish(self, account_id: AccountId, message_id: MessageId) -> None:
        """Note that a message was handled and never will be again."""
        values = (account_id, message_id)
        await self._database.transact(
            lambda db: db.execute(_FINISH, values).rowcount, is_single=True
        )

    async def unfinished(self, account_id: AccountId) -> list[tuple[MessageId, ChatId]]:
        """Return the messages whose handling was interrupted, oldest first, with their chats."""
        rows = await self._database.transact(
            lambda db: db.execute(
                "SELECT message, chat FROM taken WHERE account = ? AND finished = 0"
                " ORDER BY message",
                (account_id,),
            ).fetchall()
        )
        return [(MessageId(message), ChatId(chat)) for message, chat in rows]

    async def greet(self, account_id: AccountId, contact_id: ContactId) -> bool:
        """Tell whether a contact is to be greeted: the first time only."""
        added = await self._database.transact(
            lambda db: _run(
                db, "INSERT OR IGNORE INTO greeted VALUES (?, ?)", account_id, contact_id
            )
        )
        return added > 0

    async def prune(self, older_than_seconds: float) -> None:
        """Forget messages that were finished that long ago; the core has noted them as seen."""
        before = self._time.now() - older_than_seconds
        while await self._database.transact(lambda db: _prune(db, before)) == PRUNED_TOGETHER:
            pass


def _adopt(db: sqlite3.Connection, account_id: AccountId, identity: str) -> None:
    known = db.execute("SELECT identity FROM account WHERE id = ?", (account_id,)).fetchone()
    if known == (identity,):
        return
    if known is not None:
        for (table,) in db.execute(_TABLES_OF_ACCOUNTS).fetchall():
            _run(db, f"DELETE FROM {table} WHERE account = ?", account_id)  # noqa: S608
    _run(db, "INSERT OR REPLACE INTO account VALUES (?, ?)", account_id, identity)


def _prune(db: sqlite3.Connection, before: float) -> int:
    return _run(
        db,
        "DELETE FROM taken WHERE (account, message) IN"
        " (SELECT account, message FROM taken WHERE finished = 1 AND at < ? LIMIT ?)",
        before,
        PRUNED_TOGETHER,
    )


def _run(db: sqlite3.Connection, statement: str, *values: float | str) -> int:
    """Run a statement and return how many rows it changed."""
    return db.execute(statement, values).rowcount
