"""The gateway as its operator runs it: a process of its own, reached like by any other program."""

from __future__ import annotations

import asyncio
import contextlib
import signal
import socket
import sys
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from types import TracebackType
from typing import Any

import aiohttp
import msgspec

__all__ = ["Gateway", "Given", "running"]

DEADLINE = 20.0
CONFIG = """
[webhooks]
allow_networks = ["127.0.0.0/8", "::1/128"]
queue_per_webhook = 1000000

[websocket]
attempts = 100000
"""


class Given(msgspec.Struct):
    """Where the running gateway is, and what opens it."""

    url: str
    token: str


class Gateway:
    """``vestnik serve`` on a folder; may be ended and started again.

    Its listening socket belongs to the test, as it belongs to systemd in production: clients that
    come while no gateway runs wait in the queue of the socket. With `listens` it opens its port
    itself: clients that come while no gateway runs are refused.
    """

    def __init__(self, folder: Path, config: str = CONFIG, *, listens: bool = False) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "vestnik.toml").write_text(config)
        self._listens = listens
        self._listener = _reserved() if listens else socket.create_server(("127.0.0.1", 0))
        self._process: asyncio.subprocess.Process | None = None
        self._given = Given("", "")
        self._http: aiohttp.ClientSession | None = None

    @property
    def url(self) -> str:
        """Where HTTP is."""
        return self._given.url

    @property
    def websocket(self) -> str:
        """Where the WebSocket is."""
        return self.url.replace("http", "ws", 1) + "/websocket/"

    @property
    def operators_token(self) -> str:
        """What opens everything, as long as this process lives."""
        return self._given.token

    @property
    def pid(self) -> int:
        """The process that runs now."""
        assert self._process is not None
        return self._process.pid

    async def __aenter__(self) -> Gateway:
        self._http = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=DEADLINE))
        await self.start()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        assert self._http is not None
        await self._http.close()
        if self._process is not None and self._process.returncode is None:
            await self.end(signal.SIGKILL)
        self._listener.close()

    async def start(self) -> None:
        """Return once it answers."""
        access = self.folder / "server.json"
        access.unlink(missing_ok=True)
        socket_number = self._listener.fileno()
        port = self._listener.getsockname()[1]
        listen = f"127.0.0.1:{port}" if self._listens else f"fd:{socket_number}"
        with (self.folder / "log").open("ab") as log:
            self._process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", "vestnik", "serve"),
                *("--data", str(self.folder), "--listen", listen),
                pass_fds=() if self._listens else (socket_number,),
                stdout=asyncio.subprocess.DEVNULL,
                stderr=log,
            )
        async with asyncio.timeout(DEADLINE):
            while not access.exists():
                if self._process.returncode is not None:
                    raise AssertionError(f"the gateway ended: {self.log[-2000:]}")
                await asyncio.sleep(0.01)
        self._given = msgspec.json.decode(access.read_bytes(), type=Given)

    async def end(self, how: signal.Signals = signal.SIGTERM) -> int:
        """End it and return its exit code."""
        assert self._process is not None
        with contextlib.suppress(ProcessLookupError):
            self._process.send_signal(how)
        async with asyncio.timeout(DEADLINE):
            return await self._process.wait()

    @property
    def log(self) -> str:
        """All that it has logged."""
        return (self.folder / "log").read_text()

    async def ask(
        self,
        method: str,
        path: str,
        body: object = None,
        *,
        token: str | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> tuple[int, Any]:
        """Do one request of the REST API; as the operator if no token is given."""
        assert self._http is not None
        authorization = {"Authorization": f"Bearer {token or self._given.token}"}
        async with self._http.request(
            method,
            f"{self.url}/api/v1{path}",
            json=body,
            headers={**authorization, **(headers or {})},
        ) as answer:
            text = await answer.read()
            return answer.status, msgspec.json.decode(text) if text else None

    async def owner(
        self, name: str = "anna", *, resources: Sequence[str] = ("bot",), dialect: str = "numeric"
    ) -> str:
        """Make an owner with resources, and return a token for his notifications."""
        await self._made("/owners", {"id": name, "name": name, "dialect": dialect})
        for resource in resources:
            await self._made("/resources", {"id": resource, "owner": name, "name": resource})
        made = await self._made("/tokens", {"owner": name, "scopes": ["notify"]})
        return str(made["secret"])

    async def webhook(self, owner: str, url: str, **more: object) -> Any:
        """Let an owner's notifications go to an address."""
        return await self._made("/webhooks", {"owner": owner, "url": url, **more})

    async def publish(self, *items: Mapping[str, object]) -> None:
        """Put notifications in, in one batch."""
        status, answer = await self.ask("POST", "/notifications", {"notifications": items})
        assert status == 202, answer

    async def _made(self, path: str, body: object) -> Any:
        status, answer = await self.ask("POST", path, body)
        assert status == 201, (path, answer)
        return answer


def _reserved() -> socket.socket:
    """Keep a port from everybody but a gateway: nobody else may listen or connect from there."""
    reserved = socket.socket()
    reserved.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    reserved.bind(("127.0.0.1", 0))
    return reserved


@asynccontextmanager
async def running(folder: Path, config: str = CONFIG) -> AsyncIterator[Gateway]:
    """A gateway for the time of a test."""
    async with Gateway(folder, config) as gateway:
        yield gateway
