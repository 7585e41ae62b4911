"""What the ledger remembers of incoming messages."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from vestnik.bot.ledger import Ledger, Taken
from vestnik.bot.store import Database
from vestnik.ids import AccountId, ChatId, ContactId, MessageId
from vestnik.testing import FakeClock

ACCOUNT, OTHER = AccountId(1), AccountId(2)
CHAT = ChatId(10)
FIRST, SECOND, THIRD = MessageId(11), MessageId(12), MessageId(13)
DAY = 86_400.0


@pytest.fixture
async def database() -> AsyncIterator[Database]:
    async with asyncio.timeout(20), Database(None) as opened:
        yield opened


@pytest.fixture
def ledger(database: Database, fake_clock: FakeClock) -> Ledger:
    return Ledger(database, fake_clock)


async def test_a_message_is_new_then_again_then_done(ledger: Ledger) -> None:
    assert await ledger.take(ACCOUNT, FIRST, CHAT) is Taken.NEW
    assert await ledger.take(ACCOUNT, FIRST, CHAT) is Taken.AGAIN
    assert await ledger.take(ACCOUNT, FIRST, CHAT) is Taken.AGAIN
    await ledger.finish(ACCOUNT, FIRST)
    assert await ledger.take(ACCOUNT, FIRST, CHAT) is Taken.DONE
    assert await ledger.take(ACCOUNT, FIRST, CHAT) is Taken.DONE


async def test_accounts_have_nothing_in_common(ledger: Ledger) -> None:
    await ledger.take(ACCOUNT, FIRST, CHAT)
    assert await ledger.take(OTHER, FIRST, CHAT) is Taken.NEW
    await ledger.finish(ACCOUNT, FIRST)
    assert await ledger.unfinished(OTHER) == [(FIRST, CHAT)]


async def test_what_was_interrupted_is_listed_oldest_first(ledger: Ledger) -> None:
    for message in (SECOND, FIRST, THIRD):
        await ledger.take(ACCOUNT, message, CHAT)
    await ledger.finish(ACCOUNT, SECOND)
    assert await ledger.unfinished(ACCOUNT) == [(FIRST, CHAT), (THIRD, CHAT)]


async def test_all_is_remembered_over_a_restart(tmp_path: Path, fake_clock: FakeClock) -> None:
    path = tmp_path / "bot.sqlite"
    async with asyncio.timeout(20), Database(path) as database:
        ledger = Ledger(database, fake_clock)
        await ledger.take(ACCOUNT, FIRST, CHAT)
        await ledger.take(ACCOUNT, SECOND, CHAT)
        await ledger.finish(ACCOUNT, SECOND)
        await ledger.greet(ACCOUNT, ContactId(20))
    async with asyncio.timeout(20), Database(path) as database:
        ledger = Ledger(database, fake_clock)
        assert await ledger.unfinished(ACCOUNT) == [(FIRST, CHAT)]
        assert await ledger.take(ACCOUNT, SECOND, CHAT) is Taken.DONE
        assert not await ledger.greet(ACCOUNT, ContactId(20))


async def test_a_contact_is_greeted_once_in_each_account(ledger: Ledger) -> None:
    greeted = await asyncio.gather(*(ledger.greet(ACCOUNT, ContactId(20)) for _ in range(5)))
    assert sorted(greeted) == [False] * 4 + [True]
    assert await ledger.greet(OTHER, ContactId(20))


async def test_pruning_forgets_what_was_finished_long_ago_and_nothing_else(
    ledger: Ledger, fake_clock: FakeClock
) -> None:
    for message in (FIRST, SECOND):
        await ledger.take(ACCOUNT, message, CHAT)
    await ledger.finish(ACCOUNT, FIRST)
    await fake_clock.advance(2 * DAY)
    await ledger.take(ACCOUNT, THIRD, CHAT)
    await ledger.finish(ACCOUNT, THIRD)
    await ledger.prune(DAY)
    assert await ledger.take(ACCOUNT, FIRST, CHAT) is Taken.NEW, "it is forgotten"
    assert await ledger.take(ACCOUNT, SECOND, CHAT) is Taken.AGAIN, "it was never finished"
    assert await ledger.take(ACCOUNT, THIRD, CHAT) is Taken.DONE, "it is not old"


async def test_pruning_goes_on_until_all_is_done(
    ledger: Ledger, fake_clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("vestnik.bot.ledger.PRUNED_TOGETHER", 3)
    for n in range(10):
        await ledger.take(ACCOUNT, MessageId(100 + n), CHAT)
        await ledger.finish(ACCOUNT, MessageId(100 + n))
    await fake_clock.advance(DAY)
    await ledger.prune(1.0)
    assert await ledger.take(ACCOUNT, MessageId(109), CHAT) is Taken.NEW


async def test_an_id_that_begins_anew_inherits_nothing(ledger: Ledger) -> None:
    await ledger.adopt(ACCOUNT, "the first folder")
    await ledger.take(ACCOUNT, FIRST, CHAT)
    await ledger.take(OTHER, FIRST, CHAT)
    await ledger.greet(ACCOUNT, ContactId(20))
    await ledger.adopt(ACCOUNT, "the first folder")
    assert await ledger.take(ACCOUNT, FIRST, CHAT) is Taken.AGAIN
    await ledger.adopt(ACCOUNT, "another folder")
    assert await ledger.take(ACCOUNT, FIRST, CHAT) is Taken.NEW
    assert await ledger.greet(ACCOUNT, ContactId(20))
    assert await ledger.take(OTHER, FIRST, CHAT) is Taken.AGAIN, "others keep their memories"


async def test_an_id_that_begins_anew_inherits_nothing_from_any_table(
    ledger: Ledger, database: Database
) -> None:
    def remember(db: sqlite3.Connection) -> None:
        row = (ACCOUNT, CHAT, "language", '"ru"')
        db.execute("INSERT INTO setting (account, chat, name, value) VALUES (?, ?, ?, ?)", row)

    await ledger.adopt(ACCOUNT, "the first folder")
    await database.transact(remember)
    await ledger.adopt(ACCOUNT, "another folder")
    left = await database.transact(lambda db: db.execute("SELECT * FROM setting").fetchall())
    assert left == []
