"""What must not happen twice although its handling may run twice, and goes past the outbox."""

from __future__ import annotations

import sqlite3
from collections.abc import Awaitable, Callable
from enum import Enum

from vestnik.bot.objects.scope import Scope
from vestnik.ids import AccountId

__all__ = ["do_once"]

_DAYS_KEPT = 30

_FORGET = "DELETE FROM done_once WHERE at < strftime('%s', 'now') - ? * 86400"


class _Progress(Enum):
    NEW = 0
    BEGUN = 1
    DONE = 2


async def do_once(
    scope: Scope,
    key: str | None,
    act: Callable[[], Awaitable[object]],
    was_done: Callable[[], Awaitable[bool]],
) -> None:
    """Act, unless an earlier run of the same handling has.

    Args:
        scope: The account that acts.
        key: The name of this act; without one it is simply done.
        act: What to do.
        was_done: Looks at the core whether it was done; asked when a run ended in the middle.
    """
    if key is None:
        await act()
        return
    transact = scope.services.database.transact
    progress = await transact(lambda connection: _begin(connection, key, scope.account_id))
    if progress is _Progress.DONE:
        return
    if progress is _Progress.NEW or not await was_done():
        await act()
    await transact(lambda connection: _note_done(connection, key))


def _begin(connection: sqlite3.Connection, key: str, account_id: AccountId) -> _Progress:
    row = connection.execute("SELECT done FROM done_once WHERE key = ?", (key,)).fetchone()
    if row is not None:
        return _Progress.DONE if row[0] else _Progress.BEGUN
    connection.execute(_FORGET, (_DAYS_KEPT,))
    connection.execute("INSERT INTO done_once (key, account) VALUES (?, ?)", (key, account_id))
    return _Progress.NEW


def _note_done(connection: sqlite3.Connection, key: str) -> None:
    connection.execute("UPDATE done_once SET done = 1 WHERE key = ?", (key,))
