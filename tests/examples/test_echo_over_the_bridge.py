"""The echo bot over the bridge in Python, as its reader starts it."""

from __future__ import annotations

import re
import signal
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.examples import bridging
from tests.examples.bridging import BRIDGE, TOKEN, StandIn, running, stand_in

pytestmark = pytest.mark.timeout(120)

NAME = "echo_over_the_bridge.py"


@pytest.fixture(autouse=True)
def _python(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bridging, "command_of", lambda name: (sys.executable, str(BRIDGE / name)))


@pytest.fixture
async def server() -> AsyncIterator[StandIn]:
    async with stand_in() as served:
        yield served


@pytest.fixture
def place(tmp_path: Path) -> Path:
    return tmp_path / "place"


async def test_it_echoes_and_knows_a_command(server: StandIn, place: Path) -> None:
    async with running(NAME, server.url, place) as program:
        await server.until_listening()
        await server.receive(11, "from a bot", isBot=True)
        await server.tell({"kind": "MsgDelivered", "chatId": 10, "msgId": 5, "bot": "echo"})
        await server.receive(12, "hello", skip=3)
        await server.receive(13, "/time")
        lines = [await program.line(), await program.line()]
    assert server.sent[12] == "hello"
    assert re.match(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d", server.sent[13])
    assert server.asked == [12, 13]
    assert lines == ["message 12: answered", "message 13: answered"]


async def test_killed_it_loses_nothing_and_answers_nothing_twice(
    server: StandIn, place: Path
) -> None:
    async with running(NAME, server.url, place) as program:
        await server.until_listening()
        await server.receive(12, "first")
        await program.line()
        server.holds = True  # the answer is sent, but the program never hears of it
        await server.receive(13, "second")
        await server.until(lambda: 13 in server.sent)
        await program.end(signal.SIGKILL)
    server.holds = False
    await server.receive(14, "third, while it was dead")
    async with running(NAME, server.url, place):
        await server.until(lambda: 14 in server.sent)
    assert list(server.sent) == [12, 13, 14]
    assert server.asked.count(13) == 2


async def test_a_lost_connection_and_a_busy_server_are_no_end(server: StandIn, place: Path) -> None:
    async with running(NAME, server.url, place) as program:
        await server.until_listening()
        server.drop()
        server.refusals = [-32003]
        await server.receive(12, "hello")
        assert await program.line() == "message 12: answered"
        server.refusals = [-1]
        await server.receive(13, "in a chat that is gone")
        line = await program.line()
    assert line == "message 13: The gateway did not do answer (-1): Not now."
    assert server.asked == [12, 12, 13]


async def test_a_wrong_token_ends_it_with_a_sentence(server: StandIn, place: Path) -> None:
    async with running(NAME, server.url, place, TOKEN + "x") as program:
        status, complaints = await program.ended()
    assert status == 1
    assert "The gateway refuses the token" in complaints
