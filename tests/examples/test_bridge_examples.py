"""The echo bots in other languages, each as its reader starts it."""

from __future__ import annotations

import re
import signal
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.examples.bridging import BRIDGE, NAMES, StandIn, running, stand_in

pytestmark = pytest.mark.timeout(240)

OVER_HTTP = [name for name in NAMES if name != "echo.mjs"]
MOST_LINES = 60
AWKWARD = """Line "one"\nline\t'two' \\n \\ $(id) `id` %s {} [] <b> &amp; 😀 \u2028 я"""


@pytest.fixture
async def server() -> AsyncIterator[StandIn]:
    async with stand_in() as served:
        yield served


@pytest.fixture
def place(tmp_path: Path) -> Path:
    return tmp_path / "place"


@pytest.mark.parametrize("name", NAMES)
def test_each_is_short(name: str) -> None:
    assert len((BRIDGE / name).read_text().splitlines()) < MOST_LINES


@pytest.mark.parametrize("name", NAMES)
async def test_each_echoes_and_knows_a_command(name: str, server: StandIn, place: Path) -> None:
    async with running(name, server.url, place) as program:
        await server.until_listening()
        await server.receive(12, "hello", skip=3)
        await server.receive(13, "/time")
        lines = [await program.line(), await program.line()]
        await server.receive(14, AWKWARD, skip=1)
        lines.append(await program.line())
    assert server.sent[12] == "hello"
    assert re.match(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d", server.sent[13])
    assert server.sent[14] == AWKWARD
    assert server.asked == [12, 13, 14]
    assert [re.findall(r"\d+", line)[0] for line in lines] == ["12", "13", "14"]


@pytest.mark.parametrize("name", NAMES)
async def test_each_leaves_alone_what_is_not_for_it(
    name: str, server: StandIn, place: Path
) -> None:
    async with running(name, server.url, place) as program:
        await server.until_listening()
        await server.receive(12, "from a bot", isBot=True)
        await server.receive(13, "You were added.", isInfo=True)
        await server.receive(14, "")
        await server.tell({"kind": "MsgDelivered", "chatId": 10, "msgId": 5, "bot": "echo"})
        await server.tell({"kind": "IncomingMsg", "chatId": 10, "msgId": 15, "bot": "echo"})
        await server.tell(None)
        await server.tell([1])
        await server.receive(16, "hello")
        await program.line()
    assert server.sent == {16: "hello"}


@pytest.mark.parametrize("name", NAMES)
async def test_none_loses_a_message_when_it_is_killed(
    name: str, server: StandIn, place: Path
) -> None:
    async with running(name, server.url, place) as program:
        await server.until_listening()
        await server.receive(12, "first")
        await program.line()
        server.holds = True  # the answer is sent, but the program never hears of it
        await server.receive(13, "second")
        await server.until(lambda: 13 in server.sent)
        await program.end(signal.SIGKILL)
    server.holds = False
    await server.receive(14, "third, while it was dead")
    async with running(name, server.url, place) as program:
        await server.until(lambda: 14 in server.sent)
    assert list(server.sent) == [12, 13, 14]
    assert server.asked.count(13) == 2


@pytest.mark.parametrize("name", NAMES)
async def test_none_begins_before_its_first_start(name: str, server: StandIn, place: Path) -> None:
    await server.receive(12, "long ago")
    async with running(name, server.url, place) as program:
        await server.until_listening()
        await server.receive(13, "now")
        await program.line()
    assert server.sent == {13: "now"}


@pytest.mark.parametrize("name", NAMES)
async def test_each_tries_again_what_may_work_later(
    name: str, server: StandIn, place: Path
) -> None:
    async with running(name, server.url, place) as program:
        await server.until_listening()
        server.refusals += [-32002, -32003]
        await server.receive(12, "hello")
        await program.line()
    assert server.sent == {12: "hello"}
    assert server.asked == [12, 12, 12]


@pytest.mark.parametrize("name", NAMES)
async def test_each_goes_on_after_what_never_works(name: str, server: StandIn, place: Path) -> None:
    async with running(name, server.url, place) as program:
        await server.until_listening()
        server.refusals += [-1]
        await server.receive(12, "cannot be answered")
        await server.receive(13, "hello")
        await server.until(lambda: 13 in server.sent)
        lines = [await program.line(), await program.line()]
    assert server.asked == [12, 13]
    assert lines[0] != lines[1].replace("13", "12")


@pytest.mark.parametrize("name", OVER_HTTP)
async def test_those_over_http_outlive_a_server_that_fails(
    name: str, server: StandIn, place: Path
) -> None:
    server.failures += [503]
    async with running(name, server.url, place) as program:
        await server.until_listening()
        server.failures += [502]
        await server.receive(12, "hello")
        await program.line()
    assert server.sent == {12: "hello"}


async def test_node_comes_back_when_the_connection_is_lost(server: StandIn, place: Path) -> None:
    async with running("echo.mjs", server.url, place) as program:
        await server.until_listening()
        server.holds = True
        await server.receive(12, "hello")
        await server.until(lambda: 12 in server.sent)
        server.holds = False
        server.drop()
        await server.until_listening()
        await server.receive(13, "again")
        assert [await program.line(), await program.line()] == [
            "message 12: answered",
            "message 13: answered",
        ]
    assert server.asked == [12, 12, 13]


@pytest.mark.parametrize("name", NAMES)
async def test_each_ends_at_once_when_it_is_told_to(
    name: str, server: StandIn, place: Path
) -> None:
    async with running(name, server.url, place) as program:
        await server.until_listening()
        await server.receive(12, "hello")
        await program.line()
        await server.until_resting()
        status, complaints = await program.end(signal.SIGTERM)
    assert (status, complaints) in [(0, ""), (-signal.SIGTERM, "")]


@pytest.mark.parametrize("name", NAMES)
async def test_each_tells_of_a_bad_token(name: str, server: StandIn, place: Path) -> None:
    async with running(name, server.url, place, token="vst_other") as program:
        assert program.process.stderr is not None
        assert "Nobody has this token." in (await program.process.stderr.readline()).decode()
    assert server.sent == {}


@pytest.mark.parametrize("name", NAMES)
async def test_the_place_is_kept_wholly(name: str, server: StandIn, place: Path) -> None:
    async with running(name, server.url, place) as program:
        await server.until_listening()
        for number in range(12, 15):
            await server.receive(number, "hello")
            await program.line()
        await server.until_resting()
        await program.end(signal.SIGTERM)
    assert place.stat().st_size > 0
    assert [path.name for path in place.parent.iterdir()] == ["place"]
