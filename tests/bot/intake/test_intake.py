"""Every message reaches the work, whatever happens to events, core and work."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

import pytest

from vestnik.bot.intake.intake import Arrival, Intake
from vestnik.chatmail import Backoff, Core, Event
from vestnik.errors import CallFailed
from vestnik.ids import AccountId, MessageId
from vestnik.testing import FakeAccount, FakeClock, FakeCore


class Desk:
    """Work that keeps what it is given, and does with it what the test says."""

    def __init__(self) -> None:
        self.handled: list[MessageId] = []
        self.events: list[str] = []
        self.begun: list[MessageId] = []
        self.wanted: frozenset[str] = frozenset()
        self.failures: list[Exception] = []
        self.gate = asyncio.Event()
        self.gate.set()
        self._news = asyncio.Event()
        self.core: Core | None = None

    async def handle_message(self, arrival: Arrival) -> None:
        await self.gate.wait()
        if self.failures:
            raise self.failures.pop(0)
        self.handled.append(arrival.message_id)
        if self.core is not None:
            await self.core.markseen_msgs(arrival.account_id, [arrival.message_id])
        self._news.set()

    async def handle_event(self, event: Event) -> None:
        self.events.append(event.payload.kind)
        self._news.set()

    async def unfinished(self, account_id: AccountId) -> Sequence[MessageId]:
        return self.begun

    def is_interesting(self, event: Event) -> bool:
        return event.payload.kind in self.wanted

    async def until_handled(self, count: int) -> None:
        async with asyncio.timeout(10):
            while len(self.handled) < count:
                self._news.clear()
                await self._news.wait()


@pytest.fixture
def desk() -> Desk:
    return Desk()


@pytest.fixture
def account(fake_core: FakeCore) -> FakeAccount:
    return fake_core.account(name="Bot", configured=True, bot=True)


@asynccontextmanager
async def running(
    fake_core: FakeCore,
    account: FakeAccount,
    desk: Desk,
    clock: FakeClock,
    accounts: Sequence[AccountId] = (),
    **bounds: int,
) -> AsyncIterator[Intake]:
    async with Core(fake_core.transport, restarts=Backoff(first=0.01, calm=0)) as core:
        desk.core = core
        intake = Intake(core, lambda: accounts or [account.id], desk, clock, **bounds)
        listening = asyncio.Event()
        task = asyncio.create_task(intake.run(listening))
        await listening.wait()
        await core.start_io(account.id)
        yield intake
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def test_live_messages_are_handled_in_order(
    fake_core: FakeCore, account: FakeAccount, desk: Desk, fake_clock: FakeClock
) -> None:
    chat = account.contact("alice@example.org").chat
    async with running(fake_core, account, desk, fake_clock):
        ids = [chat.receive(f"message {n}").id for n in range(20)]
        await desk.until_handled(20)
    assert desk.handled == ids


async def test_what_came_before_the_start_is_handled_first_and_oldest_first(
    fake_core: FakeCore, account: FakeAccount, desk: Desk, fake_clock: FakeClock
) -> None:
    chat = account.contact("alice@example.org").chat
    before = [chat.receive(f"before {n}").id for n in range(3)]
    async with running(fake_core, account, desk, fake_clock):
        after = chat.receive("after").id
        await desk.until_handled(4)
    assert desk.handled == [*before, after]


async def test_what_was_begun_before_a_crash_comes_again_even_if_it_is_not_fresh(
    fake_core: FakeCore, account: FakeAccount, desk: Desk, fake_clock: FakeClock
) -> None:
    chat = account.contact("alice@example.org").chat
    begun = chat.receive("begun").id
    fake_core.play("markseen_msgs", account.id, [begun])
    desk.begun = [begun]
    async with running(fake_core, account, desk, fake_clock):
        await desk.until_handled(1)
    assert desk.handled == [begun]


async def test_messages_whose_events_were_lost_are_found_after_the_overflow(
    fake_core: FakeCore, account: FakeAccount, desk: Desk, fake_clock: FakeClock
) -> None:
    chat = account.contact("alice@example.org").chat
    async with running(fake_core, account, desk, fake_clock):
        with fake_core.losing_events():
            lost = [chat.receive(f"lost {n}").id for n in range(5)]
        fake_core.overflow(5)
        await desk.until_handled(5)
    assert desk.handled == lost


async def test_messages_that_came_while_the_core_was_dead_are_found(
    fake_core: FakeCore, account: FakeAccount, desk: Desk, fake_clock: FakeClock
) -> None:
    chat = account.contact("alice@example.org").chat
    async with running(fake_core, account, desk, fake_clock):
        first = chat.receive("first").id
        await desk.until_handled(1)
        fake_core.crash()
        missed = [chat.receive(f"missed {n}").id for n in range(5)]
        await desk.until_handled(6)
    assert desk.handled == [first, *missed]


async def test_a_pre_message_waits_until_it_is_whole(
    fake_core: FakeCore, account: FakeAccount, desk: Desk, fake_clock: FakeClock
) -> None:
    chat = account.contact("alice@example.org").chat
    partly = chat.receive("large file", whole=False)
    async with running(fake_core, account, desk, fake_clock):
        small = chat.receive("small").id
        await desk.until_handled(1)
        assert desk.handled == [small]
        partly.download()
        await desk.until_handled(2)
    assert desk.handled == [small, partly.id]


async def test_more_messages_than_fit_are_all_handled(
    fake_core: FakeCore, account: FakeAccount, desk: Desk, fake_clock: FakeClock
) -> None:
    chats = [account.contact(f"{name}@example.org").chat for name in "abcde"]
    desk.gate.clear()
    async with running(fake_core, account, desk, fake_clock, waiting=10):
        ids = [chat.receive(f"{n}").id for n in range(20) for chat in chats]
        desk.gate.set()
        await desk.until_handled(100)
    assert sorted(desk.handled) == ids
    for chat in chats:
        mine = [message.id for message in chat.messages]
        assert [number for number in desk.handled if number in mine] == mine


async def test_a_message_on_which_the_work_failed_comes_again_later(
    fake_core: FakeCore, account: FakeAccount, desk: Desk, fake_clock: FakeClock
) -> None:
    chat = account.contact("alice@example.org").chat
    desk.failures = [CallFailed("get_message", -1, "database is locked")]
    async with running(fake_core, account, desk, fake_clock):
        message = chat.receive("try me").id
        await fake_clock.until_sleeping()
        assert desk.handled == []
        await fake_clock.advance(30)
        await desk.until_handled(1)
    assert desk.handled == [message]


async def test_a_message_told_twice_is_worked_on_once_at_a_time(
    fake_core: FakeCore, account: FakeAccount, desk: Desk, fake_clock: FakeClock
) -> None:
    chat = account.contact("alice@example.org").chat
    desk.gate.clear()
    async with running(fake_core, account, desk, fake_clock):
        message = chat.receive("once").id
        account.emit({"kind": "IncomingMsg", "chatId": chat.id, "msgId": message})
        fake_core.overflow(1)
        await fake_core.until_called("get_fresh_msgs", 2)
        desk.gate.set()
        other = chat.receive("other").id
        await desk.until_handled(2)
    assert desk.handled == [message, other]


async def test_only_events_that_somebody_wants_are_handled(
    fake_core: FakeCore, account: FakeAccount, desk: Desk, fake_clock: FakeClock
) -> None:
    desk.wanted = frozenset({"FutureEvent", "ChatModified"})
    chat = account.contact("alice@example.org").chat
    async with running(fake_core, account, desk, fake_clock):
        fake_core.emit_unknown("FutureEvent", {"x": 1}, account=account)
        account.emit({"kind": "ChatModified", "chatId": chat.id})
        account.emit({"kind": "MsgsNoticed", "chatId": chat.id})
        chat.receive("the end")
        await desk.until_handled(1)
    assert desk.events == ["FutureEvent", "ChatModified"]


async def test_a_slow_handler_stalls_neither_events_nor_other_chats(
    fake_core: FakeCore, account: FakeAccount, fake_clock: FakeClock
) -> None:
    slow, quick = (account.contact(f"{name}@example.org").chat for name in ("slow", "quick"))
    never = asyncio.Event()

    class SlowDesk(Desk):
        async def handle_message(self, arrival: Arrival) -> None:
            if arrival.chat_id == slow.id:
                await never.wait()
            await super().handle_message(arrival)

    desk = SlowDesk()
    desk.wanted = frozenset({"ChatModified"})
    async with running(fake_core, account, desk, fake_clock):
        slow.receive("this takes for ever")
        account.emit({"kind": "ChatModified", "chatId": quick.id})
        ids = [quick.receive(f"{n}").id for n in range(100)]
        await desk.until_handled(100)
        assert desk.handled == ids
        assert desk.events == ["ChatModified"]


async def test_a_chat_waits_for_a_message_that_failed_and_keeps_its_order(
    fake_core: FakeCore, account: FakeAccount, desk: Desk, fake_clock: FakeClock
) -> None:
    chat = account.contact("alice@example.org").chat
    async with running(fake_core, account, desk, fake_clock):
        desk.failures = [CallFailed("get_message", -1, "database is locked")]
        ids = [chat.receive(f"message {n}").id for n in range(3)]
        await fake_clock.until_sleeping(1)
        await fake_clock.advance(1)
        await desk.until_handled(3)
    assert desk.handled == ids


async def test_who_could_not_catch_up_takes_nothing_newer_before_what_he_missed(
    fake_core: FakeCore, account: FakeAccount, desk: Desk, fake_clock: FakeClock
) -> None:
    chat = account.contact("alice@example.org").chat
    async with running(fake_core, account, desk, fake_clock):
        with fake_core.losing_events():
            missed = chat.receive("missed").id
        fake_core.fail("get_fresh_msgs", "database is locked")
        fake_core.overflow()
        newer = chat.receive("newer").id
        await fake_core.until_called("get_fresh_msgs", 2)
        await fake_clock.until_sleeping(1)
        await fake_clock.advance(1)
        await desk.until_handled(2)
    assert desk.handled == [missed, newer]


async def test_after_a_refresh_messages_of_an_account_that_came_are_taken_in_oldest_first(
    fake_core: FakeCore, account: FakeAccount, desk: Desk, fake_clock: FakeClock
) -> None:
    new = fake_core.account(name="Another")
    chat = new.contact("alice@example.org").chat
    served = [account.id]
    async with running(fake_core, account, desk, fake_clock, accounts=served) as intake:
        await desk.core.start_io(new.id)  # type: ignore[union-attr]
        waited = [chat.receive(f"waited {n}").id for n in range(3)]
        account.contact("bob@example.org").chat.receive("to the other one")
        await desk.until_handled(1)
        served.append(new.id)
        intake.refresh()
        newer = chat.receive("newer").id
        await desk.until_handled(5)
    assert desk.handled[1:] == [*waited, newer]


async def test_after_a_refresh_it_is_asked_again_which_events_are_wanted(
    fake_core: FakeCore, account: FakeAccount, desk: Desk, fake_clock: FakeClock
) -> None:
    chat = account.contact("alice@example.org").chat
    modified = {"kind": "ChatModified", "chatId": chat.id}
    async with running(fake_core, account, desk, fake_clock) as intake:
        account.emit(modified)
        chat.receive("nobody wanted that")
        await desk.until_handled(1)
        desk.wanted = frozenset({"ChatModified"})
        account.emit(modified)
        chat.receive("it was not asked again")
        await desk.until_handled(2)
        assert desk.events == []
        intake.refresh()
        account.emit(modified)
        chat.receive("now it is")
        await desk.until_handled(3)
    assert desk.events == ["ChatModified"]


async def test_a_refresh_before_the_start_and_while_the_core_is_dead_is_no_error(
    fake_core: FakeCore, account: FakeAccount, desk: Desk, fake_clock: FakeClock
) -> None:
    chat = account.contact("alice@example.org").chat
    Intake(Core(fake_core.transport), lambda: [account.id], desk, fake_clock).refresh()
    async with running(fake_core, account, desk, fake_clock) as intake:
        fake_core.crash()
        intake.refresh()
        message = chat.receive("meanwhile").id
        await desk.until_handled(1)
    assert desk.handled == [message]
