"""A web server on loopback with whatever application and doorkeeper a test wants."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from vestnik.app.serve.addresses import Address
from vestnik.app.serve.admission import Admission
from vestnik.app.serve.binding import bind
from vestnik.app.serve.http import Doorkeeper
from vestnik.app.serve.tls import Certificate
from vestnik.app.serve.web_server import WebServer

LONG = 3600.0


def echo_app() -> Starlette:
    async def hello(request: Request) -> Response:
        return PlainTextResponse("hello")

    async def echo(request: Request) -> Response:
        return Response(await request.body())

    return Starlette(
        routes=[Route("/", hello), Route("/echo", echo, methods=["POST"])],
    )


class Live(asyncio.Protocol):
    """Stands for the gateway's own protocol: says what it got, then echoes."""

    def __init__(self, leave: Callable[[], None]) -> None:
        self.leave = leave
        self.transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        assert self.transport is not None
        self.transport.write(b"<" + data + b">")

    def connection_lost(self, exc: Exception | None) -> None:
        self.leave()


def keeper(
    *,
    most: int = 1000,
    unbounded: tuple[str, ...] = (),
    head: float = LONG,
    body: float = LONG,
    live: type[Live] | None = Live,
) -> Doorkeeper:
    return Doorkeeper(Admission(most, unbounded), head, body, live)


@asynccontextmanager
async def served(
    doorkeeper: Doorkeeper, certificate: Certificate | None = None
) -> AsyncIterator[Address]:
    listener, address = bind(Address("127.0.0.1", 0))
    server = WebServer(
        echo_app(),
        protocol=doorkeeper.protocol,
        tls=certificate.context if certificate else None,
    )
    task = asyncio.create_task(server.serve(sockets=[listener]))
    try:
        yield address
    finally:
        server.stop(1)
        await task


@asynccontextmanager
async def connected(
    address: Address,
) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
    reader, writer = await asyncio.open_connection(*address)
    try:
        yield reader, writer
    finally:
        writer.close()
