"""A hosted bot as its operator and its program see it: real processes, a real relay."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from tests.e2e.gateway.process import DEADLINE, Gateway
from vestnik.chatmail import join_by_code
from vestnik.chatmail.types import Message, MessageData
from vestnik.ids import ChatId, ContactId
from vestnik.relay import Relay
from vestnik.testing import LiveAccount
from vestnik.testing.plugin import NewAccount

LAST_SPECIAL = ContactId(9)
ENDED_BY_SIGTERM = 128 + signal.SIGTERM
CONFIG = "[hosting]\nmessages_per_minute = 0\n"


class Program:
    """What stands behind a bot: it asks for updates and gives orders, and keeps no connection."""

    def __init__(self, http: aiohttp.ClientSession, gateway: Gateway, token: str) -> None:
        self._http = http
        self._gateway = gateway
        self._headers = {"Authorization": f"Bearer {token}"}
        self._after: int = 0

    async def messages(self) -> list[dict[str, Any]]:
        """Wait for what people wrote."""
        while True:
            url = f"{self._gateway.url}/api/v1/updates?after={self._after}&timeout=10"
            async with self._http.get(url, headers=self._headers) as response:
                assert response.status == 200, await response.text()
                page = await response.json()
            self._after = page["next"]
            payloads = [item["data"]["payload"] for item in page["items"]]
            if found := [one["message"] for one in payloads if "message" in one]:
                return found

    async def call(self, method: str, **params: object) -> Any:
        """Give an order."""
        request = {"jsonrpc": "2.0", "id": 1, "method": method, "params": params}
        url = f"{self._gateway.url}/api/v1/rpc"
        async with self._http.post(url, json=request, headers=self._headers) as response:
            assert response.status == 200, await response.text()
            return await response.json()


class Somebody:
    """Writes to a bot from a core of his own."""

    def __init__(self, account: LiveAccount) -> None:
        self._account = account
        self._chat = ChatId(0)

    async def meet(self, invite: str) -> None:
        self._chat = await join_by_code(self._account.core, self._account.id, invite)

    async def says(self, text: str, file: Path | None = None) -> None:
        data = MessageData(text=text, file=str(file) if file else None)
        await self._account.core.send_msg(self._account.id, self._chat, data)

    async def hears(self, count: int = 1) -> list[str]:
        """Wait for so many messages of the bot, and return all that it wrote."""
        core, id = self._account.core, self._account.id
        async with core.events(id) as events:
            while len(texts := await self._texts()) < count:
                await events.next_batch()
        return texts

    async def files(self) -> list[bytes]:
        """Return what is in the files that the bot has sent."""
        files = [one.file for one in await self._messages() if one.file]
        return [await asyncio.to_thread(Path(file).read_bytes) for file in files]

    async def _texts(self) -> list[str]:
        return [one.text or "" for one in await self._messages()]

    async def _messages(self) -> list[Message]:
        core, id = self._account.core, self._account.id
        ids = await core.get_message_ids(id, self._chat, info_only=False, add_daymarker=False)
        messages = [await core.get_message(id, one) for one in ids]
        return [one for one in messages if one.from_id > LAST_SPECIAL and not one.is_info]


@pytest.fixture
async def gateway(tmp_path: Path) -> AsyncIterator[Gateway]:
    async with Gateway(tmp_path / "data", CONFIG) as running:
        yield running


@pytest.fixture
async def http() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=DEADLINE)) as session:
        yield session


async def a_bot(gateway: Gateway, relay: Relay) -> tuple[str, str]:
    """Add a bot as its operator; gives its invite link and its token."""
    await gateway.ask("POST", "/owners", {"id": "anna", "name": "Anna"})
    code = relay.new_account().login_code
    wanted = {"owner": "anna", "id": "echo", "name": "Echo", "code": code}
    status, made = await gateway.ask("POST", "/bots", wanted)
    assert status == 201, made
    return made["bot"]["invite"], made["secret"]


def core_of(gateway: Gateway) -> int:
    """Return the process of the core that the gateway has started."""
    tasks = Path(f"/proc/{gateway.pid}/task")
    (pid,) = {int(pid) for one in tasks.glob("*/children") for pid in one.read_text().split()}
    return pid


async def test_a_message_goes_to_a_program_and_its_answer_comes_back(
    gateway: Gateway, http: aiohttp.ClientSession, relay: Relay, new_account: NewAccount
) -> None:
    invite, token = await a_bot(gateway, relay)
    somebody = Somebody(await new_account())
    await somebody.meet(invite)
    program = Program(http, gateway, token)
    await somebody.says("hello")
    (message,) = await program.messages()
    assert message["text"] == "hello"

    for _ in range(2):
        answer = await program.call("answer", messageId=message["id"], text="hello yourself")
        assert "result" in answer, answer
    assert (await program.call("getMe"))["result"]["name"] == "Echo"
    assert await somebody.hears() == ["hello yourself"]
    core = core_of(gateway)
    assert await gateway.end(signal.SIGTERM) == ENDED_BY_SIGTERM
    assert not Path(f"/proc/{core}").exists()
    assert "Traceback" not in gateway.log


async def test_the_death_of_the_core_and_a_restart_lose_nothing(
    gateway: Gateway, http: aiohttp.ClientSession, relay: Relay, new_account: NewAccount
) -> None:
    invite, token = await a_bot(gateway, relay)
    somebody = Somebody(await new_account())
    await somebody.meet(invite)
    program = Program(http, gateway, token)
    os.kill(core_of(gateway), signal.SIGKILL)
    await somebody.says("one")
    assert [one["text"] for one in await program.messages()] == ["one"]

    assert await gateway.end(signal.SIGTERM) == ENDED_BY_SIGTERM
    await somebody.says("two")
    await gateway.start()
    (message,) = await program.messages()
    assert message["text"] == "two"

    await gateway.end(signal.SIGKILL)
    await somebody.says("three")
    await gateway.start()
    (message,) = await program.messages()
    assert message["text"] == "three"
    answer = await program.call("answer", messageId=message["id"], text="four")
    assert "result" in answer, answer
    assert await somebody.hears() == ["four"]


PARROT = """
from vestnik.bot import Bot, Message

bot = Bot("parrot")


@bot.on_message()
async def echo(message: Message) -> None:
    await message.answer(f"{message.text} {message.text}")
"""


async def test_a_python_bot_of_the_settings_answers_and_its_owner_is_told(
    tmp_path: Path, http: aiohttp.ClientSession, relay: Relay, new_account: NewAccount
) -> None:
    (tmp_path / "parrot.py").write_text(PARROT)
    settings = f'{CONFIG}[[bots]]\nid = "echo"\nfile = "../parrot.py"\n'
    async with Gateway(tmp_path / "data", settings) as gateway:
        invite, token = await a_bot(gateway, relay)
        somebody = Somebody(await new_account())
        await somebody.meet(invite)
        await somebody.says("hello")
        assert await somebody.hears() == ["hello hello"]
        (message,) = await Program(http, gateway, token).messages()
        assert message["text"] == "hello"
        core = core_of(gateway)
        assert await gateway.end(signal.SIGTERM) == ENDED_BY_SIGTERM
        assert not Path(f"/proc/{core}").exists()


async def test_orders_go_over_the_websocket_and_files_both_ways(
    gateway: Gateway,
    http: aiohttp.ClientSession,
    relay: Relay,
    new_account: NewAccount,
    tmp_path: Path,
) -> None:
    invite, token = await a_bot(gateway, relay)
    account = await new_account()
    somebody = Somebody(account)
    await somebody.meet(invite)
    (tmp_path / "letter.txt").write_text("dear bot")
    await somebody.says("see this", tmp_path / "letter.txt")
    (message,) = await Program(http, gateway, token).messages()
    async with http.get(message["file"]["url"]) as response:
        assert await response.text() == "dear bot"

    url, headers = f"{gateway.url}/api/v1/files", {"Authorization": f"Bearer {token}"}
    async with http.post(f"{url}?name=answer.txt", data=b"dear you", headers=headers) as response:
        assert response.status == 201, await response.text()
        upload = await response.json()
    params = {"messageId": message["id"], "text": "and this", "file": upload["id"]}
    request = {"jsonrpc": "2.0", "id": 1, "method": "answer", "params": params}
    async with http.ws_connect(gateway.websocket) as stream:
        await stream.send_json({"event": "auth", "data": {"token": token}})
        assert (await stream.receive_json())["event"] == "hello"
        await stream.send_json({"event": "rpc", "data": request})
        answered = await stream.receive_json()
        assert answered["event"] == "rpc"
        assert "result" in answered["data"], answered
    assert await somebody.hears() == ["and this"]
    assert await somebody.files() == [b"dear you"]
