"""Orders on the stream: each gets its answer, and whoever gets none is told what that means."""

from __future__ import annotations

import asyncio
import json

import pytest

from tests.sdk.conftest import Peer, client, gateway, numbers, take
from vestnik.errors import (
    AnswerLost,
    AuthenticationFailed,
    BadInput,
    GatewayUnreachable,
    OrderFailed,
)
from vestnik.sdk import Gap
from vestnik.sdk.orders import MOST_AT_ONCE


async def order(peer: Peer) -> dict[str, object]:
    """Hear an order, and nothing else."""
    said = await peer.hears()
    assert said["event"] == "rpc"
    request = said["data"]
    assert isinstance(request, dict)
    return request


async def answer(peer: Peer, request: dict[str, object], result: object) -> None:
    data = {"jsonrpc": "2.0", "id": request["id"], "result": result}
    await peer.says(event="rpc", data=data)


async def repeats(peer: Peer) -> None:
    """Answer each order with its parameters."""
    await peer.greets()
    while True:
        request = await order(peer)
        await answer(peer, request, request.get("params"))


async def test_an_order_is_answered() -> None:
    async def answers(peer: Peer) -> None:
        await peer.greets()
        request = await order(peer)
        assert request == {
            "jsonrpc": "2.0",
            "id": 1,
            "method": "answer",
            "params": {"messageId": 12, "text": "hi"},
            "key": "k",
        }
        await answer(peer, request, {"messageId": 13})
        await peer.is_left()

    async with gateway(answers) as served, client(served.url) as stream:
        done = await stream.call("answer", messageId=12, text="hi", idempotency_key="k")
    assert done == {"messageId": 13}


async def test_answers_in_any_order_find_who_waits_for_them() -> None:
    async def answers_backwards(peer: Peer) -> None:
        await peer.greets()
        requests = [await order(peer) for _ in range(3)]
        for request in reversed(requests):
            await answer(peer, request, request["method"])
        await peer.is_left()

    async with gateway(answers_backwards) as served, client(served.url) as stream:
        assert await asyncio.gather(*map(stream.call, "abc")) == ["a", "b", "c"]


async def test_an_error_has_its_code_and_its_words() -> None:
    async def refuses(peer: Peer) -> None:
        await peer.greets()
        request = await order(peer)
        error = {"code": -32601, "message": "There is no method 'anser'."}
        await peer.says(event="rpc", data={"jsonrpc": "2.0", "id": request["id"], "error": error})
        await peer.is_left()

    async with gateway(refuses) as served, client(served.url) as stream:
        with pytest.raises(OrderFailed) as failed:
            await stream.call("anser")
    assert (failed.value.method, failed.value.code) == ("anser", -32601)
    assert str(failed.value) == (
        "The gateway did not do anser (-32601): There is no method 'anser'."
    )


async def test_a_gateway_that_takes_no_orders_is_an_error_at_once() -> None:
    async def declines(peer: Peer) -> None:
        await peer.greets()
        await order(peer)
        await peer.error(5, "This token gives no orders: it lacks the scope 'bot'.")
        await peer.is_left()

    async with gateway(declines) as served, client(served.url) as stream:
        with pytest.raises(OrderFailed, match="lacks the scope 'bot'") as failed:
            await stream.call("getMe")
    assert failed.value.code == 5


async def test_a_connection_that_is_lost_before_the_answer_leaves_it_unknown() -> None:
    async def drops(peer: Peer) -> None:
        await peer.greets()
        await order(peer)
        peer.drops()

    async with gateway(drops, repeats) as served, client(served.url) as stream:
        with pytest.raises(AnswerLost, match="Nobody knows whether answer was done") as lost:
            await stream.call("answer", text="hi")
        assert lost.value.method == "answer"
        # It waits for the next connection.
        assert await stream.call("answer", text="hi") == {"text": "hi"}


async def test_no_answer_in_time_leaves_it_unknown_too() -> None:
    async def keeps_silent(peer: Peer) -> None:
        await peer.greets()
        await peer.is_left()

    async with gateway(keeps_silent) as served, client(served.url) as stream:
        with pytest.raises(AnswerLost, match=r"did not answer within 0\.01 s"):
            await stream.call("getMe", timeout_seconds=0.01)


async def test_an_order_that_was_never_said_was_not_done() -> None:
    has_come_back = asyncio.Event()

    async def drops(peer: Peer) -> None:
        await peer.greets()
        peer.drops()

    async def never_again(peer: Peer) -> None:
        await peer.hears()
        has_come_back.set()
        await peer.is_left()

    async with gateway(drops, never_again) as served, client(served.url) as stream:
        await has_come_back.wait()
        with pytest.raises(GatewayUnreachable, match="it was not done"):
            await stream.call("getMe", timeout_seconds=0.01)


async def test_who_closes_loses_the_answers() -> None:
    heard = asyncio.Event()

    async def keeps_silent(peer: Peer) -> None:
        await peer.greets()
        await order(peer)
        heard.set()
        await peer.is_left()

    async with gateway(keeps_silent) as served, client(served.url) as stream:
        calling = asyncio.create_task(stream.call("getMe"))
        await heard.wait()
        await stream.close()
        with pytest.raises(AnswerLost):
            await calling
        with pytest.raises(BadInput, match="closed"):
            await stream.call("getMe")


async def test_a_token_that_is_refused_meanwhile_ends_calls_as_well() -> None:
    async def drops(peer: Peer) -> None:
        await peer.greets()
        peer.drops()

    async def refuses(peer: Peer) -> None:
        await peer.hears()
        await peer.error(6)
        await peer.is_left()

    async with gateway(drops, refuses) as served, client(served.url) as stream:
        with pytest.raises(AuthenticationFailed):
            await stream.next()
        with pytest.raises(AuthenticationFailed):
            await stream.call("getMe")


async def test_a_call_that_is_cancelled_leaves_nothing_behind() -> None:
    late: list[dict[str, object]] = []
    heard = asyncio.Event()

    async def answers_late(peer: Peer) -> None:
        await peer.greets()
        late.append(await order(peer))
        heard.set()
        request = await order(peer)
        await answer(peer, late[0], "too late")
        await answer(peer, request, "in time")
        await peer.is_left()

    async with gateway(answers_late) as served, client(served.url) as stream:
        calling = asyncio.create_task(stream.call("one"))
        await heard.wait()
        calling.cancel()
        with pytest.raises(asyncio.CancelledError):
            await calling
        assert not stream._orders.are_waiting
        assert await stream.call("two") == "in time"


async def test_only_so_many_are_said_at_once() -> None:
    async def counts(peer: Peer) -> None:
        await peer.greets()
        first = [await order(peer) for _ in range(MOST_AT_ONCE)]
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.05):
                await peer.socket.recv()
        await answer(peer, first[0], 0)
        last = await order(peer)
        for request in [*first[1:], last]:
            await answer(peer, request, 0)
        await peer.is_left()

    async with gateway(counts) as served, client(served.url) as stream:
        done = await asyncio.gather(*(stream.call("m") for _ in range(MOST_AT_ONCE + 1)))
    assert done == [0] * (MOST_AT_ONCE + 1)


async def test_without_a_connection_there_are_no_calls() -> None:
    with pytest.raises(BadInput, match="Nothing is connected"):
        await client("ws://127.0.0.1:1").call("getMe")


class Log:
    """A gateway that tells from wherever it is asked, and answers orders."""

    def __init__(self, length: int) -> None:
        self.length = length
        self.resumed: list[int] = []

    async def __call__(self, peer: Peer) -> None:
        await peer.greets(epoch="e", offset=0)
        await self._tell(peer, 0)
        async for raw in peer.socket:
            said = json_of(raw)
            if said["event"] == "resume":
                place = said["data"]
                assert isinstance(place, dict)
                self.resumed.append(place["offset"])
                await peer.says(
                    event="hello",
                    data={"id": "c", "epoch": "e", "offset": self.length, "recovered": True},
                )
                await self._tell(peer, place["offset"])
            elif said["event"] == "rpc":
                request = said["data"]
                assert isinstance(request, dict)
                await answer(peer, request, None)

    async def _tell(self, peer: Peer, after: int) -> None:
        for number in range(after + 1, self.length + 1):
            await peer.tells(number, offset=number)


def json_of(raw: str | bytes) -> dict[str, object]:
    said: dict[str, object] = json.loads(raw)
    return said


async def test_an_answer_behind_more_notifications_than_there_is_room_for_comes_all_the_same() -> (
    None
):
    log = Log(50)
    gaps: list[Gap] = []
    async with gateway(log) as served, client(served.url, most_waiting=4) as stream:
        stream.on_gap(gaps.append)
        taken = []
        async with asyncio.timeout(20):
            async for notification in stream:
                taken.append(notification)
                await stream.call("answer")
                if len(taken) == log.length:
                    break
        assert len(stream._inbox._items) == 0
    assert numbers(taken) == list(range(1, 51))
    assert gaps == []
    assert log.resumed


async def test_without_positions_what_there_was_no_room_for_is_a_gap() -> None:
    async def tells_many(peer: Peer) -> None:
        await peer.greets()
        first = await order(peer)
        for number in range(1, 6):
            await peer.tells(number)
        await answer(peer, first, None)
        await answer(peer, await order(peer), None)
        await peer.tells(6)
        await peer.is_left()

    gaps: list[Gap] = []

    async with gateway(tells_many) as served, client(served.url, most_waiting=2) as stream:
        stream.on_gap(gaps.append)
        await stream.call("one")
        taken = await take(stream, 2)
        await stream.call("two")
        taken += await take(stream, 1)
    assert numbers(taken) == [1, 2, 6]
    assert [gap.lost for gap in gaps] == [3]
