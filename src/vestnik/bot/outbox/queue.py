"""The rows of what is to be sent: durable before anything else happens to them."""

from __future__ import annotations

import asyncio
import sqlite3
from dataclasses import dataclass, field
from typing import NamedTuple

import msgspec

from vestnik.bot.outbox.outgoing import Existing, Outgoing
from vestnik.bot.outbox.turns import Rank
from vestnik.bot.store import Database, WallTime
from vestnik.chatmail.types import MessageData
from vestnik.clock import Clock
from vestnik.ids import AccountId, ChatId, MessageId

__all__ = ["Backlog", "Doubt", "OutgoingRows", "Spent"]

PRUNED_TOGETHER = 2_000

_QUEUED, _GIVEN, _SENT = range(3)
_ENCODER = msgspec.json.Encoder()
_DECODER = msgspec.json.Decoder(MessageData)


class Spent(NamedTuple):
    """Mails of an account that left before this life began, and when, on the clock."""

    account_id: AccountId
    moment: float
    cost: int


class Doubt(NamedTuple):
    """What there is to find out whether the core has taken a message.

    Attributes:
        data: What the core was given.
        floor: What it became has a greater id; all others of the chat have a smaller one, because
            nothing else was given to the core for that chat since.
    """

    data: MessageData
    floor: MessageId


@dataclass
class Backlog:
    """What an earlier life has left.

    Attributes:
        last_row: The greatest id of a row.
        waiting: What is still to be sent, in the order of calls.
        floors: The greatest known id of a message, by account.
        spent: What was sent so lately that the relay may remember it.
    """

    last_row: int = 0
    waiting: list[Outgoing] = field(default_factory=list)
    floors: dict[AccountId, MessageId] = field(default_factory=dict)
    spent: list[Spent] = field(default_factory=list)


class OutgoingRows:
    """The table ``outgoing``."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._time = WallTime(clock)

    async def load(self, recent_seconds: float) -> Backlog:
        """Read what an earlier life has left, and what it sent in the last seconds."""
        since = self._time.now() - recent_seconds
        backlog, spent = await self._database.transact(lambda db: _load(db, since))
        for account, at, cost in spent:
            backlog.spent.append(Spent(account, self._time.monotonic(at), cost))
        return backlog

    def store(
        self, item: Outgoing, data: MessageData, floor: MessageId
    ) -> asyncio.Future[Existing | None]:
        """Make a message durable; if there is a row of the same key, that one is returned.

        Args:
            item: The message; when it is given to the core at once, the row says so.
            data: What to send.
            floor: The greatest known id of a message of the account.
        """
        values = (
            item.row,
            item.account_id,
            item.chat_id,
            item.key,
            item.rank == Rank.REPLY,
            item.cost,
            _GIVEN if item.is_given else _QUEUED,
            floor,
            item.account_id,
            _ENCODER.encode(data).decode(),
            self._time.now(),
        )
        return self._database.submit(lambda db: _insert(db, values), is_single=True)

    async def give(self, item: Outgoing, floor: MessageId) -> MessageData:
        """Note that a message is about to be given to the core, and return what to send."""
        data = await self._database.transact(
            lambda db: db.execute(_GIVE, (_GIVEN, floor, item.account_id, item.row)).fetchone(),
            is_single=True,
        )
        return _DECODER.decode(data[0])

    def sent(self, item: Outgoing, message_id: MessageId) -> asyncio.Future[object]:
        """Note what a message became."""
        values = (_SENT, message_id, self._time.now(), item.row)
        return self._database.submit(
            lambda db: _nothing(db.execute(_ACCEPT, values)), is_single=True
        )

    async def remove(self, item: Outgoing) -> None:
        """Forget a message that the core refuses."""
        await self._database.transact(
            lambda db: _nothing(db.execute("DELETE FROM outgoing WHERE id = ?", (item.row,)))
        )

    async def doubt(self, item: Outgoing) -> Doubt:
        """Read what there is to find out whether the core has taken a message."""
        return await self._database.transact(lambda db: _doubt(db, item))

    async def prune(self, older_than_seconds: float) -> None:
        """Forget messages that were sent that long ago, and their keys."""
        before = self._time.now() - older_than_seconds
        while await self._database.transact(lambda db: _prune(db, before)) == PRUNED_TOGETHER:
            pass


_KNOWN_FLOOR = "max(?, ifnull((SELECT max(message) FROM taken WHERE account = ?), 0))"
_INSERT = f"""
    INSERT INTO outgoing (id, account, chat, key, urgent, cost, state, floor, data, at)
    VALUES (?, ?, ?, ?, ?, ?, ?, {_KNOWN_FLOOR}, ?, ?)
    ON CONFLICT (account, key) WHERE key IS NOT NULL DO UPDATE SET key = key
    RETURNING id, message
"""  # noqa: S608
_GIVE = f"""
    UPDATE outgoing SET state = ?, floor = {_KNOWN_FLOOR} WHERE id = ? RETURNING data
"""  # noqa: S608
_ACCEPT = "UPDATE outgoing SET state = ?, message = ?, data = NULL, at = ? WHERE id = ?"
_PENDING = """
    SELECT id, account, chat, urgent, cost, key, state FROM outgoing WHERE state < 2 ORDER BY id
"""
_FLOORS = """
    SELECT account, max(message) FROM
        (SELECT account, message FROM outgoing UNION ALL SELECT account, message FROM taken)
    WHERE message IS NOT NULL GROUP BY account
"""
_PRUNE = """
    DELETE FROM outgoing WHERE id IN (
        SELECT id FROM outgoing AS old WHERE state = 2 AND at < ? AND message <
            (SELECT max(message) FROM outgoing WHERE account = old.account)
        LIMIT ?
    )
"""


def _insert(db: sqlite3.Connection, values: tuple[object, ...]) -> Existing | None:
    row, message = db.execute(_INSERT, values).fetchone()
    return None if row == values[0] else Existing(row, message)


def _load(
    db: sqlite3.Connection, since: float
) -> tuple[Backlog, list[tuple[AccountId, float, int]]]:
    (last_row,) = db.execute("SELECT ifnull(max(id), 0) FROM outgoing").fetchone()
    waiting = [_outgoing(*row) for row in db.execute(_PENDING)]
    floors = {AccountId(account): MessageId(message) for account, message in db.execute(_FLOORS)}
    spent = db.execute(
        "SELECT account, at, cost FROM outgoing WHERE state = 2 AND at > ? ORDER BY at", (since,)
    ).fetchall()
    return Backlog(last_row, waiting, floors), spent


def _outgoing(
    row: int, account: int, chat: int, urgent: int, cost: int, key: str | None, state: int
) -> Outgoing:
    rank = Rank.REPLY if urgent else Rank.POST
    if state == _GIVEN:
        rank = Rank.IN_DOUBT
    return Outgoing(
        row, AccountId(account), ChatId(chat), rank, cost, key, is_given=state == _GIVEN
    )


def _doubt(db: sqlite3.Connection, item: Outgoing) -> Doubt:
    data, floor = db.execute(
        "SELECT data, floor FROM outgoing WHERE id = ?", (item.row,)
    ).fetchone()
    return Doubt(_DECODER.decode(data), MessageId(floor))


def _prune(db: sqlite3.Connection, before: float) -> int:
    return db.execute(_PRUNE, (before, PRUNED_TOGETHER)).rowcount


def _nothing(_: sqlite3.Cursor) -> None:
    """Let no cursor leave the thread of its connection."""
