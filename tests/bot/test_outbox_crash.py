"""The outbox over crashes at each point: no message lost, none sent twice, the order kept."""

from __future__ import annotations

import asyncio
import random
from pathlib import Path

import pytest

from tests.bot.outboxes import bot_life, own_texts, text
from vestnik.bot.ledger import Ledger
from vestnik.bot.outbox import Outbox
from vestnik.bot.store import Database
from vestnik.chatmail import Core
from vestnik.chatmail.types import MessageData
from vestnik.clock import SystemClock
from vestnik.ids import AccountId, ChatId, MessageId
from vestnik.testing import FakeClock, FakeCore, MessageState
from vestnik.testing.fake.account import FakeAccount
from vestnik.testing.fake.chat import FakeChat


@pytest.fixture
def account(fake_core: FakeCore) -> FakeAccount:
    return fake_core.account("bot")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "bot.sqlite"


def die_once(fake: FakeCore, *, after_taking: bool) -> None:
    """Let the core die of the next message, before it takes it or before it says so."""

    def send_msg(account_id: AccountId, chat_id: ChatId, data: MessageData) -> object:
        fake.on("send_msg", lambda *call: fake.play("send_msg", *call))
        if after_taking:
            fake.play("send_msg", account_id, chat_id, data)
        fake.crash()
        return None

    fake.on("send_msg", send_msg)


async def kill_bot_while_it_waits_for_the_core(
    fake: FakeCore, path: Path, chat: FakeChat, data: MessageData, key: str | None = None
) -> None:
    """One life of a bot that gives a message to the core and is killed before the answer."""
    async with bot_life(fake, path) as outbox:
        held = fake.hold("send_msg")
        await outbox.post(chat.account.id, chat.id, data, key=key)
        await held.arrived()
    held.release()


async def settle_known_history(fake: FakeCore, path: Path, chat: FakeChat) -> None:
    """Give the bot a past, in which it has said the same things as it will say again."""
    async with bot_life(fake, path) as outbox:
        for words in ("x", "y"):
            await outbox.send(chat.account.id, chat.id, text(words), key=None)


async def test_what_was_queued_when_the_bot_was_killed_is_sent_once(
    fake_core: FakeCore, account: FakeAccount, path: Path
) -> None:
    chat = account.group("chat")
    async with bot_life(fake_core, path, runs=False) as outbox:
        for n in range(5):
            await outbox.post(account.id, chat.id, text(str(n)), key=f"k{n}")
    for _ in range(2):
        async with bot_life(fake_core, path) as outbox:
            await asyncio.gather(
                *(outbox.send(account.id, chat.id, text(str(n)), key=f"k{n}") for n in range(5))
            )
    assert own_texts(chat) == ["0", "1", "2", "3", "4"]


@pytest.mark.parametrize("knows_the_account", [True, False])
@pytest.mark.parametrize("after_taking", [True, False])
async def test_the_core_dies_of_a_message_and_it_is_sent_once(
    fake_core: FakeCore,
    account: FakeAccount,
    path: Path,
    after_taking: bool,
    knows_the_account: bool,
) -> None:
    chat = account.group("chat")
    if knows_the_account:
        await settle_known_history(fake_core, path, chat)
    else:
        chat.account.sent.append(chat.send(chat.draft("x")))
    before = len(own_texts(chat))
    die_once(fake_core, after_taking=after_taking)
    async with bot_life(fake_core, path) as outbox:
        sent = await asyncio.gather(
            outbox.send(account.id, chat.id, text("x"), key="k"),
            outbox.send(account.id, chat.id, text("y"), key=None),
        )
        assert await outbox.send(account.id, chat.id, text("x"), key="k") == sent[0]
    assert own_texts(chat)[before:] == ["x", "y"]
    assert [message.id for message in chat.messages][-2:] == [*sent]


@pytest.mark.parametrize(
    ("state", "is_given_again"), [(MessageState.PENDING, True), (MessageState.DELIVERED, False)]
)
async def test_what_the_core_wrote_down_and_did_not_queue_is_given_to_it_again(
    fake_core: FakeCore,
    account: FakeAccount,
    path: Path,
    state: MessageState,
    is_given_again: bool,
) -> None:
    chat = account.group("chat")

    def send_msg(account_id: AccountId, chat_id: ChatId, data: MessageData) -> object:
        fake_core.play("send_msg", account_id, chat_id, data)
        account.sent[-1].state = state
        fake_core.crash()
        return None

    fake_core.on("send_msg", send_msg)
    async with bot_life(fake_core, path) as outbox:
        sent = await outbox.send(account.id, chat.id, text("x"), key="k")
    assert own_texts(chat) == ["x"]
    assert fake_core.calls("resend_messages") == ([(account.id, [sent])] if is_given_again else [])


async def test_the_bot_is_killed_between_the_core_s_acceptance_and_our_record(
    fake_core: FakeCore, account: FakeAccount, path: Path
) -> None:
    chat = account.group("chat")
    await settle_known_history(fake_core, path, chat)
    await kill_bot_while_it_waits_for_the_core(fake_core, path, chat, text("x"), key="k")
    async with bot_life(fake_core, path) as outbox:
        found = await outbox.send(account.id, chat.id, text("x"), key="k")
    assert own_texts(chat) == ["x", "y", "x"]
    assert found == account.sent[-1].id


async def test_a_bot_without_memory_of_a_chat_does_not_take_an_old_message_for_a_new_one(
    fake_core: FakeCore, account: FakeAccount, path: Path
) -> None:
    chat = account.group("chat")
    chat.send(chat.draft("x"))
    fake_core.on("send_msg", lambda *call: fake_core.crash())
    async with bot_life(fake_core, path) as outbox:
        await outbox.post(account.id, chat.id, text("x"), key=None)
        await fake_core.until_called("send_msg")
    fake_core.on("send_msg", lambda *call: fake_core.play("send_msg", *call))
    async with bot_life(fake_core, path):
        await account.until_sent()
    assert own_texts(chat) == ["x", "x"]


async def test_what_the_core_never_got_before_the_kill_is_sent(
    fake_core: FakeCore, account: FakeAccount, path: Path
) -> None:
    chat = account.group("chat")
    await settle_known_history(fake_core, path, chat)
    fake_core.on("send_msg", lambda *call: fake_core.crash())
    async with bot_life(fake_core, path) as outbox:
        await outbox.post(account.id, chat.id, text("x"), key=None)
        await outbox.post(account.id, chat.id, text("z"), key=None)
        await fake_core.until_called("send_msg", 3)
    fake_core.on("send_msg", lambda *call: fake_core.play("send_msg", *call))
    async with bot_life(fake_core, path):
        await account.until_sent(4)
    assert own_texts(chat) == ["x", "y", "x", "z"]


async def test_what_is_in_doubt_is_found_out_before_anything_else_goes_to_its_chat(
    fake_core: FakeCore, account: FakeAccount, path: Path
) -> None:
    chat = account.group("chat")
    await settle_known_history(fake_core, path, chat)
    await kill_bot_while_it_waits_for_the_core(fake_core, path, chat, text("x"))
    async with bot_life(fake_core, path) as outbox:
        held = fake_core.hold("get_message_list_items")
        reply = asyncio.create_task(outbox.send(account.id, chat.id, text("x"), key=None))
        await held.arrived()
        assert len(account.sent) == 3
        held.release()
        assert await reply == account.sent[-1].id
    assert own_texts(chat) == ["x", "y", "x", "x"]


@pytest.mark.parametrize(
    "other",
    [
        MessageData(text="other"),
        MessageData(text="x", quoted_message_id=MessageId(11)),
        MessageData(text="x", html="<b>x</b>"),
        MessageData(text="x", override_sender_name="Somebody"),
    ],
)
async def test_a_message_that_only_resembles_the_one_in_doubt_is_another(
    fake_core: FakeCore, account: FakeAccount, path: Path, other: MessageData
) -> None:
    chat = account.group("chat")
    await settle_known_history(fake_core, path, chat)
    assert chat.messages[0].id <= 11 <= chat.messages[-1].id

    def send_another(account_id: AccountId, chat_id: ChatId, data: MessageData) -> None:
        fake_core.play("send_msg", account_id, chat_id, other)
        fake_core.on("send_msg", lambda *call: fake_core.play("send_msg", *call))
        fake_core.crash()

    fake_core.on("send_msg", send_another)
    async with bot_life(fake_core, path) as outbox:
        await outbox.send(account.id, chat.id, text("x"), key=None)
    assert len(account.sent) == 4


async def test_what_somebody_else_says_in_the_same_words_is_another(
    fake_core: FakeCore, account: FakeAccount, path: Path
) -> None:
    chat, alice = account.group("chat"), account.contact("alice@example.org")
    await settle_known_history(fake_core, path, chat)

    def die(*_: object) -> None:
        chat.receive("x", sender=alice)
        fake_core.on("send_msg", lambda *call: fake_core.play("send_msg", *call))
        fake_core.crash()

    fake_core.on("send_msg", die)
    async with bot_life(fake_core, path) as outbox:
        await outbox.send(account.id, chat.id, text("x"), key=None)
    assert own_texts(chat) == ["x", "y", "x"]


async def test_what_the_author_said_by_himself_before_a_question_is_not_its_answer(
    fake_core: FakeCore, account: FakeAccount, path: Path
) -> None:
    chat, alice = account.group("chat"), account.contact("alice@example.org")
    await settle_known_history(fake_core, path, chat)
    chat.send(chat.draft("x"))
    question = chat.receive("?", sender=alice)
    async with asyncio.timeout(20), Database(path) as database:
        await Ledger(database, SystemClock()).take(account.id, question.id, chat.id)
    die_once(fake_core, after_taking=False)
    async with bot_life(fake_core, path) as outbox:
        await outbox.send(account.id, chat.id, text("x"), key=None)
    assert own_texts(chat) == ["x", "y", "x", "x"]


async def test_a_file_and_a_quote_are_recognised(
    fake_core: FakeCore, account: FakeAccount, path: Path, tmp_path: Path
) -> None:
    chat = account.group("chat")
    question = chat.receive("?", sender=account.contact("alice@example.org"))
    file = tmp_path / "chart.png"
    file.write_bytes(b"not really")
    data = MessageData(text="x", file=str(file), quoted_message_id=question.id)
    await kill_bot_while_it_waits_for_the_core(fake_core, path, chat, data, key="k")
    file.unlink()
    # The core gives images names of its own.
    account.sent[0].file_name = "image_2026-11-21.png"
    async with bot_life(fake_core, path) as outbox:
        found = await outbox.send(account.id, chat.id, text("whatever"), key="k")
    assert [message.id for message in account.sent] == [found]


async def test_a_file_that_was_in_doubt_is_sent_though_its_original_is_gone(
    fake_core: FakeCore, account: FakeAccount, path: Path, tmp_path: Path
) -> None:
    chat, file = account.group("chat"), tmp_path / "x.txt"
    file.write_bytes(b"what it said")
    die_once(fake_core, after_taking=False)
    async with bot_life(fake_core, path) as outbox:
        await outbox.post(account.id, chat.id, MessageData(file=str(file)), key=None)
        file.unlink()
        await account.until_sent()
    assert account.sent[0].content == b"what it said"


async def test_a_quote_that_was_deleted_meanwhile_is_recognised_by_its_text(
    fake_core: FakeCore, account: FakeAccount, path: Path
) -> None:
    chat = account.group("chat")
    question = chat.receive("?", sender=account.contact("alice@example.org"))
    data = MessageData(text="x", quoted_message_id=question.id)
    await kill_bot_while_it_waits_for_the_core(fake_core, path, chat, data, key="k")
    question.delete()
    account.sent[0].quote, account.sent[0].quoted_text = None, "?"
    async with bot_life(fake_core, path) as outbox:
        await outbox.send(account.id, chat.id, text("x"), key="k")
    assert len(account.sent) == 1


async def test_a_core_that_does_not_answer_is_asked_later_what_came_of_it(
    fake_core: FakeCore,
    account: FakeAccount,
    path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("vestnik.bot.outbox.sender.SEND_SECONDS", 0.01)
    chat, clock = account.group("chat"), FakeClock()
    async with bot_life(fake_core, path, clock=clock) as outbox:
        held = fake_core.hold("send_msg")
        sending = asyncio.create_task(outbox.send(account.id, chat.id, text("x"), key=None))
        await clock.until_sleeping()
        held.release()
        await clock.advance(10.0)
        assert await sending == account.sent[0].id
    assert own_texts(chat) == ["x"]


async def test_replies_of_an_interrupted_handler_are_not_repeated(
    fake_core: FakeCore, account: FakeAccount, path: Path
) -> None:
    """The first answer of an account that the bot only knows by the message it answers."""
    chat = account.group("chat")
    question = chat.receive("?", sender=account.contact("alice@example.org"))
    for _ in range(2):
        async with (
            asyncio.timeout(20),
            Database(path) as database,
            Core(fake_core.transport) as core,
        ):
            await Ledger(database, SystemClock()).take(account.id, question.id, chat.id)
            outbox = Outbox(database, core, None, SystemClock())
            running = asyncio.create_task(outbox.run())
            for n in range(2):
                await outbox.send(account.id, chat.id, text("same"), key=f"{question.id}:{n}")
            running.cancel()
    assert own_texts(chat) == ["same", "same"]


CHATS = 6
MESSAGES = 60


class Mortal:
    """Lets the core die of messages, and the bot end in the middle, by a seed."""

    def __init__(self, fake: FakeCore, seed: int) -> None:
        self.random = random.Random(seed)
        self._fake = fake
        fake.on("send_msg", self._send_msg)

    def _send_msg(self, account_id: AccountId, chat_id: ChatId, data: MessageData) -> object:
        fate = self.random.random()
        if fate < 0.04:
            self._fake.crash()
            return None
        answer = self._fake.play("send_msg", account_id, chat_id, data)
        if fate < 0.08 and self._fake.is_running:
            self._fake.crash()
        return answer


async def say_all(outbox: Outbox, chat: FakeChat, n: int) -> None:
    """Say `MESSAGES` things to a chat, all of the same text as in every other chat."""
    for k in range(MESSAGES):
        # Some of them twice in a row, which must not be taken for one.
        await outbox.send(chat.account.id, chat.id, text(str(k // 2)), key=f"{n}:{k}")


@pytest.mark.parametrize("seed", range(8))
async def test_whatever_dies_whenever_all_is_sent_once_and_in_order(
    fake_core: FakeCore, account: FakeAccount, path: Path, seed: int
) -> None:
    chats = [account.group(str(n)) for n in range(CHATS)]
    mortal = Mortal(fake_core, seed)
    finished = False
    while not finished:
        async with bot_life(fake_core, path) as outbox:
            saying: asyncio.Future[list[None]] = asyncio.gather(
                *(say_all(outbox, chat, n) for n, chat in enumerate(chats))
            )
            kill_at = len(account.sent) + mortal.random.randrange(20, 200)
            killing = asyncio.create_task(account.until_sent(kill_at))
            both = (saying, killing)
            await asyncio.wait(both, return_when=asyncio.FIRST_COMPLETED)
            finished = saying.done()
            for task in both:
                task.cancel()
            await asyncio.gather(*both, return_exceptions=True)
    expected = [str(k // 2) for k in range(MESSAGES)]
    assert [own_texts(chat) for chat in chats] == [expected] * CHATS
