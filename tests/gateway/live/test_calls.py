"""Orders that come over connections, and their answers."""

from __future__ import annotations

import asyncio
import json
import socket
from collections import Counter
from collections.abc import AsyncIterator, Callable

import msgspec
import pytest

from tests.gateway.live.stage import ANN, Client, Json, Raw, Stage, text, until, ups
from tests.gateway.live.test_slow_readers import BOUND, OPTIONS, messages_of
from vestnik.gateway.live import calls as calls_module
from vestnik.gateway.model import Scope, Token
from vestnik.ids import ResourceId, TokenId

BOT = frozenset({Scope.BOT, Scope.NOTIFY})


class Staff:
    """Carries orders out when the test lets it."""

    def __init__(self) -> None:
        self.begun: list[object] = []
        self.ended: list[object] = []
        self.tokens: list[Token] = []
        self.result: Callable[[object], object] = lambda id: id
        self._waiting: dict[object, asyncio.Future[None]] = {}

    async def carry_out(
        self, token: Token, request: bytes | msgspec.Raw, key: str | None = None
    ) -> bytes | None:
        asked = json.loads(bytes(request))
        id = asked.get("id")
        self.tokens.append(token)
        self.begun.append(id)
        if asked["method"] == "wait":
            self._waiting[id] = asyncio.get_running_loop().create_future()
            await self._waiting[id]
        if asked["method"] == "fail":
            raise ValueError(id)
        self.ended.append(id)
        if id is None:
            return None
        return json.dumps({"jsonrpc": "2.0", "id": id, "result": self.result(id)}).encode()

    def let(self, id: object) -> None:
        """Let one that waits end."""
        self._waiting.pop(id).set_result(None)

    async def until_begun(self, count: int) -> None:
        await until(lambda: len(self.begun) == count)


@pytest.fixture
def staff() -> Staff:
    return Staff()


@pytest.fixture
async def bot(stage: Stage, staff: Staff) -> AsyncIterator[Client]:
    """Give a client that may give orders, and be notified."""
    stage.hub.take_orders(staff)
    async with stage.client(token=stage.token(scopes=BOT)) as client:
        yield client


async def order(client: Client, id: object, method: str = "now") -> None:
    await client.say("rpc", {"jsonrpc": "2.0", "id": id, "method": method})


async def answer(client: Client) -> Json:
    message = await client.hear()
    assert message["event"] == "rpc", message
    data = message["data"]
    assert isinstance(data, dict)
    return data


async def error(client: Client) -> Json:
    message = await client.hear()
    assert message["event"] == "error", message
    data = message["data"]
    assert isinstance(data, dict)
    return data


async def test_an_order_is_carried_out_and_answered(bot: Client, staff: Staff) -> None:
    await order(bot, "a")
    assert await answer(bot) == {"jsonrpc": "2.0", "id": "a", "result": "a"}
    assert staff.tokens[0].scopes == BOT


async def test_answers_come_in_the_order_in_which_they_are_there(bot: Client, staff: Staff) -> None:
    for id in (1, 2, 3):
        await order(bot, id, "wait")
    await staff.until_begun(3)
    assert staff.begun == [1, 2, 3]
    for id in (3, 1, 2):
        staff.let(id)
        assert (await answer(bot))["id"] == id


async def test_what_wants_no_answer_gets_none(bot: Client, staff: Staff) -> None:
    await bot.say("rpc", {"jsonrpc": "2.0", "method": "now"})
    await staff.until_begun(1)
    assert await bot.sync() == []


async def test_an_answer_does_not_overtake_what_was_told_before(
    stage: Stage, bot: Client, staff: Staff
) -> None:
    await order(bot, 1, "wait")
    await staff.until_begun(1)
    await stage.publish(1, 2)
    staff.let(1)
    heard = [await bot.hear() for _ in range(3)]
    assert [message["event"] for message in heard] == ["notify", "notify", "rpc"]
    assert ups(heard[:2]) == [1, 2]


async def test_a_mistake_is_answered_and_the_connection_goes_on(
    bot: Client, staff: Staff, caplog: pytest.LogCaptureFixture
) -> None:
    await order(bot, 7, "fail")
    found = await answer(bot)
    assert (found["id"], found["error"]["code"]) == (7, -32603)  # type: ignore[index]
    assert "An order could not be carried out." in caplog.text
    await order(bot, 8)
    assert (await answer(bot))["result"] == 8


async def test_too_many_at_once_are_refused_by_their_id(
    stage: Stage, bot: Client, staff: Staff
) -> None:
    for id in range(65):
        await order(bot, id, "wait")
    found = await answer(bot)
    assert (found["id"], found["error"]["code"]) == (64, -32003)  # type: ignore[index]
    assert len(staff.begun) == 64
    assert stage.hub.stats.refused_calls == 1
    staff.let(0)
    assert (await answer(bot))["id"] == 0
    await order(bot, "again")
    assert (await answer(bot))["result"] == "again"
    for id in range(1, 64):
        staff.let(id)
    assert [(await answer(bot))["id"] for _ in range(63)] == list(range(1, 64))


async def test_a_token_has_a_bound_of_its_own_for_those_who_come_again(
    stage: Stage, staff: Staff, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(calls_module, "MOST_OF_TOKEN", 2)
    stage.hub.take_orders(staff)
    token = stage.token(scopes=BOT)
    for id in (1, 2):
        async with stage.client(token=token) as client:
            await order(client, id, "wait")
            await staff.until_begun(id)
    async with stage.client(token=token) as client:
        await order(client, 3)
        assert (await answer(client))["error"]["code"] == -32003  # type: ignore[index]
        staff.let(1)
        await until(lambda: staff.ended == [1])
        await order(client, 4)
        assert (await answer(client))["result"] == 4
    staff.let(2)


async def test_what_has_begun_ends_though_the_connection_is_gone(
    stage: Stage, staff: Staff
) -> None:
    stage.hub.take_orders(staff)
    async with stage.client(token=stage.token(scopes=BOT)) as client:
        await order(client, 1, "wait")
        await staff.until_begun(1)
    await stage.until(lambda stats: stats.connections == 0)
    assert len(stage.hub.calls) == 1
    staff.let(1)
    await stage.hub.calls.settled()
    assert staff.ended == [1]
    assert len(stage.hub.calls) == 0


async def test_a_revoked_token_gives_no_more_orders(stage: Stage, staff: Staff) -> None:
    stage.hub.take_orders(staff)
    async with stage.client(token=stage.token(scopes=BOT, id="tok")) as client:
        await order(client, 1, "wait")
        await staff.until_begun(1)
        await stage.revoke("tok")
        assert (await client.closing())[0] == 1006
    staff.let(1)
    await stage.hub.calls.settled()


async def test_an_order_before_hello_is_out_of_place(stage: Stage, staff: Staff) -> None:
    stage.hub.take_orders(staff)
    async with stage.connect() as client:
        await order(client, 1)
        assert (await error(client))["code"] == 5
        await client.authenticate(token=stage.token(scopes=BOT))
    assert staff.begun == []


async def test_a_token_without_the_scope_gives_no_orders(stage: Stage, staff: Staff) -> None:
    stage.hub.take_orders(staff)
    async with stage.client() as client:
        await order(client, 1)
        found = await error(client)
        assert found["code"] == 5
        assert "'bot'" in str(found["message"])
    assert staff.begun == []


async def test_where_nobody_takes_orders_one_is_told_so(stage: Stage, bot: Client) -> None:
    stage.hub.take_orders(None)
    await order(bot, 1)
    found = await error(bot)
    assert (found["code"], "no bots" in str(found["message"])) == (5, True)


@pytest.mark.parametrize("data", [None, 5, "get_chat", True])
async def test_what_is_no_json_rpc_is_an_error_of_the_protocol(
    bot: Client, staff: Staff, data: object
) -> None:
    await bot.say("rpc", data)
    assert (await error(bot))["code"] == 5
    assert staff.begun == []


async def test_who_is_only_to_give_orders_hears_nothing(stage: Stage, staff: Staff) -> None:
    stage.hub.take_orders(staff)
    token = stage.token(scopes=frozenset({Scope.BOT}), resource=ResourceId("bot"))
    async with stage.client(token=token, resume=True) as client:
        assert set(client.hello) == {"id"}
        await stage.publish(1)
        await order(client, 1)
        assert (await answer(client))["result"] == 1
        await client.say("resume", {"epoch": "e", "offset": 0})
        found = await error(client)
        assert "'notify'" in str(found["message"])
    assert stage.hub.stats.channels == 0


async def test_what_it_missed_is_honestly_not_recovered_for_who_hears_nothing(
    stage: Stage,
) -> None:
    token = stage.token(scopes=frozenset({Scope.BOT}))
    place = {"epoch": "e", "offset": 0}
    async with stage.client(token=token, resume=place) as client:
        assert client.hello["recovered"] is False


async def test_the_operator_comes_in_to_give_orders_to_the_core(stage: Stage, staff: Staff) -> None:
    stage.hub.take_orders(staff)
    async with stage.client(token=stage.token(None, frozenset({Scope.CORE}))) as client:
        await order(client, 1)
        assert (await answer(client))["result"] == 1
    assert staff.tokens[0].owner is None


async def test_an_operator_who_is_to_hear_is_told_why_he_cannot(stage: Stage) -> None:
    token = stage.token(None, frozenset({Scope.CORE, Scope.NOTIFY}))
    async with stage.connect() as client:
        await client.say("auth", {"token": token})
        assert (await error(client))["code"] == 6


async def test_the_end_awaits_what_runs_and_its_answer_still_goes_out(
    stage: Stage, bot: Client, staff: Staff
) -> None:
    await order(bot, 1, "wait")
    await staff.until_begun(1)
    draining = asyncio.create_task(stage.hub.drain(60))
    await until(lambda: stage.hub.calls.is_closed)
    await order(bot, 2)
    refused = await answer(bot)
    assert (refused["id"], refused["error"]["code"]) == (2, -32003)  # type: ignore[index]
    staff.let(1)
    assert (await answer(bot))["result"] == 1
    assert (await bot.closing())[0] == 1012
    await draining


async def test_the_end_does_not_wait_for_ever(stage: Stage, bot: Client, staff: Staff) -> None:
    await order(bot, 1, "wait")
    await staff.until_begun(1)
    await stage.hub.drain(0.02)
    await bot.closing()
    assert len(stage.hub.calls) == 1
    await stage.hub.calls.close()
    assert (len(stage.hub.calls), staff.ended) == (0, [])


async def test_too_long_an_answer_says_to_ask_over_http(
    bot: Client, staff: Staff, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(calls_module, "MOST_ANSWER", 1000)
    staff.result = lambda id: "x" * 2000
    await order(bot, 5)
    found = await answer(bot)
    assert (found["id"], found["error"]["code"]) == (5, -32003)  # type: ignore[index]
    assert "HTTP" in str(found["error"])


async def ordering(stage: Stage, staff: Staff) -> Raw:
    stage.hub.take_orders(staff)
    raw = await stage.raw(small=True)
    await raw.upgrade()
    await raw.authenticate(stage.token(scopes=BOT))
    return raw


def rpc(id: int, method: str = "wait") -> bytes:
    return text({"event": "rpc", "data": {"jsonrpc": "2.0", "id": id, "method": method}})


async def test_no_answer_is_lost_to_a_client_that_is_slow(staff: Staff) -> None:
    async with Stage(OPTIONS) as stage, await ordering(stage, staff) as raw:
        staff.result = lambda id: "x" * 20_000
        await raw.send(b"".join(map(rpc, range(60))))
        await staff.until_begun(60)
        (connection,) = stage.hub._connections()
        sock = connection._transport.get_extra_info("socket")
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4096)
        for id in range(60):
            staff.let(id)
        await until(lambda: len(staff.ended) == 60)
        assert connection.is_slow
        assert connection._transport.get_write_buffer_size() < BOUND + 3 * 20_000
        received, heard = b"", list[Json]()
        while len(heard) < 60:
            raw.received += await raw.receive()
            received, heard = raw.received, _whole(raw.received)
        assert received
        assert sorted(_ids(heard)) == list(range(60))


async def test_long_answers_wait_only_as_far_as_there_is_room(
    staff: Staff, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(calls_module, "MOST_ANSWER", 50_000)
    monkeypatch.setattr(calls_module, "_SHORT", 10_000)
    async with Stage(OPTIONS) as stage, await ordering(stage, staff) as raw:
        await raw.send(b"".join(map(rpc, range(4))))
        await staff.until_begun(4)
        stage.be_slow(True)
        staff.result = lambda id: "x" * (30_000 if id != 3 else 9_000)
        for id in range(4):
            staff.let(id)
        await until(lambda: len(staff.ended) == 4)
        stage.be_slow(False)
        heard = list[Json]()
        while len(heard) < 4:
            raw.received += await raw.receive()
            heard = _whole(raw.received)
    assert [("result" in one["data"]) for one in heard] == [True, False, False, True]  # type: ignore[operator]
    assert _ids(heard) == [0, 1, 2, 3]


class Slow:
    """A connection whose client reads nothing, until it is told to."""

    calls: calls_module.Open | None = None
    token: Token | None = None

    def __init__(self) -> None:
        self.is_slow = True
        self.told: list[bytes] = []

    def tell(self, data: bytes) -> None:
        self.told.append(data)


def test_the_clients_of_one_token_have_so_much_unread_together(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(calls_module, "MOST_UNREAD", 250_000)
    unread = Counter[TokenId]()
    ann, bob = TokenId("ann"), TokenId("bob")
    ours = [(one := Slow(), calls_module.Open(one, ann, unread)) for _ in range(3)]
    theirs = calls_module.Open(Slow(), bob, unread)
    request, answer = msgspec.Raw(b'{"id":1}'), b"1" * 100_000

    for _, held in ours:
        held.give(request, answer)
    theirs.give(request, answer)
    assert (unread[ann], unread[bob]) == (200_000, 100_000)

    refused, held = ours[2]
    refused.is_slow = False
    held.go_on()
    assert b"other connections" in refused.told[0]

    ours[0][0].is_slow = False
    ours[0][1].go_on()
    assert unread[ann] == 100_000
    ours[1][1].leave()
    theirs.leave()
    assert unread == {}


def test_what_lies_in_the_buffer_of_a_slow_client_is_unread(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    unread, client, ann = Counter[TokenId](), Slow(), TokenId("ann")
    monkeypatch.setattr(client, "tell", lambda data: setattr(client, "is_slow", True))
    held = calls_module.Open(client, ann, unread)
    client.is_slow = False
    held.give(msgspec.Raw(b'{"id":1}'), b"1" * 100_000)
    assert unread[ann] == 100_000
    client.is_slow = False
    held.go_on()
    assert unread == {}


async def test_answers_to_who_is_gone_take_no_room(staff: Staff) -> None:
    async with Stage(OPTIONS) as stage, await ordering(stage, staff) as raw:
        await raw.send(rpc(1) + rpc(2))
        await staff.until_begun(2)
        stage.be_slow(True)
        (connection,) = stage.hub._connections()
        staff.let(1)
        await until(lambda: staff.ended == [1])
        held = connection.calls
        assert held is not None
        await until(lambda: len(held) == 2 and held.running == 1)
        connection.abort()
        assert connection.calls is None
        assert len(held) == 1
        staff.let(2)
        await until(lambda: len(held) == 0)


async def test_what_waits_for_a_slow_client_goes_out_before_the_goodbye(staff: Staff) -> None:
    async with Stage(OPTIONS) as stage, await ordering(stage, staff) as raw:
        await raw.send(rpc(1))
        await staff.until_begun(1)
        stage.be_slow(True)
        staff.let(1)
        await until(lambda: staff.ended == [1])
        draining = asyncio.create_task(stage.hub.drain(60))
        data = await raw.until(b"The server restarts.")
        await stage.clock.advance(6)
        await draining
    assert b'"result": 1' in data


def _whole(data: bytes) -> list[Json]:
    """Return the messages that have wholly come."""
    found = list[Json]()
    while len(data) >= 4:
        size, start = (data[1], 2) if data[1] < 126 else (int.from_bytes(data[2:4]), 4)
        if len(data) < start + size:
            break
        found += messages_of(data[: start + size])
        data = data[start + size :]
    return found


def _ids(messages: list[Json]) -> list[int]:
    return [message["data"]["id"] for message in messages]  # type: ignore[index]


async def test_positions_and_orders_live_on_one_connection(stage: Stage, staff: Staff) -> None:
    stage.hub.take_orders(staff)
    async with stage.client(token=stage.token(scopes=BOT), resume=True) as client:
        assert client.hello["epoch"] == (await stage.store.log.position(ANN)).epoch
        await order(client, 1)
        assert (await answer(client))["result"] == 1
