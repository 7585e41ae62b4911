"""Where notifications go: commands, other addresses, a file with the place."""

from __future__ import annotations

import asyncio
import json
import sys
from pathlib import Path

import pytest

from tests.receiving import receiving
from tests.sdk.conftest import Peer, client, gateway
from vestnik.app.listening import Command, Forward, PlaceFile, as_json, follow, hand_on, plain
from vestnik.app.receiving import serve
from vestnik.app.serve.addresses import Address
from vestnik.errors import BadInput
from vestnik.sdk import Notification, Position, WebhookReceiver
from vestnik.sdk.notification import read_notification
from vestnik.wire import decode_body

WORD = '{"type":"later_word","affected":"a\\u0000\\nb","user":"$(id)","payload":{"x":[1]}}'


def notification(text: str = WORD) -> Notification:
    return read_notification(decode_body(text.encode()), Position("e", 3))


class Fails:
    async def take(self, notification: Notification) -> str | None:
        return "It does not work."


class Keeps:
    def __init__(self) -> None:
        self.taken: list[Notification] = []

    async def take(self, notification: Notification) -> str | None:
        self.taken.append(notification)
        return None


def python(program: str) -> str:
    return f"{sys.executable} -c '{program}'"


async def test_a_command_gets_json_and_variables_and_no_part_of_its_line(tmp_path: Path) -> None:
    kept = tmp_path / "kept"
    program = (
        "import os,sys,json;"
        f'open("{kept}","w").write(json.dumps([sys.stdin.read(), {{k: v for k, v in '
        'os.environ.items() if k.startswith("VESTNIK_")}]))'
    )
    assert await Command(python(program)).take(notification()) is None
    line, variables = json.loads(kept.read_text())
    assert json.loads(line) == {
        "type": None,
        "name": "later_word",
        "payload": {"x": [1]},
        "affected": "a\0\nb",
        "resource": None,
        "user": "$(id)",
        "happened": 0,
        "position": {"epoch": "e", "offset": 3},
        "key": notification().key,
    }
    assert variables["VESTNIK_NAME"] == "later_word"
    assert variables["VESTNIK_AFFECTED"] == "a\nb"
    assert variables["VESTNIK_USER"] == "$(id)"
    assert variables["VESTNIK_TYPE"] == ""


async def test_a_command_that_fails_is_told_of() -> None:
    assert await Command("exit 3").take(notification()) == "The command ended with exit status 3."
    assert await Command("true").take(notification()) is None


async def test_a_command_need_not_read_what_it_is_given() -> None:
    # More than a pipe holds: whoever wrote into one would meet its end, now or a moment later.
    long = notification(WORD.replace("[1]", f'"{"x" * 100_000}"'))
    for line in ("true", "exec 0<&-; true"):
        assert await Command(line).take(long) is None


async def test_a_command_that_does_not_end_is_stopped() -> None:
    problem = await Command("sleep 60", seconds=0.01).take(notification())
    assert problem == "The command did not end within 0.01 s and was stopped."


async def test_a_command_is_stopped_when_its_listener_is() -> None:
    begun = asyncio.create_task(Command("sleep 60").take(notification()))
    await asyncio.sleep(0)
    begun.cancel()
    with pytest.raises(asyncio.CancelledError):
        await begun


async def test_what_is_forwarded_arrives_as_a_webhook() -> None:
    receiver = WebhookReceiver("token")
    seen = Keeps()
    receiver.on()(seen.take)
    async with serve(receiver, Address("127.0.0.1", 0), "token") as door:
        async with Forward(door.url, "token") as forward:
            assert await forward.take(notification()) is None
        async with Forward(door.url, "another") as forward:
            problem = await forward.take(notification())
    assert problem == "The address answered with HTTP status 401."
    assert [one.key for one in seen.taken] == [notification().key]
    async with Forward(door.url, "token") as forward:
        gone = await forward.take(notification())
    assert gone is not None
    assert "cannot be reached" in gone


@pytest.mark.parametrize("url", ["", "ftp://host/", "http://", "host:80"])
def test_only_web_addresses_are_forwarded_to(url: str) -> None:
    with pytest.raises(BadInput, match="--forward needs an address"):
        Forward(url, "token")


async def test_one_that_fails_hurts_no_other(caplog: pytest.LogCaptureFixture) -> None:
    keeps = Keeps()
    await hand_on(notification(), [Fails(), keeps])
    assert len(keeps.taken) == 1
    assert "It does not work. (later_word)" in caplog.text


async def test_the_place_is_kept_from_the_start_and_after_each_one(tmp_path: Path) -> None:
    place = PlaceFile(tmp_path / "place")
    assert place.read() is None
    kept: list[Position | None] = []

    async def script(peer: Peer) -> None:
        await peer.greets(epoch="e", offset=4)
        await peer.tells(5, offset=5)
        await peer.tells(6, offset=6)
        await peer.is_left()

    async with gateway(script) as served, client(served.url) as notifications:

        class Looks:
            async def take(self, notification: Notification) -> str | None:
                kept.append(PlaceFile(tmp_path / "place").read())
                if len(kept) == 2:
                    await notifications.close()
                return None

        await follow(notifications, [Looks()], place)
    assert kept == [Position("e", 4), Position("e", 5)]
    assert PlaceFile(tmp_path / "place").read() == Position("e", 6)
    assert [path.name for path in tmp_path.iterdir()] == ["place"]


def test_a_file_that_holds_something_else_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "place").write_text("hello")
    with pytest.raises(BadInput, match="holds no position"):
        PlaceFile(tmp_path / "place").read()
    with pytest.raises(BadInput, match="cannot be read"):
        PlaceFile(tmp_path).read()
    with pytest.raises(BadInput, match="cannot be written"):
        PlaceFile(tmp_path / "no" / "place").keep(Position("e", 1))


def test_nothing_moves_the_cursor() -> None:
    assert plain("a\x1b[31mb\nПривет 🔒") == "a\ufffd[31mb\ufffdПривет 🔒"
    assert b"\n" not in as_json(notification())


@pytest.mark.parametrize(
    ("status", "problem"),
    [
        (200, None),
        (204, None),
        (299, None),
        (300, "The address answered with HTTP status 300."),
        (500, "The address answered with HTTP status 500."),
    ],
)
async def test_any_status_of_success_is_one(status: int, problem: str | None) -> None:
    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 %d X\r\nContent-Length: 0\r\nConnection: close\r\n\r\n" % status)

    async with (
        receiving(answer) as port,
        Forward(f"http://127.0.0.1:{port}/", "token") as forward,
    ):
        assert await forward.take(notification()) == problem
