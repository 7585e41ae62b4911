"""A client that says to a gateway exactly what it is told to, be it right or wrong."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, NamedTuple

from tests.e2e.gateway.process import Gateway

__all__ = [
    "SECONDS",
    "UPGRADE",
    "Answer",
    "Frame",
    "Peer",
    "connected",
    "files_of",
    "frame",
    "memory_of",
    "sockets_of",
    "talking",
    "until",
]

SECONDS = 20.0
PAGE = 4096
MASK = b"\x37\xfa\x21\x3d"

UPGRADE = (
    b"GET /websocket/ HTTP/1.1\r\nHost: gateway\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n"
)
"""The head of a request for a WebSocket, to which more fields can be added."""


class Answer(NamedTuple):
    """An answer of HTTP; `status` is 0 if the connection ended without one."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


class Frame(NamedTuple):
    """A frame from the server; `opcode` is -1 at the end of the connection."""

    opcode: int
    payload: bytes
    first: int = 0

    @property
    def code(self) -> int:
        return int.from_bytes(self.payload[:2], "big")


END = Frame(-1, b"")


def frame(
    payload: bytes = b"",
    opcode: int = 1,
    *,
    last: bool = True,
    reserved: int = 0,
    mask: bytes | None = MASK,
    wide: int = 0,
) -> bytes:
    """Spell a frame of a client; `wide` forces a length of 2 or 8 bytes."""
    size = len(payload)
    bit = 0 if mask is None else 0x80
    head = bytes([(0x80 if last else 0) | reserved << 4 | opcode])
    if size > 0xFFFF or wide == 8:
        head += bytes([bit | 127]) + size.to_bytes(8, "big")
    elif size > 125 or wide == 2:
        head += bytes([bit | 126]) + size.to_bytes(2, "big")
    else:
        head += bytes([bit | size])
    if mask is None:
        return head + payload
    return head + mask + bytes(byte ^ mask[at % 4] for at, byte in enumerate(payload))


class Peer:
    """One connection to a gateway."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader = reader
        self.writer = writer

    async def send(self, *parts: bytes) -> None:
        """Send bytes; what the server no longer takes is not the client's business."""
        with contextlib.suppress(ConnectionError):
            for part in parts:
                self.writer.write(part)
                await self.writer.drain()

    async def answer(self) -> Answer:
        """Read an answer of HTTP."""
        async with asyncio.timeout(SECONDS):
            try:
                head = await self.reader.readuntil(b"\r\n\r\n")
            except (asyncio.IncompleteReadError, ConnectionError):
                return Answer(0, {}, b"")
            first, *lines = head.decode("latin-1")[:-4].split("\r\n")
            headers = {}
            for line in lines:
                name, _, value = line.partition(":")
                headers[name.lower()] = value.strip()
            body = await self.reader.readexactly(int(headers.get("content-length", 0)))
            return Answer(int(first.split()[1]), headers, body)

    async def closed(self) -> bytes:
        """Wait until the server ends the connection, and return what it said before."""
        said = b""
        async with asyncio.timeout(SECONDS):
            with contextlib.suppress(ConnectionError):
                while piece := await self.reader.read(65536):
                    said += piece
        return said

    async def frame(self) -> Frame:
        """Read a frame."""
        async with asyncio.timeout(SECONDS):
            try:
                first, size = await self.reader.readexactly(2)
                assert size < 0x80, "a server does not mask"
                if size > 125:
                    wide = 2 if size == 126 else 8
                    size = int.from_bytes(await self.reader.readexactly(wide), "big")
                return Frame(first & 0x0F, await self.reader.readexactly(size), first)
            except (asyncio.IncompleteReadError, ConnectionError):
                return END

    async def say(self, event: str, data: object = None) -> None:
        """Send a message of the gateway's protocol."""
        await self.send(frame(json.dumps({"event": event, "data": data}).encode()))

    async def hear(self) -> Any:
        """Read a message of the gateway's protocol."""
        got = await self.frame()
        assert got.opcode == 1, got
        return json.loads(got.payload)

    async def authenticate(self, token: str, **more: object) -> Any:
        """Say who it is and return what the server says to that."""
        await self.say("auth", {"token": token, **more})
        return await self.hear()

    async def is_alive(self) -> bool:
        """Say whether the server still answers a ping of its own protocol."""
        await self.say("ping")
        return bool((await self.hear())["event"] == "pong")


@asynccontextmanager
async def connected(gateway: Gateway, source: str | None = None) -> AsyncIterator[Peer]:
    """Connect, from another address of this machine if one is given."""
    host, _, port = gateway.url.removeprefix("http://").partition(":")
    local = (source, 0) if source else None
    async with asyncio.timeout(SECONDS):
        reader, writer = await asyncio.open_connection(host, int(port), local_addr=local)
    try:
        yield Peer(reader, writer)
    finally:
        writer.transport.abort()
        with contextlib.suppress(ConnectionError):
            await writer.wait_closed()


@asynccontextmanager
async def talking(
    gateway: Gateway, source: str | None = None, fields: bytes = b""
) -> AsyncIterator[Peer]:
    """Open a WebSocket."""
    async with connected(gateway, source) as peer:
        await peer.send(UPGRADE + fields + b"\r\n")
        answer = await peer.answer()
        assert answer.status == 101, answer
        yield peer


async def until(holds: Callable[[], bool], why: str) -> None:
    """Wait until something is the case."""
    deadline = asyncio.get_running_loop().time() + SECONDS
    while not holds():
        assert asyncio.get_running_loop().time() < deadline, why
        await asyncio.sleep(0.02)


def memory_of(gateway: Gateway) -> int:
    """Return how many bytes of memory the process has."""
    return int(Path(f"/proc/{gateway.pid}/statm").read_text().split()[1]) * PAGE


def files_of(gateway: Gateway) -> int:
    """Return how many files and sockets the process has open."""
    return sum(1 for _ in Path(f"/proc/{gateway.pid}/fd").iterdir())


def sockets_of(gateway: Gateway) -> set[str]:
    """Return the names that the system has for the open sockets of the process."""
    found = set()
    for path in Path(f"/proc/{gateway.pid}/fd").iterdir():
        with contextlib.suppress(FileNotFoundError):
            found.add(str(path.readlink()))
    return {name for name in found if name.startswith("socket:")}
