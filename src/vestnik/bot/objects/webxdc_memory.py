"""What a bot remembers of a webxdc app: what it has handled, and what it has sent itself.

The core numbers all updates of an app but does not say whose they are, and it tells a program of
its own ones too. So what is sent is written down before; the first update with the same content
that comes by afterwards is the bot's own.
"""

from __future__ import annotations

import sqlite3
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import takewhile
from typing import TYPE_CHECKING

from vestnik.ids import AccountId, MessageId

if TYPE_CHECKING:
    from vestnik.bot.store import Database

__all__ = ["WebxdcMemory"]

_DAYS_KEPT = 30

_HANDLED = "SELECT serial FROM webxdc_handled WHERE account = ? AND message = ?"
_NOTE_HANDLED = """
INSERT INTO webxdc_handled (account, message, serial) VALUES (?, ?, ?)
ON CONFLICT DO UPDATE SET serial = max(serial, excluded.serial)
"""
_SENDING = "INSERT OR IGNORE INTO webxdc_own (name, account, message, content) VALUES (?, ?, ?, ?)"
_FORGET_OLD = "DELETE FROM webxdc_own WHERE at < strftime('%s', 'now') - ? * 86400"
_OWN = """
SELECT id, content, serial FROM webxdc_own
WHERE account = ? AND message = ? AND (serial IS NULL OR serial >= ?)
ORDER BY id
"""
_RECOGNISED = "UPDATE webxdc_own SET serial = ? WHERE id = ?"


@dataclass(frozen=True)
class WebxdcMemory:
    """What is remembered of one app."""

    database: Database
    account_id: AccountId
    message_id: MessageId

    async def handled(self) -> int:
        """Return the serial of the last update that was handled, 0 for none."""

        def look(connection: sqlite3.Connection) -> int:
            row = connection.execute(_HANDLED, self._app).fetchone()
            return int(row[0]) if row else 0

        return await self.database.transact(look)

    async def note_handled(self, serial: int) -> None:
        """Remember that all updates up to this one are handled."""

        def note(connection: sqlite3.Connection) -> None:
            connection.execute(_NOTE_HANDLED, (*self._app, serial))

        await self.database.transact(note)

    async def begin_sending(self, key: str | None, content: str) -> str:
        """Write down what is about to be sent, and return its name here."""
        name = key or uuid.uuid4().hex

        def note(connection: sqlite3.Connection) -> None:
            connection.execute(_FORGET_OLD, (_DAYS_KEPT,))
            connection.execute(_SENDING, (name, *self._app, content))

        await self.database.transact(note)
        return name

    async def forget_sending(self, name: str) -> None:
        """Cross out what could not be sent."""

        def forget(connection: sqlite3.Connection) -> None:
            connection.execute("DELETE FROM webxdc_own WHERE name = ?", (name,))

        await self.database.transact(forget)

    async def recognise_own(self, updates: Sequence[tuple[int, str]]) -> set[int]:
        """Tell which of these serials and contents are the bot's own, and keep it in mind.

        Own ones before which nobody else's is left count as handled.
        """
        if not updates:
            return set()

        def recognise(connection: sqlite3.Connection) -> set[int]:
            own = self._recognise(connection, updates)
            leading = [*takewhile(own.__contains__, (serial for serial, _ in updates))]
            if leading:
                connection.execute(_NOTE_HANDLED, (*self._app, leading[-1]))
            return own

        return await self.database.transact(recognise)

    def _recognise(
        self, connection: sqlite3.Connection, updates: Sequence[tuple[int, str]]
    ) -> set[int]:
        rows = connection.execute(_OWN, (*self._app, updates[0][0])).fetchall()
        own = {serial for _, _, serial in rows if serial is not None}
        expected = [(number, content) for number, content, serial in rows if serial is None]
        pairs = _matched(expected, updates, own)
        connection.executemany(_RECOGNISED, pairs)
        return own | {serial for serial, _ in pairs}

    async def was_recognised(self, name: str) -> bool:
        """Tell whether what was written down under this name has come by."""

        def look(connection: sqlite3.Connection) -> bool:
            query = "SELECT serial FROM webxdc_own WHERE name = ?"
            row = connection.execute(query, (name,)).fetchone()
            return row is not None and row[0] is not None

        return await self.database.transact(look)

    @property
    def _app(self) -> tuple[int, int]:
        return self.account_id, self.message_id


def _matched(
    expected: Sequence[tuple[int, str]], updates: Sequence[tuple[int, str]], own: set[int]
) -> list[tuple[int, int]]:
    """Pair serials with what was written down: the first of the same content, each used once."""
    free = [(serial, content) for serial, content in updates if serial not in own]
    pairs = []
    for number, content in expected:
        found = next((one for one in free if one[1] == content), None)
        if found is not None:
            free.remove(found)
            pairs.append((found[0], number))
    return pairs
