"""The protocol as a client sees it, from hello to goodbye."""

import json

import aiohttp
import pytest
from websockets.exceptions import ConnectionClosedError, InvalidStatus

from tests.gateway.live.stage import ANN, BOB, Stage, notification, up, ups
from vestnik.gateway.live import LiveOptions
from vestnik.gateway.model import Scope
from vestnik.wire import Dialect


async def test_says_hello_and_tells_what_happens_exactly_as_the_document_has_it(
    stage: Stage,
) -> None:
    async with stage.client() as client:
        assert set(client.hello) == {"id"}
        await stage.tell(*await stage.store_only(notification(7, {"upCount": 1})))

        assert await client.hear() == {
            "event": "notify",
            "data": {
                "type": 1,
                "payload": {"upCount": 1},
                "affected": "up7",
                "user": "user",
                "happened": 7,
            },
        }


@pytest.mark.parametrize("path", ["/websocket/", "/websocket"])
async def test_is_at_both_paths(stage: Stage, path: str) -> None:
    async with aiohttp.ClientSession() as session:
        url = f"http://127.0.0.1:{stage.port}{path}"
        async with session.ws_connect(url) as socket:
            await socket.send_json({"event": "ping"})
            assert await socket.receive_json() == {"event": "pong", "data": {}}


@pytest.mark.parametrize(
    "ping",
    [
        '{"event": "ping"}',
        '{"event":"ping","data":{"data":{}}}',
        '{"event":"ping","data":{}}',
        '{"event":"ping","data":null}',
    ],
)
async def test_answers_every_known_form_of_ping_before_and_after_hello(
    stage: Stage, ping: str
) -> None:
    async with stage.connect() as client:
        await client.socket.send(ping)
        assert await client.hear() == {"event": "pong", "data": {}}
        await client.authenticate(token=stage.token())
        await client.socket.send(ping)
        assert await client.hear() == {"event": "pong", "data": {}}


async def test_a_second_try_with_the_right_token_is_welcome(stage: Stage) -> None:
    async with stage.connect() as client:
        for wrong in ({"token": "wrong"}, {}):
            await client.say("auth", wrong)
            answer = await client.hear()
            assert answer["event"] == "error"
            assert isinstance(answer["data"], dict)
            assert answer["data"]["code"] == 6
        assert await client.authenticate(token=stage.token())


async def test_the_third_wrong_try_is_the_last(stage: Stage) -> None:
    async with stage.connect() as client:
        for _ in range(3):
            await client.say("auth", {"token": "wrong"})
            assert (await client.hear())["event"] == "error"
        assert await client.closing() == (1008, "Too many tries to authenticate.")


@pytest.mark.parametrize("is_operator", [True, False])
async def test_a_token_that_cannot_be_notified_is_told_why(stage: Stage, is_operator: bool) -> None:
    token = stage.token(None) if is_operator else stage.token(ANN, frozenset({Scope.PUBLISH}))
    async with stage.connect() as client:
        await client.say("auth", {"token": token})
        answer = (await client.hear())["data"]
    assert isinstance(answer, dict)
    assert answer["code"] == 6
    assert ("owner" if is_operator else "'notify'") in answer["message"]


async def test_two_connections_of_one_token_get_both_everything_and_another_owner_nothing(
    stage: Stage,
) -> None:
    token = stage.token()
    async with (
        stage.client(token=token) as one,
        stage.client(token=token) as two,
        stage.client(token=stage.token(BOB)) as other,
    ):
        await stage.publish(1, 2)
        await stage.publish(9, owner=BOB)
        assert ups(await one.sync()) == ups(await two.sync()) == [1, 2]
        assert ups(await other.sync()) == [9]


async def test_nothing_from_before_hello_is_told(stage: Stage) -> None:
    async with stage.client() as first, stage.connect() as second:
        await stage.publish(1)
        await second.authenticate(token=stage.token())
        await stage.publish(2)
        assert ups(await first.sync()) == [1, 2]
        assert ups(await second.sync()) == [2]


async def test_a_switched_dialect_holds_for_what_follows(stage: Stage) -> None:
    async with stage.client() as client:
        await stage.publish(1)
        await stage.change(ANN, Dialect.NAMED)
        await stage.publish(2)
        before, after = await client.sync()
    assert isinstance(before["data"], dict)
    assert isinstance(after["data"], dict)
    assert before["data"]["type"] == 1
    assert after["data"]["type"] == "up_added"
    assert after["data"]["id"] == "bot"


async def test_a_revoked_token_looks_like_1006_to_websockets(stage: Stage) -> None:
    async with (
        stage.client(token=stage.token(id="gone")) as gone,
        stage.client(token=stage.token(id="stays")) as stays,
    ):
        await stage.revoke("gone")
        with pytest.raises(ConnectionClosedError):
            await gone.hear()
        assert await gone.closing() == (1006, "")
        await stage.publish(1)
        assert up(await stays.hear()) == 1
    assert stage.hub.stats.revoked == 1


async def test_a_revoked_token_looks_like_1006_to_aiohttp(stage: Stage) -> None:
    token = stage.token(id="gone")
    async with aiohttp.ClientSession() as session, session.ws_connect(stage.url) as socket:
        await socket.send_json({"event": "auth", "data": {"token": token}})
        assert json.loads(await socket.receive_str())["event"] == "hello"
        await stage.revoke("gone")
        await socket.receive()
        assert socket.close_code == 1006


async def test_connections_go_with_their_owner(stage: Stage) -> None:
    async with stage.client() as client, stage.client(token=stage.token(BOB)) as other:
        await stage.forget(ANN)
        assert (await client.closing())[0] == 1006
        assert await other.sync() == []


async def test_a_restart_is_told_by_1012_and_nobody_new_gets_in(stage: Stage) -> None:
    async with stage.client() as client, stage.connect() as waiting:
        await stage.publish(1)
        await stage.hub.drain(5)
        assert up(await client.hear()) == 1
        assert (await client.closing())[0] == 1012
        assert (await waiting.closing())[0] == 1012
        with pytest.raises(InvalidStatus) as refusal:
            await stage.connect().__aenter__()
    assert refusal.value.response.status_code == 503
    assert "Retry-After" in refusal.value.response.headers
    assert stage.hub.stats.connections == 0


async def test_a_client_may_leave_and_its_own_code_comes_back(stage: Stage) -> None:
    async with stage.client() as client:
        await client.socket.close(4321, "enough")
        assert await client.closing() == (4321, "enough")


async def test_one_address_may_connect_fifteen_times_in_ten_seconds() -> None:
    async with Stage(LiveOptions()) as stage:
        for _ in range(15):
            async with stage.connect():
                pass
        with pytest.raises(InvalidStatus) as refusal:
            await stage.connect().__aenter__()
        assert refusal.value.response.status_code == 429
        await stage.clock.advance(int(refusal.value.response.headers["Retry-After"]))
        async with stage.connect():
            assert stage.hub.stats.limited == 1


async def test_one_token_may_connect_fifteen_times_in_ten_seconds_from_anywhere() -> None:
    async with Stage(LiveOptions(attempts=3, trusted_proxies=("127.0.0.0/8",))) as stage:
        token = stage.token()
        for number in range(3):
            async with stage.from_address(f"192.0.2.{number}") as client:
                await client.authenticate(token=token)
        async with stage.from_address("192.0.2.99") as client:
            await client.say("auth", {"token": token})
            answer = (await client.hear())["data"]
            assert isinstance(answer, dict)
            assert answer == {"code": 2, "message": "Too many attempts with this token: wait 10 s."}
            stage.clock.set_wall(0)
            await stage.clock.advance(9)
            await client.say("auth", {"token": token})
            assert (await client.hear())["data"] != answer


async def test_behind_a_trusted_proxy_the_forwarded_address_counts() -> None:
    async with (
        Stage(LiveOptions(attempts=1, trusted_proxies=("127.0.0.1",))) as stage,
        stage.from_address("192.0.2.1"),
        stage.from_address("192.0.2.2"),
    ):
        with pytest.raises(InvalidStatus):
            await stage.from_address("192.0.2.1").__aenter__()


async def test_the_addresses_of_one_customer_count_as_one() -> None:
    async with (
        Stage(LiveOptions(attempts=1, trusted_proxies=("127.0.0.1",))) as stage,
        stage.from_address("2001:db8::1"),
        stage.from_address("2001:db8:0:1::1"),
    ):
        with pytest.raises(InvalidStatus):
            await stage.from_address("2001:db8::2").__aenter__()


async def test_without_trusted_proxies_nobody_is_believed_who_he_is() -> None:
    async with Stage(LiveOptions(attempts=1)) as stage, stage.from_address("192.0.2.1"):
        with pytest.raises(InvalidStatus):
            await stage.from_address("192.0.2.2").__aenter__()


async def test_other_paths_are_not_found(stage: Stage) -> None:
    stage.path = "/elsewhere"
    with pytest.raises(InvalidStatus) as refusal:
        await stage.connect().__aenter__()
    assert refusal.value.response.status_code == 404
