"""Who is told of a bot's messages: webhooks too, nobody while it is paused or without a token."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import aiohttp
import pytest
from aiohttp import web

from tests.e2e.bridge.hosted import add_bot, give
from tests.e2e.gateway.process import DEADLINE, Gateway
from tests.e2e.gateway.raw import talking
from tests.e2e.test_hosted_bot import Program, Somebody
from vestnik.relay import Relay
from vestnik.testing.plugin import NewAccount

pytestmark = pytest.mark.timeout(60)


class Receiver:
    """Takes webhooks, each message at the second attempt."""

    def __init__(self) -> None:
        self.url = ""
        self.texts: list[str] = []
        self.refused: list[str] = []
        self._changed = asyncio.Condition()

    async def take(self, request: web.Request) -> web.Response:
        text = (await request.json())["payload"]["message"]["text"]
        is_first = text not in self.refused
        (self.refused if is_first else self.texts).append(text)
        async with self._changed:
            self._changed.notify_all()
        return web.Response(status=503 if is_first else 204)

    async def until(self, *texts: str) -> None:
        async with asyncio.timeout(DEADLINE), self._changed:
            await self._changed.wait_for(lambda: set(texts) <= set(self.texts))


@asynccontextmanager
async def receiving() -> AsyncIterator[Receiver]:
    receiver = Receiver()
    app = web.Application()
    app.router.add_post("/", receiver.take)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    receiver.url = f"http://127.0.0.1:{runner.addresses[0][1]}/"
    try:
        yield receiver
    finally:
        await runner.cleanup()


async def told(gateway: Gateway) -> list[str]:
    """Return the texts of all messages in Anna's stream."""
    _, page = await gateway.ask("GET", "/notifications?owner=anna&limit=1000")
    payloads = [one["data"]["payload"] for one in page["items"]]
    return [one["message"]["text"] for one in payloads if "message" in one]


async def test_a_webhook_that_is_tried_again_gets_the_bots_messages_as_well(
    gateway: Gateway, http: aiohttp.ClientSession, relay: Relay, new_account: NewAccount
) -> None:
    bot, somebody = await add_bot(gateway, relay), Somebody(await new_account())
    await somebody.meet(bot.invite)
    async with receiving() as receiver:
        await give(gateway, "/webhooks", owner="anna", url=receiver.url, retries=True)
        await somebody.says("one")
        assert [one["text"] for one in await Program(http, gateway, bot.token).messages()] == [
            "one"
        ]
        await receiver.until("one")
        assert receiver.refused == receiver.texts == ["one"]


async def test_a_paused_bot_tells_nothing_and_everything_later(
    gateway: Gateway, http: aiohttp.ClientSession, relay: Relay, new_account: NewAccount
) -> None:
    bot, other = await add_bot(gateway, relay), await add_bot(gateway, relay, "boris", "other")
    person = await new_account()
    to_bot, to_other = Somebody(person), Somebody(person)
    await to_bot.meet(bot.invite)
    await to_other.meet(other.invite)
    core = (await give(gateway, "/tokens", owner=None, scopes=["core"]))["secret"]
    texts = ["one", "two", "three"]
    await gateway.ask("PATCH", f"/resources/{bot.id}", {"notify": False})
    for text in texts:
        await to_bot.says(text)
    request = {"jsonrpc": "2.0", "id": 1, "method": "get_fresh_msgs", "params": [bot.account]}
    async with asyncio.timeout(DEADLINE):
        while len((await gateway.ask("POST", "/rpc", request, token=core))[1]["result"]) < 3:
            pass
    # What would be told of them goes the same way as this, and earlier.
    await to_other.says("to somebody else")
    await Program(http, gateway, other.token).messages()
    assert await told(gateway) == []

    await gateway.ask("PATCH", f"/resources/{bot.id}", {"notify": True})
    program, heard = Program(http, gateway, bot.token), list[str]()
    while len(heard) < len(texts):
        heard += [one["text"] for one in await program.messages()]
    assert heard == texts
    assert await told(gateway) == texts


async def test_a_token_that_is_revoked_ends_what_it_has_opened(
    gateway: Gateway, http: aiohttp.ClientSession, relay: Relay
) -> None:
    bot = await add_bot(gateway, relay)
    _, page = await gateway.ask("GET", "/tokens?owner=anna")
    (token,) = [one["id"] for one in page["items"] if one["resource"] == bot.id]

    async def poll() -> int:
        headers = {"Authorization": f"Bearer {bot.token}"}
        url = f"{gateway.url}/api/v1/updates?timeout=0"
        async with http.get(url, headers=headers) as answer:
            return answer.status

    async with http.ws_connect(gateway.websocket) as stream, talking(gateway) as peer:
        await stream.send_json({"event": "auth", "data": {"token": bot.token}})
        assert (await stream.receive_json())["event"] == "hello"
        await peer.authenticate(bot.token)
        assert await poll() == 200
        assert (await gateway.ask("DELETE", f"/tokens/{token}"))[0] == 204
        assert await peer.closed() == b""  # no Close frame: clients read 1006 from that
        ended = await stream.receive()
        assert ended.type in (aiohttp.WSMsgType.CLOSED, aiohttp.WSMsgType.ERROR)
        assert stream.close_code == 1006
    assert await poll() == 401
    async with talking(gateway) as peer:
        assert (await peer.authenticate(bot.token))["event"] == "error"
