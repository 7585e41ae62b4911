"""``POST /new``: credentials for a new account, over HTTP as chatmail relays give them."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from vestnik.listeners import stop_listening
from vestnik.relay.addresses import Credentials

__all__ = ["HttpServer", "new_account_app"]

_BACKLOG = 128
_GRACE_SECONDS = 1


def new_account_app(new_account: Callable[[], Credentials]) -> Starlette:
    """Return the ASGI application; it only invents, the first login makes the account."""

    async def new(request: Request) -> JSONResponse:
        made = new_account()
        return JSONResponse(
            {"email": made.address, "password": made.password, "dclogin_url": made.login_code},
            headers={"Cache-Control": "no-store"},
        )

    return Starlette(routes=[Route("/new", new, methods=["POST"])])


class _Connection(HttpToolsProtocol):
    """A connection that is not left waiting if it was on its way in when the door closed."""

    def __init__(self, stopping: asyncio.Event, **options: Any) -> None:
        super().__init__(**options)
        self._stopping = stopping

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        if self._stopping.is_set():
            transport.abort()


class HttpServer(uvicorn.Server):
    """uvicorn inside a loop that is not its own."""

    def __init__(self, app: Starlette, certificate: Path | None, key: Path | None) -> None:
        self.ready = asyncio.Event()
        """Set once requests are answered."""
        self._stopping = asyncio.Event()
        super().__init__(
            uvicorn.Config(
                app,
                http=partial(_Connection, self._stopping),  # type: ignore[arg-type]  # it is called
                ssl_certfile=certificate,
                ssl_keyfile=key,
                lifespan="off",
                log_config=None,
                access_log=False,
                server_header=False,
                date_header=False,
                backlog=_BACKLOG,
                timeout_graceful_shutdown=_GRACE_SECONDS,
            )
        )

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave signals to the program that the relay is a part of."""
        yield

    async def main_loop(self) -> None:
        """Wait for `stop`, instead of looking ten times a second."""
        await self.on_tick(0)
        self.ready.set()
        await self._stopping.wait()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Answer what has been asked, and drop who stays."""
        for server in self.servers:
            await stop_listening(server)
        await super().shutdown(sockets)
        for connection in self.server_state.connections:
            connection.transport.abort()

    def stop(self) -> None:
        """Let `serve` end."""
        self._stopping.set()
