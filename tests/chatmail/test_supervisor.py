"""The core is mortal, and somebody sees to it that there is a next one."""

import asyncio
from collections.abc import Iterator

import pytest

from tests.chatmail.scripted import ScriptedPeer
from vestnik.chatmail.core import Core
from vestnik.chatmail.events import CoreRestarted, Event, EventChannelOverflow, IncomingMsg, Info
from vestnik.chatmail.hub import EventStream
from vestnik.chatmail.memory import MemoryTransport
from vestnik.chatmail.restarts import Backoff
from vestnik.errors import CallFailed, CoreDied, CoreNotFound, CoreTooOld
from vestnik.ids import AccountId, ChatId, MessageId
from vestnik.testing.clock import FakeClock


@pytest.fixture
def peer() -> ScriptedPeer:
    return ScriptedPeer()


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


async def next_of(stream: EventStream, count: int) -> list[Event]:
    async with asyncio.timeout(10):
        return [await anext(stream) for _ in range(count)]


async def test_the_events_of_the_core_reach_its_listeners(peer: ScriptedPeer) -> None:
    async with Core(peer.transport) as core, core.events() as events:
        await peer.saw("get_next_event_batch")
        peer.emit((1, {"kind": "IncomingMsg", "chatId": 10, "msgId": 11}))
        expected = IncomingMsg(chat_id=ChatId(10), msg_id=MessageId(11))
        assert await next_of(events, 1) == [Event(account_id=AccountId(1), payload=expected)]


async def test_a_dead_core_is_followed_by_a_new_one_and_listeners_are_told(
    peer: ScriptedPeer, clock: FakeClock
) -> None:
    async with Core(peer.transport, clock=clock) as core, core.events() as events:
        await peer.saw("get_next_event_batch")
        peer.crash(-9, "out of memory")
        await clock.until_sleeping()
        with pytest.raises(CoreDied, match="out of memory"):
            await core.call("get_all_account_ids")
        await clock.advance(0.1)
        (restarted,) = await next_of(events, 1)
        assert isinstance(restarted.payload, CoreRestarted)
        assert "out of memory" in restarted.payload.cause
        assert restarted.payload.failures == 1
        assert await core.call("get_all_account_ids") == [1, 2]


async def test_the_reader_is_there_before_io_is_restored_for_those_who_had_it(
    peer: ScriptedPeer, clock: FakeClock
) -> None:
    async with Core(peer.transport, clock=clock) as core:
        await core.start_io(AccountId(2))
        await peer.saw("get_next_event_batch")
        peer.crash()
        await clock.until_sleeping()
        await clock.advance(0.1)
        await peer.saw("start_io", times=2)
        new_life = peer.requests[peer.methods.index("get_system_info", 1) :]
        assert [(method, params) for _, method, params in new_life] == [
            ("get_system_info", []),
            ("get_next_event_batch", []),
            ("get_all_account_ids", []),
            ("start_io", [2]),
        ]


async def test_a_core_that_keeps_dying_is_restarted_ever_more_slowly_up_to_the_cap(
    peer: ScriptedPeer, clock: FakeClock
) -> None:
    restarts = Backoff(first=1, cap=5, calm=60)
    async with Core(peer.transport, restarts=restarts, clock=clock):
        for life, pause in enumerate((1, 2, 4, 5, 5), start=1):
            await peer.saw("get_next_event_batch", times=life)
            peer.crash(1)
            await clock.until_sleeping()
            await clock.advance(pause - 0.01)
            assert len(peer.pipes) == life
            await clock.advance(0.01)
            assert len(peer.pipes) == life + 1


async def test_a_calm_life_starts_the_pauses_anew(peer: ScriptedPeer, clock: FakeClock) -> None:
    restarts = Backoff(first=1, cap=5, calm=60)
    async with Core(peer.transport, restarts=restarts, clock=clock):
        for life, lived in enumerate((0, 0, 60), start=1):
            await peer.saw("get_next_event_batch", times=life)
            await clock.advance(lived)
            peer.crash(1)
            await clock.until_sleeping()
            await clock.advance({0: 2, 60: 1}[lived])
            assert len(peer.pipes) == life + 1


async def test_a_core_that_cannot_be_started_again_is_tried_again(
    peer: ScriptedPeer, clock: FakeClock
) -> None:
    missing: Iterator[bool] = iter([False, True, True, False])

    def launch() -> MemoryTransport:
        if next(missing):
            raise CoreNotFound("no core here")
        return peer.transport()

    async with Core(launch, clock=clock) as core, core.events() as events:
        await peer.saw("get_next_event_batch")
        peer.crash()
        await clock.until_sleeping()
        await clock.advance(10)
        (restarted,) = await next_of(events, 1)
        assert isinstance(restarted.payload, CoreRestarted)
        assert restarted.payload.failures == 3


async def test_without_restarts_the_first_death_ends_the_events(peer: ScriptedPeer) -> None:
    async with Core(peer.transport, restarts=None) as core, core.events() as events:
        await peer.saw("get_next_event_batch")
        peer.crash(1, "disk full")
        with pytest.raises(CoreDied, match="disk full"):
            await next_of(events, 1)


@pytest.mark.parametrize(
    ("version", "error"),
    [("v2.64.9", CoreTooOld), ("v1.160.0", CoreTooOld), ("", CoreTooOld)],
)
async def test_an_older_core_is_refused_with_what_to_do(
    version: str, error: type[Exception]
) -> None:
    peer = ScriptedPeer(get_system_info={"deltachat_core_version": version})
    with pytest.raises(error, match=r"2\.65 or newer is needed: `pip install"):
        async with Core(peer.transport):
            pass


@pytest.mark.parametrize("version", ["v2.65.0", "v2.66.0-dev", "v3.0.0"])
async def test_this_and_newer_cores_are_welcome(version: str) -> None:
    peer = ScriptedPeer(get_system_info={"deltachat_core_version": version})
    async with Core(peer.transport) as core:
        assert core.version == version


async def test_a_core_that_dies_at_its_start_is_an_error_at_once(peer: ScriptedPeer) -> None:
    peer.answers.pop("get_system_info")
    starting = asyncio.create_task(Core(peer.transport).__aenter__())
    await peer.saw("get_system_info")
    peer.crash(1, "Failed to create folder")
    with pytest.raises(CoreDied, match="Failed to create folder"):
        await starting
    assert len(peer.pipes) == 1


@pytest.mark.parametrize("turns", range(12))
async def test_a_start_that_is_cancelled_at_any_moment_leaves_no_core(
    peer: ScriptedPeer, turns: int
) -> None:
    core = Core(peer.transport)
    starting = asyncio.create_task(core.__aenter__())
    for _ in range(turns):
        await asyncio.sleep(0)
    if starting.cancel():
        with pytest.raises(asyncio.CancelledError):
            await starting
    else:
        await core.__aexit__(None, None, None)
    assert all(pipe._cause is not None for pipe in peer.pipes)
    assert {task.get_name() for task in asyncio.all_tasks()}.isdisjoint({"vestnik-core"})


async def test_the_reader_of_events_is_there_before_the_first_call(peer: ScriptedPeer) -> None:
    async with Core(peer.transport) as core:
        await core.start_io(AccountId(1))
    assert peer.methods.index("get_next_event_batch") < peer.methods.index("start_io")


async def test_a_call_before_the_start_says_what_is_missing() -> None:
    with pytest.raises(CoreDied, match="enter its `async with` first"):
        await Core(ScriptedPeer().transport).get_all_account_ids()


async def test_io_that_cannot_be_restored_is_no_reason_to_die(
    peer: ScriptedPeer, clock: FakeClock, caplog: pytest.LogCaptureFixture
) -> None:
    async with Core(peer.transport, clock=clock) as core:
        await core.start_io(AccountId(1))
        await peer.saw("get_next_event_batch")
        peer.answers.pop("start_io")
        peer.crash()
        await clock.until_sleeping()
        await clock.advance(0.1)
        number = await peer.saw("start_io", times=2)
        peer.send(id=number, error={"code": -1, "message": "no such account"})
        await clock.advance(0)
        assert "no such account" in caplog.text
        assert await core.call("get_all_account_ids") == [1, 2]


@pytest.mark.parametrize(
    "answer", [{"error": {"code": -1, "message": "try later"}}, {"result": "try later"}]
)
async def test_a_core_that_does_not_give_its_events_is_asked_again(
    peer: ScriptedPeer,
    clock: FakeClock,
    caplog: pytest.LogCaptureFixture,
    answer: dict[str, object],
) -> None:
    async with Core(peer.transport, clock=clock) as core, core.events() as events:
        first = await peer.saw("get_next_event_batch")
        peer.send(id=first, **answer)
        await clock.until_sleeping()
        await clock.advance(1)
        await peer.saw("get_next_event_batch", times=2)
        peer.emit((0, {"kind": "EventChannelOverflow", "n": 3}))
        assert (await next_of(events, 1))[0].payload == EventChannelOverflow(n=3)
    assert "asking again" in caplog.text


async def test_a_failed_start_of_io_is_not_remembered(peer: ScriptedPeer, clock: FakeClock) -> None:
    peer.answers.pop("start_io")
    async with Core(peer.transport, clock=clock) as core:
        starting = asyncio.create_task(core.start_io(AccountId(1)))
        number = await peer.saw("start_io")
        peer.send(id=number, error={"code": -1, "message": "not configured"})
        with pytest.raises(CallFailed):
            await starting
        peer.crash()
        await clock.until_sleeping()
        await clock.advance(0.1)
        await peer.saw("get_all_account_ids")
        await clock.advance(0)
        assert peer.methods.count("start_io") == 1


@pytest.mark.parametrize("when", ["alive", "between two lives", "while starting the next"])
async def test_leaving_ends_everything_at_any_moment(
    peer: ScriptedPeer, clock: FakeClock, when: str
) -> None:
    async with Core(peer.transport, clock=clock) as core:
        events = core.events()
        await peer.saw("get_next_event_batch")
        if when != "alive":
            peer.crash()
            await clock.until_sleeping()
        if when == "while starting the next":
            peer.answers.pop("get_system_info")
            await clock.advance(0.1)
            await peer.saw("get_system_info", times=2)
    assert await events.next_batch() == []
    assert all(pipe._cause is not None for pipe in peer.pipes)
    assert {task.get_name() for task in asyncio.all_tasks()}.isdisjoint({"vestnik-core"})


async def test_a_method_that_the_specification_lacks_can_be_called_by_name(
    peer: ScriptedPeer,
) -> None:
    peer.answers["do_something_new"] = {"a": [1, None]}
    async with Core(peer.transport) as core:
        assert await core.call("do_something_new", 1, "x") == {"a": [1, None]}
    assert ("do_something_new", [1, "x"]) in [request[1:] for request in peer.requests]


async def test_events_come_typed_for_the_log_too(peer: ScriptedPeer) -> None:
    async with Core(peer.transport) as core, core.events(AccountId(3)) as events:
        await peer.saw("get_next_event_batch")
        peer.emit((2, {"kind": "Info", "msg": "not mine"}), (3, {"kind": "Info", "msg": "mine"}))
        assert (await next_of(events, 1))[0].payload == Info(msg="mine")
