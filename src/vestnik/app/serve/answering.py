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

if TYPE_CHECKING:
    from prometheus_client import CollectorRegistry

    from vestnik.app.serve.parts import Parts

__all__ = ["answering", "drain", "showing_metrics"]

LAST_REQUESTS_SECONDS = 2.0
LAST_NOTIFICATIONS_SECONDS = 2.0
"""Of the time for the end, what is left for what the bots told last."""
METRICS_CONNECTIONS = 100


@asynccontextmanager
async def answering(
    web: WebServer, listener: socket.socket, parts: Parts | None = None
) -> AsyncIterator[asyncio.Task[None]]:
    """Answer requests until the block ends, and then those that are being answered."""
    task = asyncio.create_task(web.serve(sockets=[listener]), name="http")
    try:
        await web.begun(task)
        try:
            yield task
        finally:
            # A signal cancels the block, and this is its clean end; a second one cancels this.
            await web.refuse_new()
            if parts is not None:
                await drain(parts)
            web.stop(LAST_REQUESTS_SECONDS)
            await asyncio.wait([task])
    finally:
        task.cancel()
        await asyncio.wait([task])


async def drain(parts: Parts) -> None:
    """Let the bots end, and then the gateway that they tell."""
    loop = asyncio.get_running_loop()
    until = loop.time() + parts.gateway.options.drain_seconds
    parts.gateway.announce_end()
    if parts.hosting is not None:
        try:
            await parts.hosting.drain(max(until - loop.time() - LAST_NOTIFICATIONS_SECONDS, 0))
        except BaseException:
            # Who does not want to wait for the bots, does not want to wait for the rest, either.
            parts.gateway.give_up()
            raise
    await parts.gateway.drain(max(until - loop.time(), 0))


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
