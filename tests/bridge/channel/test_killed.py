"""A gateway whose process is killed again and again: what it tells in a chat comes once."""

from __future__ import annotations

import asyncio
import contextlib
import os
import re
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
import pytest

from vestnik.chatmail.events import IncomingMsg
from vestnik.relay import Relay
from vestnik.testing import LiveAccount
from vestnik.testing.plugin import NewAccount

SECONDS = 60.0
KILLS = 4
PER_LIFE = 5


class Server:
    """`vestnik serve` on a folder, without a pace, in one of its lives."""

    def __init__(self, data: Path) -> None:
        self._environment = {
            **os.environ,
            "VESTNIK_DATA": str(data),
            "VESTNIK_HOSTING_MESSAGES_PER_MINUTE": "0",
        }

    @asynccontextmanager
    async def life(self) -> AsyncIterator[str]:
        """Run it, and kill it in the middle of whatever it does."""
        serve = await self._start("serve", "--listen", "127.0.0.1:0")
        try:
            assert serve.stdout is not None
            line = (await serve.stdout.readline()).decode()
            found = re.search(r"http://127\.0\.0\.1:\d+", line)
            assert found is not None, line
            yield found[0]
        finally:
            with contextlib.suppress(ProcessLookupError):
                serve.send_signal(signal.SIGKILL)
            await serve.wait()

    async def says(self, *command: str) -> str:
        """Return what a command prints that must not fail."""
        process = await self._start(*command)
        out, _ = await process.communicate()
        assert process.returncode == 0, command
        return out.decode().strip()

    async def _start(self, *command: str) -> asyncio.subprocess.Process:
        return await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "vestnik",
            *command,
            env=self._environment,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
        )


async def listen(person: LiveAccount, heard: asyncio.Queue[str]) -> None:
    async with person.core.events(person.id) as events:
        async for event in events:
            if isinstance(event.payload, IncomingMsg):
                message = await person.core.get_message(person.id, event.payload.msg_id)
                if not message.is_info:
                    heard.put_nowait(message.text)


async def publish(url: str, token: str, number: int) -> None:
    body = {"type": 1, "resource": "weather", "payload": {"upCount": number}}
    headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": str(number)}
    async with aiohttp.ClientSession(headers=headers) as session:
        while True:
            async with session.post(f"{url}/api/v1/notifications", json=body) as answer:
                if answer.status == 202:
                    return
                assert answer.status == 503, await answer.text()


@pytest.mark.timeout(150)
async def test_what_is_told_survives_kills_of_the_whole_gateway(
    relay: Relay, new_account: NewAccount, tmp_path: Path
) -> None:
    server = Server(tmp_path / "data")
    anna, heard = await new_account(name="Anna"), asyncio.Queue[str]()
    await server.says("owner", "add", "Anna", "--id", "anna")
    await server.says("resource", "add", "weather", "--owner", "anna")
    token = await server.says("token", "create", "anna", "--scope", "publish")
    await server.says("service-bot", "init", "--code", relay.new_account().login_code)
    link = await server.says("owner", "invite", "anna")
    ears = asyncio.create_task(listen(anna, heard))
    told: list[int] = []
    try:
        async with server.life():
            await anna.core.secure_join(anna.id, link)
            async with asyncio.timeout(SECONDS):
                assert "Anna" in await heard.get()
        for life in range(KILLS):
            async with server.life() as url:
                for number in range(life * PER_LIFE, (life + 1) * PER_LIFE):
                    await publish(url, token, number)
                if life % 2:
                    async with asyncio.timeout(SECONDS):
                        told += numbers(await heard.get())
        async with server.life() as url:
            await publish(url, token, KILLS * PER_LIFE)
            async with asyncio.timeout(SECONDS):
                # The core may send what was interrupted after what came later.
                while len(told) <= KILLS * PER_LIFE:
                    told += numbers(await heard.get())
    finally:
        ears.cancel()
    assert sorted(told) == sorted(set(told)), "told twice"
    assert len(told) == KILLS * PER_LIFE + 1, "some were lost"


def numbers(text: str) -> list[int]:
    assert "more." not in text, "fewer at once, or the numbers cannot be counted"
    return [int(number) for number in re.findall(r"(\d+) in all", text)]
