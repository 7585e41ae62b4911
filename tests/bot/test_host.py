"""Whole bots on the fake core."""

import asyncio
from datetime import timedelta
from pathlib import Path

import msgspec
import pytest

from tests.bot.hosting import hosting
from vestnik.bot import Bot, Job, Join, Message, RawEvent, Setting, Settings, Shutdown, Startup
from vestnik.bot.intake.intake import Arrival
from vestnik.errors import BadBot, BadInput, StoreFailed
from vestnik.ids import ChatId
from vestnik.testing import FakeAccount, FakeCore


@pytest.fixture
def account(fake_core: FakeCore) -> FakeAccount:
    return fake_core.account(name="Bot", configured=True, bot=True)


def echo_bot() -> Bot:
    bot = Bot()

    @bot.on_message()
    async def echo(message: Message) -> None:
        await message.reply(message.text)

    return bot


async def test_the_six_lines_echo(fake_core: FakeCore, account: FakeAccount) -> None:
    alice = account.contact("alice@example.org")
    async with hosting(fake_core, echo_bot()):
        question = alice.chat.receive("Hello!")
        (answer,) = await account.until_sent(1)
        assert answer.text == "Hello!"
        await fake_core.until_called("markseen_msgs")
    assert fake_core.calls("markseen_msgs") == [(account.id, [question.id])]


async def test_what_came_while_the_bot_was_off_is_answered_at_its_start_in_order(
    fake_core: FakeCore, account: FakeAccount
) -> None:
    alice = account.contact("alice@example.org")
    for n in range(5):
        alice.chat.receive(f"message {n}")
    async with hosting(fake_core, echo_bot()):
        answers = await account.until_sent(5)
    assert [answer.text for answer in answers] == [f"message {n}" for n in range(5)]


async def test_a_message_is_answered_once_over_many_lives_of_the_bot(
    fake_core: FakeCore, account: FakeAccount, tmp_path: Path
) -> None:
    alice = account.contact("alice@example.org")
    fake_core.fail("markseen_msgs", "the core is busy", times=1000)
    for n in range(3):
        alice.chat.receive(f"message {n}")
        async with hosting(fake_core, echo_bot(), memory=tmp_path / "memory"):
            await account.until_sent(n + 1)
    assert [sent.text for sent in account.sent] == ["message 0", "message 1", "message 2"]


async def test_own_info_device_and_bots_messages_are_not_handled(
    fake_core: FakeCore, account: FakeAccount
) -> None:
    alice = account.contact("alice@example.org")
    other = account.contact("bot@example.org", is_bot=True)
    group = account.group("Group", [alice, other])
    async with hosting(fake_core, echo_bot()):
        other.chat.receive("I am a bot, too")
        group.receive("a person in the group", sender=alice)
        await account.until_sent(1)
    assert [sent.text for sent in account.sent] == ["a person in the group"]


async def test_other_bots_are_answered_if_the_author_wants_it(
    fake_core: FakeCore, account: FakeAccount
) -> None:
    other = account.contact("bot@example.org", is_bot=True)
    bot = Bot(answer_bots=True)

    @bot.on_message()
    async def answer(message: Message) -> None:
        await message.reply("hello, colleague")

    async with hosting(fake_core, bot):
        other.chat.receive("I am a bot, too")
        await account.until_sent(1)


async def test_a_handler_that_raises_stops_nothing(
    fake_core: FakeCore, account: FakeAccount, caplog: pytest.LogCaptureFixture
) -> None:
    bot = Bot()

    @bot.on_message()
    async def handle(message: Message) -> None:
        if message.text == "break":
            raise ValueError("this handler is broken")
        await message.reply(message.text)

    alice = account.contact("alice@example.org")
    async with hosting(fake_core, bot):
        alice.chat.receive("break")
        alice.chat.receive("go on")
        await account.until_sent(1)
    assert [sent.text for sent in account.sent] == ["go on"]
    assert "this handler is broken" in caplog.text


async def test_a_person_who_joins_is_greeted_once_and_a_bot_never(
    fake_core: FakeCore, account: FakeAccount, tmp_path: Path
) -> None:
    alice = account.contact("alice@example.org")
    scanner = account.contact("directory@example.org", is_bot=True)

    def greeter() -> Bot:
        bot = Bot()

        @bot.on_join()
        async def welcome(join: Join) -> None:
            await join.chat.send(f"Welcome, {join.contact.name}!")

        @bot.on_message()
        async def done(message: Message) -> None:
            await message.reply("done")

        return bot

    for _ in range(2):
        async with hosting(fake_core, greeter(), memory=tmp_path / "memory"):
            scanner.scan_invite()
            alice.scan_invite()
            alice.scan_invite()
            alice.chat.receive("are you done?")
            await account.until_sent(len(account.sent) + 1)
    texts = [sent.text for sent in account.sent if "Welcome" in sent.text]
    assert len(texts) == 1


async def test_what_a_peer_sends_that_no_bot_knew_disturbs_nobody(
    fake_core: FakeCore, account: FakeAccount
) -> None:
    bot = echo_bot()
    kinds: list[str] = []

    @bot.on_event()
    async def note(event: RawEvent) -> None:
        kinds.append(event.kind)

    alice = account.contact("alice@example.org")
    async with hosting(fake_core, bot):
        chat = alice.chat
        account.emit(
            {
                "kind": "IncomingWebxdcNotify",
                "chatId": chat.id,
                "contactId": alice.id,
                "msgId": 99,
                "text": "hi",
                "href": None,
            }
        )
        account.emit({"kind": "PinnedMessagesChanged", "chatId": chat.id})
        fake_core.emit_unknown("TimeTravelled", {"year": 2099}, account=account)
        chat.receive("still there?")
        await account.until_sent(1)
    assert {"IncomingWebxdcNotify", "PinnedMessagesChanged", "TimeTravelled"} <= set(kinds)


async def test_start_and_end_are_told(fake_core: FakeCore, account: FakeAccount) -> None:
    bot = Bot()
    told: list[str] = []

    @bot.on_startup()
    async def start(startup: Startup) -> None:
        told.append("start")

    @bot.on_shutdown()
    async def end(shutdown: Shutdown) -> None:
        told.append("end")

    async with hosting(fake_core, bot):
        assert told == ["start"]
    assert told == ["start", "end"]


async def test_a_handler_that_runs_may_finish_when_the_bot_is_ended(
    fake_core: FakeCore, account: FakeAccount
) -> None:
    bot = Bot()
    begun, go_on = asyncio.Event(), asyncio.Event()

    @bot.on_message()
    async def slow(message: Message) -> None:
        begun.set()
        await go_on.wait()
        await message.reply("finished")

    alice = account.contact("alice@example.org")
    async with hosting(fake_core, bot):
        alice.chat.receive("take your time")
        await begun.wait()
        asyncio.get_running_loop().call_later(0.05, go_on.set)
    assert [sent.text for sent in account.sent] == ["finished"]


async def test_two_bots_in_one_process_have_their_own_accounts(fake_core: FakeCore) -> None:
    shop = fake_core.account(name="Shop", configured=True, bot=True, address="shop@example.org")
    news = fake_core.account(name="News", configured=True, bot=True, address="news@example.org")
    shop_bot, other_bot = Bot("shop", accounts=["shop@example.org"]), Bot("other")

    @shop_bot.on_message()
    async def sell(message: Message) -> None:
        await message.reply("buy this")

    @other_bot.on_message()
    async def tell(message: Message) -> None:
        await message.reply("hear this")

    async with hosting(fake_core, shop_bot, other_bot):
        for account in (shop, news):
            account.contact("alice@example.org").chat.receive("hello")
            await account.until_sent(1)
    assert (shop.sent[0].text, news.sent[0].text) == ("buy this", "hear this")


class Reminder(msgspec.Struct, frozen=True):
    chat: int
    text: str


class Mine(Settings):
    quiet = Setting(False, "Say nothing.")


async def test_settings_can_be_read_and_changed_by_a_command(
    fake_core: FakeCore, account: FakeAccount
) -> None:
    bot = Bot(settings=[Mine])
    alice = account.contact("alice@example.org")
    async with hosting(fake_core, bot):
        alice.chat.receive("/settings quiet on")
        (changed,) = await account.until_sent(1)
        assert "quiet" in changed.text
        alice.chat.receive("/settings language ru")
        await account.until_sent(2)
        alice.chat.receive("/settings")
        listed = (await account.until_sent(3))[2]
    assert "quiet" in listed.text
    assert any("а" <= letter <= "я" for letter in listed.text.casefold())


async def test_a_job_runs_when_its_time_has_come_and_writes_to_a_chat(
    fake_core: FakeCore, account: FakeAccount
) -> None:
    bot = Bot()

    @bot.command("remind")
    async def remind(message: Message, text: str) -> None:
        await message.schedule.later(timedelta(0), "reminder", Reminder(message.chat_id, text))

    @bot.on_schedule("reminder", Reminder)
    async def reminder(job: Job[Reminder]) -> None:
        await job.chat(ChatId(job.payload.chat)).send(job.payload.text)

    alice = account.contact("alice@example.org")
    async with hosting(fake_core, bot):
        alice.chat.receive("/remind drink tea")
        (sent,) = await account.until_sent(1)
    assert sent.text == "drink tea"


async def test_without_an_account_the_host_says_what_to_do(fake_core: FakeCore) -> None:
    with pytest.raises(BadInput, match="There is no account to serve"):
        async with hosting(fake_core, echo_bot()):
            pass


async def test_two_bots_that_want_the_same_account_are_refused(
    fake_core: FakeCore, account: FakeAccount
) -> None:
    with pytest.raises(BadBot, match="Two bots want to serve all accounts"):
        async with hosting(fake_core, echo_bot(), echo_bot()):
            pass


async def test_only_the_accounts_that_are_named_are_served_whatever_address_is_claimed(
    fake_core: FakeCore, account: FakeAccount
) -> None:
    other = fake_core.account(name="Somebody else's", configured=True)
    bot = Bot(accounts=["elsewhere@example.org"])
    bot.include(echo_bot())
    async with hosting(fake_core, bot, accounts=[account.id]) as host:
        assert host.accounts == [account.id]
        silent = other.contact("alice@example.org").chat.receive("Hello!")
        account.contact("alice@example.org").chat.receive("Hello!")
        await account.until_sent(1)
        assert silent.is_fresh
        assert not other.io_running


async def test_a_witness_hears_of_a_message_before_its_bot_does(
    fake_core: FakeCore, account: FakeAccount
) -> None:
    heard: list[tuple[int, int]] = []

    async def witness(arrival: Arrival) -> None:
        heard.append((arrival.message_id, len(account.sent)))
        if len(heard) == 1:
            raise StoreFailed("The disk is full.")

    async with hosting(fake_core, echo_bot(), witness=witness):
        question = account.contact("alice@example.org").chat.receive("Hello!")
        await account.until_sent(1)

    assert heard == [(question.id, 0), (question.id, 0)]
