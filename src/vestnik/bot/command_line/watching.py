"""``/metrics`` and ``/health`` on a port, on the loop that the bots run on."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import Iterator

import msgspec
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from vestnik.bot.health import check_health
from vestnik.bot.host import Host
from vestnik.bot.metrics import Metrics
from vestnik.errors import BadInput
from vestnik.listeners import open_listener, stop_listening

__all__ = ["WatchServer", "bind_watch_port", "watch_app"]

BACKLOG = 16
GRACE_SECONDS = 1


def watch_app(host: Host, metrics: Metrics) -> Starlette:
    """Return the ASGI application."""

    async def show_metrics(request: Request) -> Response:
        body, media_type = metrics.exposition()
        return Response(body, media_type=media_type)

    async def show_health(request: Request) -> Response:
        health = await check_health(host)
        body = msgspec.json.encode(health)
        return Response(body, 200 if health.is_good else 503, media_type="application/json")

    return Starlette(
        routes=[
            Route("/metrics", show_metrics, methods=["GET"]),
            Route("/health", show_health, methods=["GET"]),
        ]
    )


class WatchServer(uvicorn.Server):
    """uvicorn as a task among those of the bots."""

    def __init__(self, app: Starlette) -> None:
        """Prepare to serve; `run_on` does."""
        super().__init__(
            uvicorn.Config(
                app,
                lifespan="off",
                log_config=None,
                access_log=False,
                server_header=False,
                backlog=BACKLOG,
                timeout_graceful_shutdown=GRACE_SECONDS,
            )
        )

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave signals to the command."""
        yield

    async def main_loop(self) -> None:
        """Serve until `should_exit`, without looking ten times a second."""
        await self.on_tick(0)
        await asyncio.get_running_loop().create_future()

    async def run_on(self, listener: socket.socket) -> None:
        """Serve until cancelled."""
        try:
            await self.serve(sockets=[listener])
        finally:
            if self.started:
                self.force_exit = True
                await self.shutdown(sockets=[listener])

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """End; who is on the way in is not forgotten."""
        for server in self.servers:
            await stop_listening(server)
        await super().shutdown(sockets)


def bind_watch_port(host: str, port: int) -> socket.socket:
    """Return a socket that listens there.

    Raises:
        AddressInUse: Another program does already.
        BadInput: This machine cannot.
    """
    try:
        return open_listener(host, port, backlog=BACKLOG)
    except BadInput as error:
        raise BadInput(f"Metrics cannot be shown on {host} port {port}. {error}") from error
