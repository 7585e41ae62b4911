"""A test decides what the fake core does, in which order it answers, and when it dies."""

import asyncio

import pytest

from vestnik.chatmail.core import Core
from vestnik.chatmail.events import CoreRestarted, IncomingMsg
from vestnik.chatmail.restarts import Backoff
from vestnik.errors import CallFailed, CoreDied, UnknownMethod
from vestnik.ids import MessageId
from vestnik.testing import FakeAccount, FakeClock, FakeCore, Refusal


async def test_a_function_can_play_a_method(fake_core: FakeCore, core_on_fake: Core) -> None:
    fake_core.on("get_connectivity_html", lambda account_id: f"<p>{account_id}</p>")
    assert await core_on_fake.call("get_connectivity_html", 5) == "<p>5</p>"


async def test_a_function_gets_typed_arguments_and_may_refuse(
    fake_core: FakeCore, bot: FakeAccount, core_on_fake: Core
) -> None:
    def picky(account_id: int, chat_id: int, data: object) -> object:
        text = getattr(data, "text", None)
        if text == "no":
            raise Refusal("I do not say that")
        return fake_core.play("send_msg", account_id, chat_id, data)

    fake_core.on("send_msg", picky)
    chat = bot.contact("alice@example.org").chat
    with pytest.raises(CallFailed, match="I do not say that"):
        await core_on_fake.call("send_msg", bot.id, chat.id, {"text": "no"})
    await core_on_fake.call("send_msg", bot.id, chat.id, {"text": "yes"})
    assert [message.text for message in bot.sent] == ["yes"]


async def test_a_function_can_play_a_method_of_a_newer_core(
    fake_core: FakeCore, core_on_fake: Core
) -> None:
    with pytest.raises(UnknownMethod):
        await core_on_fake.call("fly_to_the_moon", "now")
    fake_core.on("fly_to_the_moon", lambda when: [when])
    assert await core_on_fake.call("fly_to_the_moon", "now") == ["now"]


async def test_a_bug_in_a_function_is_told_to_the_caller(
    fake_core: FakeCore, core_on_fake: Core
) -> None:
    fake_core.on("get_all_account_ids", lambda: 1 // 0)
    with pytest.raises(CallFailed, match="ZeroDivisionError"):
        await core_on_fake.get_all_account_ids()


async def test_a_method_fails_as_often_as_told(
    fake_core: FakeCore, bot: FakeAccount, core_on_fake: Core
) -> None:
    fake_core.fail("misc_send_text_message", "database is locked", times=2)
    chat = bot.contact("alice@example.org").chat
    for _ in range(2):
        with pytest.raises(CallFailed, match="database is locked"):
            await core_on_fake.misc_send_text_message(bot.id, chat.id, "hello")
    await core_on_fake.misc_send_text_message(bot.id, chat.id, "hello")
    assert len(bot.sent) == 1


def test_a_typo_in_a_script_is_found_at_once(fake_core: FakeCore) -> None:
    with pytest.raises(ValueError, match="no method 'send_message'"):
        fake_core.fail("send_message", "never")
    with pytest.raises(ValueError, match="no method 'send_message'"):
        fake_core.hold("send_message")


def test_events_are_not_held_as_answers(fake_core: FakeCore) -> None:
    with pytest.raises(ValueError, match="waits for events anyway"):
        fake_core.hold("get_next_event_batch")


async def test_held_answers_come_in_the_order_that_the_test_wants(
    fake_core: FakeCore, core_on_fake: Core
) -> None:
    order: list[str] = []

    async def ask(email: str) -> None:
        await core_on_fake.check_email_validity(email)
        order.append(email)

    held = fake_core.hold("check_email_validity")
    async with asyncio.TaskGroup() as asking:
        for number, email in enumerate(("first", "second", "third"), 1):
            asking.create_task(ask(email))
            await held.arrived(number)
        held.answer(2)
        held.answer(0)
        held.release()
    assert order == ["third", "first", "second"]
    assert await core_on_fake.check_email_validity("a@b.c")


async def test_what_is_held_is_done_even_if_the_core_dies_before_it_says_so(
    fake_core: FakeCore, bot: FakeAccount, core_on_fake: Core
) -> None:
    held = fake_core.hold("misc_send_text_message")
    chat = bot.contact("alice@example.org").chat
    sending = asyncio.create_task(
        core_on_fake.misc_send_text_message(bot.id, chat.id, "did it arrive?")
    )
    await held.arrived()
    fake_core.crash()
    with pytest.raises(CoreDied):
        await sending
    assert [message.text for message in bot.sent] == ["did it arrive?"]
    assert len(held) == 0


async def test_a_core_can_die_in_the_middle_of_a_call(
    fake_core: FakeCore, bot: FakeAccount, core_on_fake: Core
) -> None:
    fake_core.on("misc_send_text_message", lambda *_: fake_core.crash(-11, ("last words",)))
    chat = bot.contact("alice@example.org").chat
    with pytest.raises(CoreDied) as death:
        await core_on_fake.misc_send_text_message(bot.id, chat.id, "hello")
    assert death.value.exit_status == -11
    assert death.value.stderr == ("last words",)
    assert bot.sent == []


def test_a_core_that_does_not_run_cannot_crash(fake_core: FakeCore) -> None:
    with pytest.raises(RuntimeError, match="does not run"):
        fake_core.crash()


async def test_accounts_outlive_a_crash_and_io_does_not(
    fake_core: FakeCore, bot: FakeAccount, core_on_fake: Core
) -> None:
    fake_core.crash()
    assert not bot.io_running
    assert not fake_core.is_running
    async with Core(fake_core.transport, restarts=None) as next_life:
        assert await next_life.get_all_account_ids() == [bot.id]
        assert fake_core.is_running


async def test_a_second_core_on_the_same_accounts_ends_at_once(
    fake_core: FakeCore, bot: FakeAccount, core_on_fake: Core
) -> None:
    with pytest.raises(CoreDied) as death:
        async with Core(fake_core.transport, restarts=None):
            pass
    assert death.value.exit_status == 1
    assert "accounts.lock" in death.value.stderr[0]
    assert bot.io_running
    assert await core_on_fake.get_all_account_ids() == [bot.id]


async def test_the_supervisor_brings_a_crashed_core_back_with_its_io(
    fake_core: FakeCore, fake_clock: FakeClock
) -> None:
    account = fake_core.account("Bot")
    async with Core(fake_core.transport, restarts=Backoff(), clock=fake_clock) as core:
        await core.start_io(account.id)
        async with core.events() as events:
            fake_core.crash()
            missed = account.contact("alice@example.org").chat.receive("are you there?")
            await fake_clock.until_sleeping()
            await fake_clock.advance(Backoff().pause(1))
            kinds = [type((await anext(events)).payload)]
            await fake_core.until_called("start_io", 2)
            live = account.contact("alice@example.org").chat.receive("now?")
            while kinds[-1] is not IncomingMsg:
                kinds.append(type((await anext(events)).payload))
        assert kinds[0] is CoreRestarted
        assert await core.get_fresh_msgs(account.id) == [live.id, missed.id]


async def test_calls_are_noted_with_their_arguments(
    fake_core: FakeCore, bot: FakeAccount, core_on_fake: Core
) -> None:
    await core_on_fake.markseen_msgs(bot.id, [MessageId(10)])
    assert fake_core.calls("markseen_msgs") == [(bot.id, [10])]
    assert fake_core.calls("get_next_event_batch") == []


async def test_one_can_wait_for_a_call(fake_core: FakeCore, core_on_fake: Core) -> None:
    waiting = asyncio.create_task(fake_core.until_called("check_email_validity", 2))
    await core_on_fake.check_email_validity("a")
    assert not waiting.done()
    await core_on_fake.check_email_validity("b")
    assert await waiting == [("a",), ("b",)]
