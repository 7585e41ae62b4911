"""The fake core's events are as volatile as the real one's."""

import asyncio

import pytest

from vestnik.chatmail import UnknownEvent
from vestnik.chatmail.core import Core
from vestnik.chatmail.events import (
    ChatModified,
    ConfigureProgress,
    Event,
    EventChannelOverflow,
    IncomingMsg,
    Info,
)
from vestnik.chatmail.hub import EventStream
from vestnik.chatmail.memory import MemoryTransport
from vestnik.errors import CallFailed
from vestnik.ids import ChatId, MessageId
from vestnik.testing import FakeAccount, FakeCore
from vestnik.testing.fake.channel import BATCH, CAPACITY
from vestnik.testing.transport_checks import Recorder


async def payloads(events: EventStream, last: object) -> list[object]:
    """Give what is told until `last`, which is told too."""
    seen: list[object] = []
    while last not in seen:
        seen.append((await anext(events)).payload)
    return seen


class Client:
    """A client that reads events only when the test says so."""

    def __init__(self, fake: FakeCore) -> None:
        self._transport: MemoryTransport = fake.transport()
        self._recorder = Recorder()
        self._asked = 0

    async def __aenter__(self) -> "Client":
        await self._transport.start(self._recorder)
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._transport.stop()

    async def ask(self, method: str) -> bytes:
        """Call a method without arguments and give the line that answers it."""
        self._asked += 1
        call = b'{"id":%d,"method":"%b","params":[]}\n' % (self._asked, method.encode())
        self._transport.write(call)
        await self._recorder.until(lambda: len(self._recorder.lines) >= self._asked)
        return self._recorder.lines[self._asked - 1]


async def test_an_event_reaches_the_listener_with_its_account(
    bot: FakeAccount, core_on_fake: Core
) -> None:
    async with core_on_fake.events() as events:
        bot.emit(ChatModified(chat_id=ChatId(12)))
        event = await anext(events)
        while event.account_id == 0 or not isinstance(event.payload, ChatModified):
            event = await anext(events)
        assert event == Event(account_id=bot.id, payload=ChatModified(chat_id=ChatId(12)))


async def test_an_event_of_a_newer_core_goes_out_as_it_is(
    fake_core: FakeCore, bot: FakeAccount, core_on_fake: Core
) -> None:
    raw = {"kind": "FutureEvent", "weather": {"sunny": True}}
    async with core_on_fake.events() as events:
        fake_core.emit_unknown("FutureEvent", {"weather": {"sunny": True}}, bot)
        bot.emit(raw)
        first, second = [await anext(events), await anext(events)]
    assert first == second
    assert first.account_id == bot.id
    assert isinstance(first.payload, UnknownEvent)
    assert first.payload.raw == raw


async def test_without_an_account_an_event_is_of_the_account_manager(
    fake_core: FakeCore, core_on_fake: Core
) -> None:
    async with core_on_fake.events() as events:
        fake_core.emit_unknown("FutureEvent")
        fake_core.emit(Info(msg="hello"))
        assert [(await anext(events)).account_id for _ in range(2)] == [0, 0]


async def test_a_batch_holds_no_more_than_the_cores_does(fake_core: FakeCore) -> None:
    async with Client(fake_core) as client:
        for number in range(BATCH + 5):
            fake_core.emit(Info(msg=str(number)))
        batches = [await client.ask("get_next_event_batch") for _ in range(2)]
        assert [batch.count(b'"Info"') for batch in batches] == [BATCH, 5]


async def test_events_can_be_taken_one_by_one(fake_core: FakeCore) -> None:
    async with Client(fake_core) as client:
        fake_core.emit(Info(msg="first"))
        fake_core.emit(Info(msg="second"))
        answers = [await client.ask("get_next_event") for _ in range(2)]
        assert [b"first" in answers[0], b"second" in answers[1]] == [True, True]
        assert b'"result":{"contextId":0' in answers[0]


async def test_a_full_channel_drops_the_oldest_and_says_how_many(fake_core: FakeCore) -> None:
    async with Client(fake_core) as client:
        for number in range(CAPACITY + 3):
            fake_core.emit(Info(msg=f"number {number}."))
        answer = await client.ask("get_next_event_batch")
        notice = b'{"contextId":0,"event":{"kind":"EventChannelOverflow","n":3}}'
        assert answer.partition(b'"result":[')[2].startswith(notice)
        assert b"number 3." in answer
        assert b"number 2." not in answer


async def test_an_overflow_can_be_brought_about(fake_core: FakeCore) -> None:
    async with Client(fake_core) as client:
        fake_core.emit(Info(msg="lost"))
        fake_core.overflow(lost=7)
        answer = await client.ask("get_next_event_batch")
        assert b'"n":7' in answer
        assert b"lost" not in answer


async def test_an_overflow_reaches_a_reader_that_waits(
    fake_core: FakeCore, core_on_fake: Core
) -> None:
    async with core_on_fake.events() as events:
        fake_core.overflow(lost=7)
        assert EventChannelOverflow(n=7) in await payloads(events, EventChannelOverflow(n=7))


async def test_what_happens_while_events_are_lost_is_told_by_none(
    fake_core: FakeCore, bot: FakeAccount, core_on_fake: Core
) -> None:
    chat = bot.contact("alice@example.org").chat
    async with core_on_fake.events() as events:
        with fake_core.losing_events():
            lost = chat.receive("lost")
        bot.emit(Info(msg="after"))
        told = await payloads(events, Info(msg="after"))
    assert not [payload for payload in told if isinstance(payload, IncomingMsg)]
    assert await core_on_fake.get_fresh_msgs(bot.id) == [lost.id]


async def test_events_before_a_life_and_after_it_are_gone(fake_core: FakeCore) -> None:
    account = fake_core.account("Bot")
    account.emit(Info(msg="too early"))
    async with Client(fake_core):
        account.emit(Info(msg="never read"))
        fake_core.crash()
    account.emit(Info(msg="between"))
    async with Client(fake_core) as client:
        account.emit(Info(msg="in time"))
        answer = await client.ask("get_next_event_batch")
    assert answer.count(b'"Info"') == 1
    assert b"in time" in answer


async def test_two_readers_share_the_events(fake_core: FakeCore, core_on_fake: Core) -> None:
    stray = asyncio.create_task(core_on_fake.call("get_next_event_batch"))
    await asyncio.sleep(0)
    async with core_on_fake.events() as events:
        while not stray.done():
            fake_core.emit(Info(msg="for one of them"))
            await asyncio.sleep(0)
        fake_core.emit(Info(msg="last"))
        seen = await events.next_batch()
    assert stray.result() != []
    assert seen


async def test_a_login_tells_how_far_it_is(fake_core: FakeCore, core_on_fake: Core) -> None:
    account_id = await core_on_fake.add_account()
    async with core_on_fake.events(account_id) as events:
        await core_on_fake.add_transport_from_qr(account_id, "dclogin:bot@x.org?p=secret&v=1")
        told = await payloads(events, ConfigureProgress(progress=1000))
    steps = [payload.progress for payload in told if isinstance(payload, ConfigureProgress)]
    assert steps == sorted(steps)
    assert len(steps) > 5
    assert await core_on_fake.get_config(account_id, "configured_addr") == "bot@x.org"
    assert fake_core.accounts[0].io_running


async def test_a_login_that_fails_tells_so_by_a_progress_of_0(
    fake_core: FakeCore, core_on_fake: Core
) -> None:
    account_id = await core_on_fake.add_account()
    fake_core.fail("add_transport_from_qr", "wrong password")
    async with core_on_fake.events(account_id) as events:
        with pytest.raises(CallFailed, match="wrong password"):
            await core_on_fake.add_transport_from_qr(account_id, "dclogin:bot@x.org?p=no&v=1")
        await payloads(events, ConfigureProgress(progress=0, comment="wrong password"))
    assert not await core_on_fake.is_configured(account_id)


async def test_an_event_may_lie(bot: FakeAccount, core_on_fake: Core) -> None:
    async with core_on_fake.events() as events:
        bot.emit(IncomingMsg(chat_id=ChatId(10), msg_id=MessageId(999)))
        await payloads(events, IncomingMsg(chat_id=ChatId(10), msg_id=MessageId(999)))
    with pytest.raises(CallFailed, match="Msg#999 does not exist"):
        await core_on_fake.get_message(bot.id, MessageId(999))
