"""The outbox while nothing crashes."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from tests.bot.outboxes import bot_life, own_texts, text, texts, until_empty
from vestnik.bot.outbox import Outbox, Pace
from vestnik.bot.outbox.outgoing import Existing
from vestnik.bot.outbox.queue import OutgoingRows
from vestnik.bot.store import Database
from vestnik.chatmail import Core
from vestnik.chatmail.types import MessageData
from vestnik.clock import SystemClock
from vestnik.errors import BadInput, BotError, CallFailed, CoreDied, CoreError, LedgerFailed
from vestnik.ids import AccountId, ChatId
from vestnik.testing import FakeClock, FakeCore
from vestnik.testing.fake.account import FakeAccount


@pytest.fixture
def account(fake_core: FakeCore) -> FakeAccount:
    return fake_core.account("bot")


async def test_what_is_sent_arrives_and_its_id_is_returned(
    fake_core: FakeCore, account: FakeAccount
) -> None:
    chat = account.group("chat")
    async with bot_life(fake_core, None) as outbox:
        message_id = await outbox.send(account.id, chat.id, text("hello"), key=None)
    assert [(message.id, message.text) for message in account.sent] == [(message_id, "hello")]


async def test_messages_of_a_chat_go_in_the_order_of_the_calls(
    fake_core: FakeCore, account: FakeAccount, tmp_path: Path
) -> None:
    chat = account.group("chat")
    file = tmp_path / "large.bin"
    file.write_bytes(b"x" * 1_000_000)
    words = [str(n) for n in range(100)]
    async with bot_life(fake_core, tmp_path / "bot.sqlite") as outbox:
        await asyncio.gather(
            *(
                outbox.send(
                    account.id,
                    chat.id,
                    MessageData(text=word, file=str(file) if n % 10 == 3 else None),
                    key=None,
                )
                for n, word in enumerate(words)
            )
        )
    assert own_texts(chat) == words


async def test_of_a_chat_one_message_is_under_way_and_the_others_are_not_held_up(
    fake_core: FakeCore, account: FakeAccount
) -> None:
    first, second = account.group("first"), account.group("second")
    async with bot_life(fake_core, None) as outbox:
        held = fake_core.hold("send_msg")
        for chat in (first, first, second):
            await outbox.post(account.id, chat.id, text("x"), key=None)
        await held.arrived(2)
        assert [call[1] for call in fake_core.calls("send_msg")] == [first.id, second.id]
        held.release()
        await until_empty(outbox)
    assert len(account.sent) == 3


async def test_many_chats_are_served_in_turns(fake_core: FakeCore, account: FakeAccount) -> None:
    chatty, quiet = account.group("chatty"), account.group("quiet")
    clock = FakeClock()
    async with bot_life(fake_core, None, pace=Pace(burst=1), clock=clock) as outbox:
        for n in range(5):
            await outbox.post(account.id, chatty.id, text(f"chatty {n}"), key=None)
        await outbox.post(account.id, quiet.id, text("quiet"), key=None)
        for sent in range(1, 4):
            await account.until_sent(sent)
            await clock.advance(1.0)
        await account.until_sent(4)
    assert texts(account.sent)[:3] == ["chatty 0", "chatty 1", "quiet"]


async def test_what_was_sent_under_a_key_is_not_sent_again(
    fake_core: FakeCore, account: FakeAccount, tmp_path: Path
) -> None:
    chat, path = account.group("chat"), tmp_path / "bot.sqlite"
    async with bot_life(fake_core, path) as outbox:
        first = await outbox.send(account.id, chat.id, text("hello"), key="k")
        assert await outbox.send(account.id, chat.id, text("hello"), key="k") == first
        await outbox.post(account.id, chat.id, text("hello"), key="k")
        await until_empty(outbox)
    async with bot_life(fake_core, path) as outbox:
        assert await outbox.send(account.id, chat.id, text("hello"), key="k") == first
        assert await outbox.send(account.id, chat.id, text("hello"), key="other") != first
    assert own_texts(chat) == ["hello", "hello"]


async def test_a_key_is_of_one_account(fake_core: FakeCore, account: FakeAccount) -> None:
    other = fake_core.account("other")
    async with bot_life(fake_core, None) as outbox:
        for owner in (account, other):
            chat = owner.group("chat")
            await outbox.send(owner.id, chat.id, text("hello"), key="k")
    assert len(account.sent) == len(other.sent) == 1


async def test_one_key_at_the_same_time_is_one_message_for_all(
    fake_core: FakeCore, account: FakeAccount
) -> None:
    chats = [account.group(str(n)) for n in range(5)]
    async with bot_life(fake_core, None) as outbox:
        ids = await asyncio.gather(
            *(outbox.send(account.id, chat.id, text("x"), key="k") for chat in chats * 4)
        )
    assert len(set(ids)) == 1
    assert len(account.sent) == 1


@pytest.mark.parametrize("is_refused", [True, False])
async def test_what_ends_while_its_key_is_looked_up_is_looked_up_again(
    fake_core: FakeCore,
    account: FakeAccount,
    monkeypatch: pytest.MonkeyPatch,
    is_refused: bool,
) -> None:
    chat, other = account.group("chat"), account.group("other")
    late: asyncio.Future[Existing | None] = asyncio.get_running_loop().create_future()
    async with bot_life(fake_core, None) as outbox:
        held = fake_core.hold("send_msg")
        first = asyncio.create_task(outbox.send(account.id, chat.id, text("x"), key="k"))
        await held.arrived()
        with monkeypatch.context() as patched:
            patched.setattr(OutgoingRows, "store", lambda *_: late)
            second = asyncio.create_task(outbox.send(account.id, other.id, text("x"), key="k"))
            await asyncio.sleep(0)
        if is_refused:
            account.sent.clear()
            fake_core.crash()
            chat.messages[0].delete()
            fake_core.fail("send_msg", "no")
        held.release()
        outcome = (await asyncio.gather(first, return_exceptions=True))[0]
        assert isinstance(outcome, CallFailed) == is_refused
        late.set_result(Existing(1, None))
        assert await second == account.sent[0].id
    assert len(account.sent) == 1


async def test_a_reply_of_a_key_that_was_posted_waits_for_that_post(
    fake_core: FakeCore, account: FakeAccount
) -> None:
    chat = account.group("chat")
    async with bot_life(fake_core, None) as outbox:
        held = fake_core.hold("send_msg")
        await outbox.post(account.id, chat.id, text("in front"), key=None)
        await outbox.post(account.id, chat.id, text("x"), key="k")
        reply = asyncio.create_task(outbox.send(account.id, chat.id, text("x"), key="k"))
        await held.arrived()
        held.release()
        message_id = await reply
    assert [message.id for message in account.sent][1:] == [message_id]


async def test_a_refusal_is_raised_and_holds_nothing_up(
    fake_core: FakeCore, account: FakeAccount
) -> None:
    chat = account.group("chat")
    fake_core.fail("send_msg", "no such thing")
    async with bot_life(fake_core, None) as outbox:
        refused, sent = await asyncio.gather(
            outbox.send(account.id, chat.id, text("first"), key="k"),
            outbox.send(account.id, chat.id, text("second"), key=None),
            return_exceptions=True,
        )
        assert isinstance(refused, CallFailed)
        assert isinstance(sent, int)
        await outbox.send(account.id, chat.id, text("first"), key="k")
    assert own_texts(chat) == ["second", "first"], "what was refused may be tried again"


async def test_a_core_that_is_only_busy_is_asked_again_before_others_of_the_chat(
    fake_core: FakeCore, account: FakeAccount
) -> None:
    chat = account.group("chat")
    fake_core.fail("send_msg", "database is locked")
    async with bot_life(fake_core, None) as outbox:
        await asyncio.gather(
            outbox.send(account.id, chat.id, text("first"), key=None),
            outbox.send(account.id, chat.id, text("second"), key=None),
        )
    assert own_texts(chat) == ["first", "second"]


async def test_a_posted_message_that_is_refused_is_reported(
    fake_core: FakeCore, account: FakeAccount
) -> None:
    reported: list[tuple[AccountId, ChatId, CoreError]] = []

    def note(*report: object) -> None:
        reported.append(report)  # type: ignore[arg-type]

    async with bot_life(fake_core, None, on_refused=note) as outbox:
        await outbox.post(account.id, ChatId(999), text("nobody"), key=None)
        await until_empty(outbox)
    ((account_id, chat_id, refusal),) = reported
    assert (account_id, chat_id) == (account.id, ChatId(999))
    assert isinstance(refusal, CallFailed)


async def test_a_file_may_be_deleted_as_soon_as_it_is_posted(
    fake_core: FakeCore, account: FakeAccount, tmp_path: Path
) -> None:
    chat, path = account.group("chat"), tmp_path / "bot.sqlite"
    file = tmp_path / "report.txt"
    file.write_bytes(b"what it said")
    async with bot_life(fake_core, path, runs=False) as outbox:
        await outbox.post(account.id, chat.id, MessageData(file=str(file)), key=None)
    file.unlink()
    async with bot_life(fake_core, path):
        await account.until_sent()
    (message,) = account.sent
    assert (message.content, message.file_name) == (b"what it said", "report.txt")


async def test_of_files_that_are_sent_or_refused_no_copy_stays(
    fake_core: FakeCore, account: FakeAccount, tmp_path: Path
) -> None:
    chat, path = account.group("chat"), tmp_path / "bot.sqlite"
    file = tmp_path / "report.txt"
    file.write_bytes(b"x")
    data = MessageData(file=str(file), filename="other name.txt")
    async with bot_life(fake_core, path) as outbox:
        await outbox.send(account.id, chat.id, data, key="k")
        await outbox.send(account.id, chat.id, data, key="k")
        with pytest.raises(CallFailed):
            await outbox.send(account.id, ChatId(999), data, key=None)
        await outbox.drain()
    async with bot_life(fake_core, path) as outbox:
        await outbox.send(account.id, chat.id, text("x"), key=None)
        assert list((tmp_path / "bot.sqlite-files").iterdir()) == []
    assert account.sent[0].file_name == "other name.txt"


async def test_a_file_that_is_not_there_is_told_and_holds_nothing_up(
    fake_core: FakeCore, account: FakeAccount, tmp_path: Path
) -> None:
    chat, missing = account.group("chat"), tmp_path / "missing.txt"
    async with bot_life(fake_core, tmp_path / "bot.sqlite") as outbox:
        for call in (outbox.send, outbox.post):
            with pytest.raises(BadInput, match=r"missing\.txt cannot be sent"):
                await call(account.id, chat.id, MessageData(file=str(missing)), key=None)
        await outbox.send(account.id, chat.id, text("next"), key=None)
    assert own_texts(chat) == ["next"]


async def test_a_message_goes_though_its_caller_is_cancelled(
    fake_core: FakeCore, account: FakeAccount
) -> None:
    chat = account.group("chat")
    async with bot_life(fake_core, None) as outbox:
        held = fake_core.hold("send_msg")
        caller = asyncio.create_task(outbox.send(account.id, chat.id, text("x"), key=None))
        await held.arrived()
        caller.cancel()
        with pytest.raises(asyncio.CancelledError):
            await caller
        held.release()
        await outbox.send(account.id, chat.id, text("y"), key=None)
    assert own_texts(chat) == ["x", "y"]


async def test_a_message_whose_caller_is_cancelled_while_its_file_is_copied_is_withdrawn(
    fake_core: FakeCore, account: FakeAccount, tmp_path: Path
) -> None:
    chat, file = account.group("chat"), tmp_path / "x.txt"
    file.write_text("x")
    async with bot_life(fake_core, tmp_path / "bot.sqlite") as outbox:
        await outbox.send(account.id, chat.id, text("first"), key=None)
        data = MessageData(file=str(file))
        caller = asyncio.create_task(outbox.send(account.id, chat.id, data, key=None))
        await asyncio.sleep(0)
        caller.cancel()
        with pytest.raises(asyncio.CancelledError):
            await caller
        await outbox.send(account.id, chat.id, text("last"), key=None)
    assert own_texts(chat) == ["first", "last"]


async def test_what_is_posted_before_it_runs_is_sent_when_it_runs(
    fake_core: FakeCore, account: FakeAccount, tmp_path: Path
) -> None:
    chat, path = account.group("chat"), tmp_path / "bot.sqlite"
    async with bot_life(fake_core, path, runs=False) as outbox:
        for n in range(3):
            await outbox.post(account.id, chat.id, text(str(n)), key=None)
        assert outbox.waiting == 3
    async with bot_life(fake_core, path) as outbox:
        await outbox.send(account.id, chat.id, text("reply"), key=None, urgent=False)
        assert outbox.waiting == 0
    assert own_texts(chat) == ["0", "1", "2", "reply"]


async def test_who_waits_when_it_is_closed_is_told_and_the_message_goes_later(
    fake_core: FakeCore, account: FakeAccount
) -> None:
    chat = account.group("chat")
    async with asyncio.timeout(20), Database(None) as database, Core(fake_core.transport) as core:
        outbox = Outbox(database, core, Pace(burst=1), FakeClock())
        running = asyncio.create_task(outbox.run())
        await outbox.send(account.id, chat.id, text("first"), key=None)
        sending = asyncio.create_task(outbox.send(account.id, chat.id, text("second"), key=None))
        await asyncio.sleep(0)
        running.cancel()
        with pytest.raises(BotError, match="the message goes when it runs again"):
            await sending
        with pytest.raises(BotError, match="The outbox is closed"):
            await outbox.send(account.id, chat.id, text("third"), key=None)
        unpaced = Outbox(database, core, None, SystemClock())
        running = asyncio.create_task(unpaced.run())
        await account.until_sent(2)
        running.cancel()
    assert own_texts(chat) == ["first", "second"]


async def test_it_ends_when_the_core_is_stopped_and_fails_when_it_stays_dead(
    fake_core: FakeCore,
) -> None:
    async with asyncio.timeout(20), Database(None) as database:
        async with Core(fake_core.transport) as core:
            running = asyncio.create_task(Outbox(database, core, None, SystemClock()).run())
            await asyncio.sleep(0)
        await running
        async with Core(fake_core.transport, restarts=None) as core:
            running = asyncio.create_task(Outbox(database, core, None, SystemClock()).run())
            await asyncio.sleep(0)
            fake_core.crash()
            with pytest.raises(CoreDied):
                await running


async def test_it_fails_when_the_database_does(fake_core: FakeCore, account: FakeAccount) -> None:
    chat = account.group("chat")
    async with asyncio.timeout(20), Database(None) as database, Core(fake_core.transport) as core:
        outbox = Outbox(database, core, None, SystemClock())
        running = asyncio.create_task(outbox.run())
        await outbox.send(account.id, chat.id, text("x"), key=None)
        held = fake_core.hold("send_msg")
        await outbox.post(account.id, chat.id, text("y"), key=None)
        await held.arrived()
        await database.transact(lambda db: db.execute("DROP TABLE outgoing"))
        held.release()
        with pytest.raises(Exception, match="no such table"):
            await running


async def test_draining_ends_what_is_under_way_and_begins_nothing(
    fake_core: FakeCore, account: FakeAccount
) -> None:
    chat = account.group("chat")
    async with bot_life(fake_core, None) as outbox:
        held = fake_core.hold("send_msg")
        for words in ("first", "second"):
            await outbox.post(account.id, chat.id, text(words), key=None)
        await held.arrived()
        draining = asyncio.create_task(outbox.drain())
        await asyncio.sleep(0)
        assert not draining.done()
        held.release()
        await draining
        assert own_texts(chat) == ["first"]
        assert outbox.waiting == 1


async def test_a_broadcast_waits_when_too_much_waits_already(
    fake_core: FakeCore, account: FakeAccount, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("vestnik.bot.outbox.outbox.MOST_WAITING", 3)
    chat = account.group("chat")
    most = 0

    async def broadcast() -> None:
        nonlocal most
        for n in range(20):
            await outbox.post(account.id, chat.id, text(str(n)), key=None)
            most = max(most, outbox.waiting)

    async with bot_life(fake_core, None) as outbox:
        await broadcast()
        await until_empty(outbox)
    assert most <= 3
    assert own_texts(chat) == [str(n) for n in range(20)]


async def test_pruning_forgets_old_keys_but_never_what_waits(
    fake_core: FakeCore, account: FakeAccount
) -> None:
    chat, clock = account.group("chat"), FakeClock()
    async with bot_life(fake_core, None, clock=clock) as outbox:
        await outbox.send(account.id, chat.id, text("old"), key="old")
        await clock.advance(1000.0)
        new = await outbox.send(account.id, chat.id, text("new"), key="new")
        await outbox.prune(500.0)
        await outbox.send(account.id, chat.id, text("old"), key="old")
        assert await outbox.send(account.id, chat.id, text("new"), key="new") == new
    assert own_texts(chat) == ["old", "new", "old"]


async def test_no_error_of_the_database_is_kept_from_the_caller(
    fake_core: FakeCore, account: FakeAccount
) -> None:
    chat = account.group("chat")
    async with asyncio.timeout(20), Core(fake_core.transport) as core:
        outbox = Outbox(Database(None), core, None, SystemClock())
        for call in (outbox.send, outbox.post):
            with pytest.raises(LedgerFailed, match="is not open"):
                await call(account.id, chat.id, text("x"), key=None)
