"""The gateway is killed at random moments under load, and keeps every promise it made."""

from __future__ import annotations

import asyncio
import random
import signal
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from aiohttp import web

from tests.e2e.gateway.process import Gateway, running
from vestnik.sdk import Gap, Notifications, Options
from vestnik.sdk.backoff import Backoff

ROUNDS = 20
PUBLISHERS = 8
MILLISECONDS = (5, 150)
"""How long a life lasts under load."""

SOON = Backoff(cap=1.0)
LAST = 0


class Receiver:
    """Counts what the webhook gets."""

    def __init__(self) -> None:
        self.seen: Counter[int] = Counter()
        self.url = ""

    async def take(self, request: web.Request) -> web.Response:
        self.seen[(await request.json())["payload"]] += 1
        return web.Response()

    @asynccontextmanager
    async def listening(self) -> AsyncIterator[Receiver]:
        app = web.Application()
        app.router.add_post("/", self.take)
        runner = web.AppRunner(app, access_log=None)
        await runner.setup()
        try:
            await web.TCPSite(runner, "127.0.0.1", 0).start()
            self.url = f"http://127.0.0.1:{runner.addresses[0][1]}/"
            yield self
        finally:
            await runner.cleanup()


class Publisher:
    """Says each number until it is accepted, over however many lives that takes."""

    def __init__(self, gateway: Gateway) -> None:
        self._gateway = gateway
        self._next = 0
        self.accepted: list[int] = []
        self.has_to_end = False

    async def run(self) -> None:
        while not self.has_to_end:
            self._next += 1
            await self.say(self._next)

    async def say(self, number: int) -> None:
        item = {"resource": "bot", "type": 1, "payload": number, "user": "u"}
        while True:
            try:
                status, _ = await self._gateway.ask(
                    "POST", "/notifications", item, headers={"Idempotency-Key": str(number)}
                )
            except (aiohttp.ClientError, ConnectionError):
                await asyncio.sleep(0.01)
                continue
            if status == 202:
                self.accepted.append(number)
                return


async def everything_in_log(gateway: Gateway) -> list[int]:
    found: list[int] = []
    after = 0
    while True:
        _, page = await gateway.ask("GET", f"/notifications?owner=anna&after={after}&limit=500")
        if not page["items"]:
            return found
        found += [item["data"]["payload"] for item in page["items"]]
        after = page["items"][-1]["offset"]


async def all_attempts(gateway: Gateway, webhook: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    before = ""
    while True:
        path = f"/webhooks/{webhook}/deliveries?limit=200{before}"
        _, page = await gateway.ask("GET", path)
        if not page["items"]:
            return found
        found += page["items"]
        before = f"&before={found[-1]['id']}"


async def until_all_attempted(gateway: Gateway, webhook: str) -> list[dict[str, Any]]:
    async with asyncio.timeout(60):
        while True:
            attempts = await all_attempts(gateway, webhook)
            if all(attempt["state"] not in ("planned", "begun") for attempt in attempts):
                return attempts
            await asyncio.sleep(0.05)


@pytest.mark.timeout(240)
async def test_nothing_accepted_is_lost_and_no_webhook_is_attempted_twice_over_20_sigkills(
    tmp_path: Path,
) -> None:
    chance = random.Random(20261121)
    heard: list[Any] = []
    gaps: list[Gap] = []
    async with running(tmp_path / "data") as gateway, Receiver().listening() as receiver:
        token = await gateway.owner()
        webhook = (await gateway.webhook("anna", receiver.url))["webhook"]["id"]
        publisher = Publisher(gateway)
        async with (
            asyncio.TaskGroup() as tasks,
            Notifications(token, gateway.websocket, Options(backoff=SOON)) as notifications,
        ):
            notifications.on_gap(gaps.append)

            async def listen() -> None:
                async for notification in notifications:
                    heard.append(notification.payload)
                    if notification.payload == LAST:
                        return

            listening = tasks.create_task(listen())
            work = [tasks.create_task(publisher.run()) for _ in range(PUBLISHERS)]
            for _ in range(ROUNDS):
                await asyncio.sleep(chance.randint(*MILLISECONDS) / 1000)
                await gateway.end(signal.SIGKILL)
                await gateway.start()
            publisher.has_to_end = True
            await asyncio.wait(work)
            await publisher.say(LAST)
            await asyncio.wait_for(listening, 60)
            await notifications.close()
        logged = await everything_in_log(gateway)
        attempts = await until_all_attempted(gateway, webhook)
    assert len(publisher.accepted) > ROUNDS
    assert sorted(logged) == sorted(publisher.accepted)
    assert heard == logged
    assert gaps == []
    assert max(receiver.seen.values()) == 1
    assert len(attempts) == len(logged)
    states = Counter(attempt["state"] for attempt in attempts)
    assert states.keys() <= {"delivered", "interrupted"}, Counter(a["error"] for a in attempts)
    # What a kill caught on its way may have arrived or not; everything else has.
    assert states["delivered"] <= len(receiver.seen) <= len(attempts)
