"""The echo bots in other languages behind a real `vestnik serve`, with real cores and a relay."""

from __future__ import annotations

import re
import signal
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.e2e.gateway.process import Gateway
from tests.e2e.test_hosted_bot import CONFIG, Somebody, a_bot
from tests.examples.bridging import NAMES, command_of, running
from vestnik.relay import Relay
from vestnik.testing.plugin import NewAccount

pytestmark = pytest.mark.timeout(240)


@pytest.fixture
async def gateway(tmp_path: Path) -> AsyncIterator[Gateway]:
    async with Gateway(tmp_path / "data", CONFIG) as served:
        yield served


@pytest.mark.parametrize("name", NAMES)
async def test_it_answers_each_message_once_though_it_is_killed(
    name: str, gateway: Gateway, relay: Relay, new_account: NewAccount, tmp_path: Path
) -> None:
    command_of(name)  # so that it is built before anybody waits for it
    invite, token = await a_bot(gateway, relay)
    somebody = Somebody(await new_account())
    place = tmp_path / "place"
    async with running(name, gateway.url, place, token) as program:
        while not place.exists():
            await gateway.ask("GET", "/me")  # it has no other sign of being there
        await somebody.meet(invite)
        await somebody.says("one")
        assert await somebody.hears(1) == ["one"]
        await program.end(signal.SIGKILL)
    await somebody.says("two")
    async with running(name, gateway.url, place, token):
        await somebody.hears(2)
        await gateway.end(signal.SIGKILL)
        await gateway.start()
        await somebody.says("/time")
        heard = await somebody.hears(3)
    assert heard[:2] == ["one", "two"]
    assert re.match(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d", heard[2])
    assert len(heard) == 3
