"""The pace of the outbox: never exceeded, and replies before a broadcast."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from tests.bot.outboxes import bot_life, text, texts, until_empty
from vestnik.bot.outbox import Outbox, Pace
from vestnik.bot.outbox.bucket import MARGIN
from vestnik.chatmail.events import SmtpMessageSent
from vestnik.chatmail.types import MessageData
from vestnik.errors import CallFailed
from vestnik.ids import ChatId
from vestnik.testing import FakeClock, FakeCore
from vestnik.testing.fake.account import FakeAccount

BURST = 8
PACE = Pace(per_minute=60, burst=BURST + MARGIN)
SLOW = Pace(per_minute=0.1, burst=BURST + MARGIN)


@pytest.fixture
def account(fake_core: FakeCore) -> FakeAccount:
    return fake_core.account("bot")


async def broadcast(outbox: Outbox, account: FakeAccount, count: int) -> None:
    for n in range(count):
        chat = account.group(str(n))
        await outbox.post(account.id, chat.id, text(f"news {n}"), key=f"news {n}")


async def pass_seconds(clock: FakeClock, account: FakeAccount, seconds: int) -> None:
    """Let time pass; each second brings one message, no more and no less."""
    for _ in range(seconds):
        before = len(account.sent)
        await clock.advance(1.0)
        await account.until_sent(before + 1)
        await clock.advance(0.0)
        assert len(account.sent) == before + 1


async def test_a_broadcast_of_1000_keeps_the_pace_and_delays_no_reply(
    fake_core: FakeCore, account: FakeAccount
) -> None:
    clock = FakeClock()
    async with bot_life(fake_core, None, pace=PACE, clock=clock) as outbox:
        await broadcast(outbox, account, 1000)
        asked, last = account.group("asked"), [*account.chats.values()][999]
        await account.until_sent(BURST)
        for n in range(9):
            await pass_seconds(clock, account, 100)
            replies = [
                asyncio.create_task(
                    outbox.send(account.id, chat_id, text(f"reply {n}.{k}"), key=None)
                )
                # In the chat whose news still waits, too.
                for k, chat_id in enumerate((asked.id, last.id))
            ]
            await pass_seconds(clock, account, 2)
            assert [await reply for reply in replies] == [m.id for m in account.sent[-2:]]
            assert texts(account.sent[-2:]) == [f"reply {n}.0", f"reply {n}.1"]
        await pass_seconds(clock, account, 1018 - BURST - 9 * 102)
        await until_empty(outbox)
    news = [words for words in texts(account.sent) if words.startswith("news")]
    assert news == [f"news {n}" for n in range(1000)]


async def test_accounts_have_a_pace_each(fake_core: FakeCore, account: FakeAccount) -> None:
    other = fake_core.account("other")
    async with bot_life(fake_core, None, pace=PACE, clock=FakeClock()) as outbox:
        for owner in (account, other):
            await broadcast(outbox, owner, 20)
        await account.until_sent(BURST)
        await other.until_sent(BURST)
        assert outbox.waiting == 2 * (20 - BURST)


async def test_a_restart_brings_no_new_burst(
    fake_core: FakeCore, account: FakeAccount, tmp_path: Path
) -> None:
    path, clock = tmp_path / "bot.sqlite", FakeClock()
    async with bot_life(fake_core, path, pace=SLOW) as outbox:
        await broadcast(outbox, account, 15)
        await account.until_sent(BURST - 2)
        await outbox.drain()
    async with bot_life(fake_core, path, pace=SLOW, clock=clock):
        await account.until_sent(BURST)
        await clock.until_sleeping()
        await clock.advance(1.0)
        assert len(account.sent) == BURST


async def test_what_was_not_sent_costs_nothing(fake_core: FakeCore, account: FakeAccount) -> None:
    chat = account.group("chat")
    async with bot_life(fake_core, None, pace=PACE, clock=FakeClock()) as outbox:
        await outbox.send(account.id, chat.id, text("x"), key="k")
        for _ in range(30):
            await outbox.send(account.id, chat.id, text("x"), key="k")
            with pytest.raises(CallFailed):
                await outbox.send(account.id, ChatId(999), text("x"), key=None)
        for _ in range(BURST - 1):
            await outbox.send(account.id, chat.id, text("x"), key=None)
    assert len(account.sent) == BURST


async def test_a_large_file_costs_two_mails(
    fake_core: FakeCore, account: FakeAccount, tmp_path: Path
) -> None:
    chat, clock = account.group("chat"), FakeClock()
    large = tmp_path / "large.bin"
    large.write_bytes(b"x" * 200_000)
    async with bot_life(fake_core, None, pace=PACE, clock=clock) as outbox:
        for _ in range(BURST // 2):
            await outbox.send(account.id, chat.id, MessageData(file=str(large)), key=None)
        await outbox.post(account.id, chat.id, text("later"), key=None)
        await clock.until_sleeping()
        assert len(account.sent) == BURST // 2
        await clock.advance(1.0)
        await account.until_sent(BURST // 2 + 1)


async def test_mails_that_the_core_sends_by_itself_are_counted(
    fake_core: FakeCore, account: FakeAccount
) -> None:
    chat, clock = account.group("chat"), FakeClock()
    async with bot_life(fake_core, None, pace=PACE, clock=clock) as outbox:
        await outbox.send(account.id, chat.id, text("x"), key=None)
        for _ in range(5):
            account.emit(SmtpMessageSent(msg="the message and four receipts"))
        await clock.advance(0.0)
        await broadcast(outbox, account, BURST)
        await clock.until_sleeping()
        await account.until_sent(1 + BURST - 5)
        await clock.advance(0.9)
        assert len(account.sent) == 1 + BURST - 5
        await pass_seconds(clock, account, 1)


async def test_mails_that_go_past_the_outbox_are_counted_once(
    fake_core: FakeCore, account: FakeAccount
) -> None:
    chat, clock = account.group("chat"), FakeClock()
    async with bot_life(fake_core, None, pace=PACE, clock=clock) as outbox:
        await outbox.send(account.id, chat.id, text("x"), key=None)
        outbox.note_spent(account.id, 3)
        for _ in range(1 + 3):
            account.emit(SmtpMessageSent(msg="the message and three reactions"))
        await clock.advance(0.0)
        await broadcast(outbox, account, BURST)
        await clock.until_sleeping()
        await account.until_sent(BURST - 3)
        await clock.advance(0.9)
        assert len(account.sent) == BURST - 3


async def test_a_message_that_never_reached_the_relay_hides_no_later_mail(
    fake_core: FakeCore, account: FakeAccount
) -> None:
    chat, clock = account.group("chat"), FakeClock()
    async with bot_life(fake_core, None, pace=PACE, clock=clock) as outbox:
        await outbox.send(account.id, chat.id, text("given up by the core"), key=None)
        await clock.advance(60.0)
        for _ in range(BURST):
            account.emit(SmtpMessageSent(msg="a receipt"))
        await clock.advance(0.0)
        await outbox.post(account.id, chat.id, text("x"), key=None)
        await clock.until_sleeping()
        assert len(account.sent) == 1
        await pass_seconds(clock, account, 1)


async def test_what_costs_less_does_not_wait_for_what_costs_more(
    fake_core: FakeCore, account: FakeAccount, tmp_path: Path
) -> None:
    first, second = account.group("first"), account.group("second")
    large, clock = tmp_path / "large.bin", FakeClock()
    large.write_bytes(b"x" * 200_000)
    async with bot_life(fake_core, None, pace=PACE, clock=clock) as outbox:
        for _ in range(BURST):
            await outbox.send(account.id, first.id, text("x"), key=None)
        await outbox.post(account.id, first.id, MessageData(file=str(large)), key=None)
        await clock.until_sleeping()
        reply = asyncio.create_task(outbox.send(account.id, second.id, text("x"), key=None))
        await clock.advance(1.0)
        await reply
        await clock.advance(2.0)
        await account.until_sent(BURST + 2)
