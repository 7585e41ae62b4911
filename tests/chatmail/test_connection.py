"""Calls over one life of a core."""

import asyncio
import math
from collections.abc import AsyncIterator

import pytest

from tests.chatmail.scripted import ScriptedPeer
from vestnik.chatmail import connection as connection_module
from vestnik.chatmail.connection import Connection
from vestnik.errors import CallFailed, CallTimedOut, CoreDied, UnexpectedAnswer, UnknownMethod


@pytest.fixture
def peer() -> ScriptedPeer:
    return ScriptedPeer()


@pytest.fixture
async def connection(peer: ScriptedPeer) -> AsyncIterator[Connection]:
    connection = Connection(peer.transport())
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
