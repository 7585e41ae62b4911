"""A gateway that follows a script, and clients of it whose time a test moves."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import TypeAlias

import msgspec
from websockets.asyncio.server import ServerConnection, serve
from websockets.exceptions import ConnectionClosed
from websockets.http11 import Request, Response

from vestnik.sdk import Notification, Notifications, Options
from vestnik.sdk.attempts import Attempts
from vestnik.sdk.backoff import Backoff

Script: TypeAlias = Callable[["Peer"], Awaitable[None]]
AT_ONCE = Backoff(first=0.0)


class Peer:
    """The server's end of one connection."""

    def __init__(self, socket: ServerConnection) -> None:
        self.socket = socket

    async def hears(self) -> dict[str, object]:
        message: dict[str, object] = json.loads(await self.socket.recv())
        return message

    async def says(self, **message: object) -> None:
        await self.socket.send(json.dumps(message))

    async def error(self, code: int, message: str = "Unauthorized") -> None:
        await self.says(event="error", data={"code": code, "message": message})

    async def greets(self, **data: object) -> dict[str, object]:
        """Let the client in; give what it said."""
        auth = await self.hears()
        await self.says(event="hello", data={"id": "c1", **data})
        return auth

    async def tells(
        self, number: int, *, offset: int | None = None, epoch: str = "e", missed: int = 0
    ) -> None:
        """Tell a notification that is known by its number."""
        place: dict[str, object] = {} if offset is None else {"epoch": epoch, "offset": offset}
        if missed:
            place["missed"] = missed
        await self.says(event="notify", data=note(number), **place)

    def drops(self) -> None:
        """Cut the connection without a Close frame."""
        self.socket.transport.abort()

    async def is_left(self) -> int:
        """Wait until the client goes; give its close code."""
        try:
            async for _ in self.socket:
                pass
        except ConnectionClosed:
            pass
        await self.socket.wait_closed()
        code = self.socket.close_code
        assert code is not None
        return code


class Gateway:
    """One script a connection; the last one is for all further ones."""

    def __init__(self, *scripts: Script) -> None:
        self._scripts = list(scripts)
        self.connections = 0
        self.url = ""
        self.failures: list[BaseException] = []

    async def serve(self, socket: ServerConnection) -> None:
        script = self._scripts[min(self.connections, len(self._scripts) - 1)]
        self.connections += 1
        try:
            await script(Peer(socket))
        except ConnectionClosed:
            pass
        except Exception as error:
            self.failures.append(error)
            raise


def note(number: int) -> dict[str, object]:
    """Make the seed's five fields."""
    return {
        "type": 1,
        "payload": {"upCount": number},
        "affected": "bot",
        "user": "alice",
        "happened": 1_700_000_000_000 + number,
    }


def numbers(notifications: list[Notification]) -> list[object]:
    """Tell notifications apart by the number that `note` gave them."""
    return [msgspec.to_builtins(n.payload)["upCount"] for n in notifications]


@asynccontextmanager
async def gateway(
    *scripts: Script, answers: Callable[[ServerConnection, Request], Response | None] | None = None
) -> AsyncIterator[Gateway]:
    """Serve scripts on loopback; what fails in one fails the test."""
    served = Gateway(*scripts)
    async with serve(
        served.serve, "127.0.0.1", 0, process_request=answers, compression=None
    ) as server:
        port = server.sockets[0].getsockname()[1]
        served.url = f"ws://127.0.0.1:{port}/websocket/"
        yield served
    assert served.failures == []


def client(url: str, token: str = "secret-token", **options: object) -> Notifications:
    """Make a client that comes back at once and has its own limit of attempts."""
    chosen = msgspec.structs.replace(Options(backoff=AT_ONCE, attempts=Attempts()), **options)
    return Notifications(token, url, chosen)


async def take(notifications: Notifications, count: int) -> list[Notification]:
    """Take so many notifications."""
    async with asyncio.timeout(20):
        return [await anext(notifications) for _ in range(count)]


async def tell_one_more(peer: Peer) -> None:
    await peer.greets()
    await peer.tells(2)
    await peer.is_left()
