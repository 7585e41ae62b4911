"""Receivers on loopback that do whatever a test wants of them."""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from tests.receiving import Talk, receiving
from vestnik.gateway.delivery import GuardedSender, Resolver, SenderOptions
from vestnik.gateway.ports import WebhookRequest
from vestnik.testing.waiting import Changes

LOOPBACK = ("127.0.0.0/8", "::1/128")
OK = b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nfine"


class Receiver:
    """A server that talks as it is told, and remembers the requests that it read."""

    def __init__(self, talk: Talk | None = None) -> None:
        self.requests: list[WebhookRequest] = []
        self.paths: list[str] = []
        self.changes = Changes()
        self.connections = 0
        self.port = 0
        self.host = ""
        self._talk = talk

    def url(self, path: str = "/") -> str:
        return f"http://{self.host}:{self.port}{path}"

    @asynccontextmanager
    async def serving(
        self, host: str = "127.0.0.1", context: ssl.SSLContext | None = None
    ) -> AsyncIterator[Receiver]:
        is_six = ":" in host
        family = socket.AF_INET6 if is_six else socket.AF_INET
        listener = socket.create_server((host, 0), family=family)
        self.host = f"[{host}]" if is_six else host
        async with receiving(self._connected, listener, context=context) as self.port:
            yield self

    async def read(self, reader: asyncio.StreamReader) -> WebhookRequest:
        """Read one request."""
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        pairs = [line.partition(": ") for line in head[1:] if line]
        headers = tuple((name, value) for name, _, value in pairs)
        length = next(int(value) for name, value in headers if name == "Content-Length")
        body = await reader.readexactly(length)
        self.paths.append(head[0].split(" ")[1])
        request = WebhookRequest(url=head[0], headers=headers, body=body)
        self.requests.append(request)
        self.changes.note()
        return request

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        await (self._talk or self._answer_all)(reader, writer)

    async def _answer_all(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while True:
            await self.read(reader)
            writer.write(OK)


def saying(receiver: Receiver, answer: bytes, *, then_close: bool = False) -> Talk:
    """Read requests and give the same bytes to each."""

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while True:
            await receiver.read(reader)
            writer.write(answer)
            if then_close:
                return

    return talk


@asynccontextmanager
async def answering(answer: bytes, *, then_close: bool = False) -> AsyncIterator[Receiver]:
    """Serve the same bytes to each request."""
    receiver = Receiver()
    receiver._talk = saying(receiver, answer, then_close=then_close)
    async with receiver.serving():
        yield receiver


def sender(
    seconds: float = 5.0, resolver: Resolver | None = None, authorities: str | None = None
) -> GuardedSender:
    """Make a sender that may send to loopback."""
    options = SenderOptions(allowed_networks=LOOPBACK, seconds=seconds, authorities=authorities)
    return GuardedSender(options, resolver)


def request(url: str, body: bytes = b"{}") -> WebhookRequest:
    return WebhookRequest(url=url, headers=(("Content-Type", "application/json"),), body=body)
