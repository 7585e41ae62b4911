"""Sends whose answers never come are given again, over several connections; each is done once."""

from __future__ import annotations

import asyncio
import json
import signal
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from tests.cli.conftest import children_of
from tests.e2e.bridge.hosted import CONFIG, HostedBot, add_bot
from tests.e2e.gateway.process import Gateway
from tests.e2e.gateway.raw import Peer, connected, talking
from tests.e2e.test_hosted_bot import ENDED_BY_SIGTERM, Program
from tests.e2e.witness import Witness, witnessing
from vestnik.chatmail import join_by_code
from vestnik.ids import ChatId
from vestnik.relay import Relay
from vestnik.testing.plugin import NewAccount

pytestmark = pytest.mark.timeout(150)

EACH = 100
AT_ONCE = 20
MOST_AT_ONCE = 64
"""What one connection may have under way."""

DRAIN_SECONDS = 8


class Letters:
    """The sends of one connection, numbered, each with a key of its own."""

    def __init__(self, name: str, bot: HostedBot, chat: int) -> None:
        self.texts = [f"{name} {number}" for number in range(EACH)]
        self._bot = bot
        self._chat = chat

    def request(self, text: str) -> dict[str, Any]:
        params = {"chatId": self._chat, "text": text}
        return {
            "jsonrpc": "2.0",
            "id": text,
            "method": "sendMessage",
            "params": params,
            "key": text,
        }

    async def say(self, peer: Peer, texts: Sequence[str]) -> None:
        """Give the orders, one right after the other."""
        for text in texts:
            await peer.say("rpc", self.request(text))

    async def post(self, peer: Peer, text: str) -> None:
        """Give an order by HTTP."""
        body = json.dumps(self.request(text)).encode()
        head = (
            "POST /api/v1/rpc HTTP/1.1\r\nHost: gateway\r\nContent-Type: application/json\r\n"
            f"Authorization: Bearer {self._bot.token}\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        await peer.send(head.encode() + body)


@asynccontextmanager
async def entered(gateway: Gateway, bot: HostedBot) -> AsyncIterator[Peer]:
    async with talking(gateway) as peer:
        assert (await peer.authenticate(bot.token))["event"] == "hello"
        yield peer


async def answers(peer: Peer, count: int) -> list[str]:
    """Read answers, and return of which orders they are."""
    found: list[str] = []
    while len(found) < count:
        said = await peer.hear()
        if said["event"] == "rpc":
            assert "result" in said["data"], said
            found.append(said["data"]["id"])
    return found


async def send_by_websocket(gateway: Gateway, bot: HostedBot, letters: Letters) -> None:
    for start in range(0, EACH, AT_ONCE):
        texts = letters.texts[start : start + AT_ONCE]
        async with entered(gateway, bot) as peer:
            await letters.say(peer, texts)
        async with entered(gateway, bot) as peer:
            await letters.say(peer, texts)
            await answers(peer, 1)
        async with entered(gateway, bot) as peer:
            await letters.say(peer, texts)
            assert await answers(peer, AT_ONCE) == texts


async def send_by_http(gateway: Gateway, bot: HostedBot, letters: Letters) -> None:
    for text in letters.texts:
        for _ in range(2):
            async with connected(gateway) as peer:
                await letters.post(peer, text)
        async with connected(gateway) as peer:
            await letters.post(peer, text)
            assert "result" in (await peer.answer()).json


class Meeting:
    """A bot, and a person who has written to it and sees what comes."""

    def __init__(self, bot: HostedBot, program: Program, chat: int, sees: Witness) -> None:
        self.bot = bot
        self.sees = sees
        self._program = program
        self._chat = chat

    def letters(self, name: str) -> Letters:
        return Letters(name, self.bot, self._chat)

    async def arrived(self) -> list[str]:
        """Return all that has come; what was sent before is here when the last word is."""
        await self._program.call("sendMessage", chatId=self._chat, text="the last word")
        await self.sees.until_text("the last word")
        return self.sees.texts[:-1]


@pytest.fixture
async def gateway(tmp_path: Path) -> AsyncIterator[Gateway]:
    config = f"[server]\ndrain_seconds = {DRAIN_SECONDS}\n{CONFIG}"
    async with Gateway(tmp_path / "data", config, listens=True) as running:
        yield running


@pytest.fixture
async def meeting(
    gateway: Gateway, http: aiohttp.ClientSession, relay: Relay, new_account: NewAccount
) -> AsyncIterator[Meeting]:
    bot, person = await add_bot(gateway, relay), await new_account()
    chat: ChatId = await join_by_code(person.core, person.id, bot.invite)
    program = Program(http, gateway, bot.token)
    async with witnessing(person) as (sees,):
        await sees.send(chat, "hello")
        (message,) = await program.messages()
        yield Meeting(bot, program, message["chat"]["id"], sees)


async def test_each_of_300_is_sent_once_and_in_the_order_of_its_connection(
    gateway: Gateway, meeting: Meeting
) -> None:
    all_letters = [meeting.letters(name) for name in ("one", "two", "http")]
    one, two, by_http = all_letters
    async with asyncio.TaskGroup() as group:
        group.create_task(send_by_websocket(gateway, meeting.bot, one))
        group.create_task(send_by_websocket(gateway, meeting.bot, two))
        group.create_task(send_by_http(gateway, meeting.bot, by_http))
    arrived = await meeting.arrived()
    assert Counter(arrived) == Counter(text for each in all_letters for text in each.texts)
    for letters in all_letters:
        assert [text for text in arrived if text in letters.texts] == letters.texts


async def test_an_end_in_the_middle_of_sends_leaves_nothing_behind_and_sends_nothing_twice(
    gateway: Gateway, meeting: Meeting
) -> None:
    letters = meeting.letters("letter")
    texts = letters.texts[:MOST_AT_ONCE]
    async with entered(gateway, meeting.bot) as peer:
        await letters.say(peer, texts)
        await answers(peer, 10)
        processes = [gateway.pid, *children_of(gateway.pid)]
        assert len(processes) == 2
        async with asyncio.timeout(DRAIN_SECONDS):
            assert await gateway.end(signal.SIGTERM) == ENDED_BY_SIGTERM
        await peer.closed()
    assert [pid for pid in processes if Path(f"/proc/{pid}").exists()] == []
    assert "Traceback" not in gateway.log
    await gateway.start()
    async with entered(gateway, meeting.bot) as peer:
        await letters.say(peer, texts)
        assert await answers(peer, MOST_AT_ONCE) == texts
    assert await meeting.arrived() == texts
