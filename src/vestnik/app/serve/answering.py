"""Requests are answered as long as a block lasts."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from vestnik.app.serve.addresses import Address
from vestnik.app.serve.admission import Admission
from vestnik.app.serve.binding import bind
from vestnik.app.serve.config import Server
from vestnik.app.serve.http import Doorkeeper
from vestnik.app.serve.web_server import WebServer
from vestnik.gateway import Gateway

if TYPE_CHECKING:
    from prometheus_client import CollectorRegistry

__all__ = ["answering", "showing_metrics"]

LAST_REQUESTS_SECONDS = 2.0
METRICS_CONNECTIONS = 100


@asynccontextmanager
async def answering(
    web: WebServer, listener: socket.socket, gateway: Gateway | None = None
) -> AsyncIterator[asyncio.Task[None]]:
    """Answer requests until the block ends, and then those that are being answered."""
    task = asyncio.create_task(web.serve(sockets=[listener]), name="http")
    try:
        await web.begun(task)
        try:
            yield task
        finally:
            # A signal cancels the block, and this is its clean end; a second one cancels this.
            web.refuse_new()
            if gateway is not None:
                await gateway.drain()
            web.stop(LAST_REQUESTS_SECONDS)
            await asyncio.wait([task])
    finally:
        task.cancel()
        await asyncio.wait([task])


@asynccontextmanager
async def showing_metrics(
    registry: CollectorRegistry, server: Server, address: Address
) -> AsyncIterator[str]:
    """Show metrics on a port of their own; yields where."""
    from vestnik.app.serve.metrics import metrics_app

    listener, address = bind(address)
    guard = Doorkeeper(Admission(METRICS_CONNECTIONS), server.head_seconds, server.body_seconds)
    web = WebServer(metrics_app(registry), protocol=guard.protocol)
    with listener:
        async with answering(web, listener):
            yield f"http://{address.reachable}/metrics"
