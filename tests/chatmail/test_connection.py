"""Calls over one life of a core."""

import asyncio
import math
from collections.abc import AsyncIterator

import pytest

from tests.chatmail.scripted import NarrowTransport, ScriptedPeer
from vestnik.chatmail import connection as connection_module
from vestnik.chatmail.connection import Connection
from vestnik.errors import CallFailed, CallTimedOut, CoreDied, UnexpectedAnswer, UnknownMethod


@pytest.fixture
def peer() -> ScriptedPeer:
    return ScriptedPeer()


@pytest.fixture
async def transport(peer: ScriptedPeer) -> NarrowTransport:
    return NarrowTransport(peer)


@pytest.fixture
async def connection(transport: NarrowTransport) -> AsyncIterator[Connection]:
    connection = Connection(transport)
    await connection.open()
    yield connection
    await connection.close()


def calling(connection: Connection, method: str, seconds: float = 10) -> asyncio.Task[bytes]:
    async def call() -> bytes:
        return bytes(await connection.request(method, (), seconds))

    return asyncio.create_task(call())


async def test_answers_find_their_calls_in_any_order(
    connection: Connection, peer: ScriptedPeer
) -> None:
    calls = [calling(connection, name) for name in ("a", "b", "c")]
    ids = [await peer.saw(name) for name in ("a", "b", "c")]
    for number in reversed(ids):
        peer.send(id=number, result=number)
    assert [int(await call) for call in calls] == ids


async def test_a_refusal_is_a_typed_error_with_the_cores_words(
    connection: Connection, peer: ScriptedPeer
) -> None:
    call = calling(connection, "start_io")
    peer.answers.clear()
    peer.send(id=await peer.saw("start_io"), error={"code": -1, "message": "no such account"})
    with pytest.raises(CallFailed, match="The core refused start_io: no such account") as caught:
        await call
    assert (caught.value.code, caught.value.reason) == (-1, "no such account")


async def test_a_method_that_the_core_lacks_is_an_error_of_the_caller(
    connection: Connection, peer: ScriptedPeer
) -> None:
    call = calling(connection, "a")
    error = {"code": -32601, "message": "Method not found"}
    peer.send(id=await peer.saw("a"), error=error)
    with pytest.raises(UnknownMethod, match="no method 'a'"):
        await call


async def test_an_answer_without_a_result_is_unexpected(
    connection: Connection, peer: ScriptedPeer
) -> None:
    call = calling(connection, "a")
    peer.send(id=await peer.saw("a"))
    with pytest.raises(UnexpectedAnswer, match="neither a result nor an error"):
        await call


async def test_a_line_that_answers_nothing_is_logged_and_hurts_nobody(
    connection: Connection, peer: ScriptedPeer, caplog: pytest.LogCaptureFixture
) -> None:
    call = calling(connection, "a")
    number = await peer.saw("a")
    peer.pipes[-1].send(b"panic at the disco\n")
    peer.send(id=None, error={"code": -32700, "message": "expected value"})
    peer.send(id=number, result=7)
    assert await call == b"7"
    assert "panic" in caplog.text
    assert "expected value" in caplog.text


async def test_a_deadline_fails_the_call_and_a_late_answer_is_dropped(
    connection: Connection, peer: ScriptedPeer, caplog: pytest.LogCaptureFixture
) -> None:
    with pytest.raises(CallTimedOut, match=r"did not answer slow within 0\.01 s"):
        await calling(connection, "slow", seconds=0.01)
    late = await peer.saw("slow")
    call = calling(connection, "a")
    peer.send(id=late, result="late")
    peer.send(id=await peer.saw("a"), result="in time")
    assert await call == b'"in time"'
    assert not caplog.records


async def test_a_cancelled_call_frees_its_place_and_its_answer_is_dropped(
    connection: Connection, peer: ScriptedPeer
) -> None:
    call = calling(connection, "a")
    number = await peer.saw("a")
    call.cancel()
    with pytest.raises(asyncio.CancelledError):
        await call
    peer.send(id=number, result=1)
    again = calling(connection, "b")
    peer.send(id=await peer.saw("b"), result=2)
    assert await again == b"2"


async def test_the_death_of_the_core_fails_all_calls_and_every_later_one(
    connection: Connection, peer: ScriptedPeer
) -> None:
    calls = [calling(connection, name, seconds=math.inf) for name in ("a", "b", "c")]
    await peer.saw("c")
    peer.crash(-9, "out of memory")
    for call in calls:
        with pytest.raises(CoreDied, match=r"ended by signal 9\. Its last words: out of memory"):
            await call
    with pytest.raises(CoreDied) as caught:
        await connection.request("d", (), 10)
    assert (caught.value.exit_status, caught.value.stderr) == (-9, ("out of memory",))
    assert "d" not in peer.methods


async def test_what_the_core_said_before_it_died_still_counts(
    connection: Connection, peer: ScriptedPeer
) -> None:
    call = calling(connection, "a")
    peer.send(id=await peer.saw("a"), result="last")
    peer.crash()
    assert await call == b'"last"'


async def test_closing_fails_the_calls_that_wait(
    connection: Connection, peer: ScriptedPeer
) -> None:
    call = calling(connection, "a", seconds=math.inf)
    await peer.saw("a")
    await connection.close()
    with pytest.raises(CoreDied):
        await call


async def test_each_call_has_its_own_deadline(connection: Connection, peer: ScriptedPeer) -> None:
    never, late, soon, first = (
        calling(connection, f"call_{seconds}", seconds) for seconds in (math.inf, 0.1, 0.05, 0.01)
    )
    for call, seconds in ((first, 0.01), (soon, 0.05), (late, 0.1)):
        with pytest.raises(CallTimedOut, match=f"call_{seconds} within {seconds} s"):
            await call
    peer.send(id=await peer.saw("call_inf"), result=1)
    assert await never == b"1"


async def test_many_calls_begun_at_once_are_few_writes_in_their_order(
    connection: Connection, peer: ScriptedPeer, transport: NarrowTransport
) -> None:
    names = [f"call_{n}" for n in range(500)]
    calls = [calling(connection, name) for name in names]
    await peer.saw(names[-1])
    assert peer.methods == names
    assert len(transport.writes) < 25
    assert b"".join(transport.writes).count(b"\n") == len(names)
    for number, _, _ in list(peer.requests):
        peer.send(id=number, result=number)
    assert [int(await call) for call in calls] == [number for number, _, _ in peer.requests]


async def test_what_was_asked_just_before_closing_is_still_written(
    connection: Connection, transport: NarrowTransport
) -> None:
    calls = [calling(connection, name) for name in "abcde"]
    await asyncio.sleep(0)
    await connection.close()
    assert b"".join(transport.writes).count(b"\n") == len(calls)
    assert all(
        isinstance(e, CoreDied) for e in await asyncio.gather(*calls, return_exceptions=True)
    )


async def test_while_the_core_does_not_read_calls_are_kept_and_then_sent_in_their_order(
    connection: Connection, peer: ScriptedPeer, transport: NarrowTransport
) -> None:
    transport.room.clear()
    calls = [calling(connection, name) for name in ("a", "b", "c")]
    with pytest.raises(CallTimedOut):
        await calling(connection, "d", seconds=0.01)
    calls[1].cancel()
    assert not transport.writes
    transport.room.set()
    for name in ("a", "c"):
        peer.send(id=await peer.saw(name), result=1)
    assert [await calls[0], await calls[2]] == [b"1", b"1"]
    assert peer.methods == ["a", "c"]


async def test_calls_that_are_kept_die_with_the_core(
    connection: Connection, peer: ScriptedPeer, transport: NarrowTransport
) -> None:
    transport.room.clear()
    call = calling(connection, "a", seconds=math.inf)
    await asyncio.sleep(0)
    peer.crash()
    with pytest.raises(CoreDied):
        await call
    transport.room.set()
    await asyncio.sleep(0)
    assert not transport.writes


@pytest.mark.parametrize("has_room", [True, False])
async def test_what_cannot_be_encoded_fails_its_caller_and_nobody_else(
    connection: Connection, peer: ScriptedPeer, transport: NarrowTransport, has_room: bool
) -> None:
    if not has_room:
        transport.room.clear()
    wrong = asyncio.create_task(connection.request("wrong", (object(),), 10))
    right = calling(connection, "right")
    await asyncio.sleep(0)
    transport.room.set()
    with pytest.raises(TypeError):
        await wrong
    peer.send(id=await peer.saw("right"), result=1)
    assert await right == b"1"
    assert peer.methods == ["right"]


async def test_calls_beyond_the_bound_wait_for_a_turn_within_their_deadline(
    connection: Connection, peer: ScriptedPeer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connection_module, "MAX_CALLS_IN_FLIGHT", 2)
    small = Connection(peer.transport())
    await small.open()
    first, second, third = (calling(small, name) for name in ("a", "b", "c"))
    await peer.saw("b")
    with pytest.raises(CallTimedOut):
        await calling(small, "d", seconds=0.01)
    assert {"c", "d"}.isdisjoint(peer.methods)
    peer.send(id=await peer.saw("a"), result=1)
    assert await first == b"1"
    peer.send(id=await peer.saw("c"), result=3)
    assert await third == b"3"
    peer.send(id=await peer.saw("b"), result=2)
    assert await second == b"2"
    await small.close()


async def test_a_call_that_is_cancelled_or_late_gives_its_place_to_the_next(
    connection: Connection, peer: ScriptedPeer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connection_module, "MAX_CALLS_IN_FLIGHT", 2)
    cancelled, late = calling(connection, "cancelled"), calling(connection, "late", seconds=0.05)
    next_one, last = calling(connection, "next"), calling(connection, "last")
    await peer.saw("late")
    cancelled.cancel()
    peer.send(id=await peer.saw("next"), result=1)
    assert await next_one == b"1"
    with pytest.raises(CallTimedOut):
        await late
    peer.send(id=await peer.saw("last"), result=2)
    assert await last == b"2"
