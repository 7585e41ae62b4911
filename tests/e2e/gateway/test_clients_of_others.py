"""Clients that others wrote, as they published them, on the gateway as its operator runs it."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest
import websockets

from tests.e2e.gateway.lines import boticordpy, client, node_ws
from tests.e2e.gateway.process import Gateway, running

UP = {"resource": "bot", "type": 1, "payload": {"upCount": 3}, "user": "u1", "happened": 42}
TOLD = {"type": 1, "payload": {"upCount": 3}, "affected": "bot", "user": "u1", "happened": 42}
SECONDS = 20.0


@pytest.fixture
async def gateway(tmp_path: Path) -> AsyncIterator[Gateway]:
    async with running(tmp_path / "data") as gateway:
        yield gateway


def auth(token: str) -> str:
    return json.dumps({"event": "auth", "data": {"token": token}})


async def revoke_all(gateway: Gateway, owner: str = "anna") -> None:
    _, tokens = await gateway.ask("GET", f"/tokens?owner={owner}")
    for token in tokens["items"]:
        status, _ = await gateway.ask("POST", f"/tokens/{token['id']}/regenerate")
        assert status == 200


async def test_boticordpy_hears_by_the_names_of_types_and_the_id_of_the_bot(
    gateway: Gateway,
) -> None:
    token = await gateway.owner(dialect="named")
    async with client(*boticordpy(gateway.websocket, token)) as seen:
        await seen.until(lambda line: line.get("log") == "Authorized successfully.")
        await gateway.publish(UP)
        assert await seen.until_has("told") == {**TOLD, "type": "up_added", "id": "bot"}


async def test_boticordpy_survives_a_restart_of_the_gateway(gateway: Gateway) -> None:
    token = await gateway.owner(dialect="named")
    async with client(*boticordpy(gateway.websocket, token)) as seen:
        await seen.until(lambda line: line.get("log") == "Authorized successfully.")
        await gateway.end()
        await gateway.start()
        await seen.until(lambda line: line.get("log") == "Authorized successfully.")
        await gateway.publish(UP)
        assert (await seen.until_has("told"))["user"] == "u1"


async def test_boticordpy_stops_when_its_token_is_regenerated(gateway: Gateway) -> None:
    token = await gateway.owner(dialect="named")
    async with client(*boticordpy(gateway.websocket, token)) as seen:
        await seen.until(lambda line: line.get("log") == "Authorized successfully.")
        await revoke_all(gateway)
        await seen.until(lambda line: line.get("log") == "Token is invalid.")


async def test_node_ws_hears_what_the_seed_says_and_sees_1006_after_a_reset(
    gateway: Gateway,
) -> None:
    token = await gateway.owner()
    async with client(*node_ws(gateway.websocket, token)) as seen:
        hello = await seen.until_has("told")
        assert hello["event"] == "hello"
        assert hello["data"].keys() == {"id"}
        await gateway.publish(UP)
        assert await seen.until_has("told") == {"event": "notify", "data": TOLD}
        await revoke_all(gateway)
        assert await seen.until_has("closed") == 1006


async def test_node_ws_sees_1012_when_the_gateway_restarts(gateway: Gateway) -> None:
    token = await gateway.owner()
    async with client(*node_ws(gateway.websocket, token)) as seen:
        await seen.until_has("told")
        await gateway.end()
        assert await seen.until_has("closed") == 1012


async def test_websockets_hears_and_sees_how_it_ends(gateway: Gateway) -> None:
    token = await gateway.owner()
    async with asyncio.timeout(SECONDS), websockets.connect(gateway.websocket) as socket:
        await socket.send(auth(token))
        assert json.loads(await socket.recv())["event"] == "hello"
        await socket.send('{"event": "ping"}')
        assert json.loads(await socket.recv()) == {"event": "pong", "data": {}}
        await gateway.publish(UP)
        assert json.loads(await socket.recv()) == {"event": "notify", "data": TOLD}
        await revoke_all(gateway)
        with pytest.raises(websockets.ConnectionClosedError):
            await socket.recv()
        assert socket.close_code == 1006


async def test_websockets_is_told_of_a_wrong_token_and_may_try_again(gateway: Gateway) -> None:
    token = await gateway.owner()
    async with asyncio.timeout(SECONDS), websockets.connect(gateway.websocket) as socket:
        await socket.send(auth("wrong"))
        error = json.loads(await socket.recv())
        assert (error["event"], error["data"]["code"]) == ("error", 6)
        await socket.send(auth(token))
        assert json.loads(await socket.recv())["event"] == "hello"


async def test_aiohttp_hears_and_sees_how_it_ends(gateway: Gateway) -> None:
    token = await gateway.owner()
    address = gateway.websocket.rstrip("/")
    async with (
        asyncio.timeout(SECONDS),
        aiohttp.ClientSession() as http,
        http.ws_connect(address) as socket,
    ):
        await socket.send_str(auth(token))
        assert (await socket.receive_json())["event"] == "hello"
        await gateway.publish(UP)
        assert await socket.receive_json() == {"event": "notify", "data": TOLD}
        # It answers the Close while it reads; the gateway waits for that.
        _, closing = await asyncio.gather(gateway.end(), socket.receive())
        assert closing.type is aiohttp.WSMsgType.CLOSE
        assert socket.close_code == 1012


async def test_a_client_may_leave_at_any_moment_and_come_back(gateway: Gateway) -> None:
    token = await gateway.owner()
    for code in (1000, 1001, 4000):
        async with asyncio.timeout(SECONDS), websockets.connect(gateway.websocket) as socket:
            await socket.send(auth(token))
            await socket.recv()
            await socket.close(code)
            assert socket.close_code == code
