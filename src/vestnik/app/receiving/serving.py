"""A receiver on a port of its own."""

from __future__ import annotations

import asyncio
import socket
import ssl
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

import aiohttp
import msgspec

from vestnik.app.listening import Sink, hand_on
from vestnik.app.receiving.examining import Finding
from vestnik.app.serve.addresses import Address
from vestnik.app.serve.binding import bind
from vestnik.app.serve.web_server import WebServer
from vestnik.sdk import Notification, WebhookReceiver

__all__ = ["Door", "serve"]

GREETING = "vestnik receive looks whether it hears itself"
SECONDS = 5.0
DRAIN_SECONDS = 5.0
OK = 200


class Door(msgspec.Struct, frozen=True):
    """Where requests come in."""

    address: Address
    scheme: str
    token: str

    @property
    def url(self) -> str:
        """The same, for somebody of this machine."""
        return f"{self.scheme}://{self.address.reachable}/"

    async def knock(self) -> Finding:
        """Send the test notification to ourselves, over loopback."""
        headers = {"Content-Type": "application/json", "X-Boticord-Token": self.token}
        timeout = aiohttp.ClientTimeout(total=SECONDS)
        try:
            # The certificate is for the name that others use, not for loopback.
            async with (
                aiohttp.ClientSession(timeout=timeout) as http,
                http.post(self.url, data=_greeting(), headers=headers, ssl=False) as answer,
            ):
                status = answer.status
        except (aiohttp.ClientError, TimeoutError) as error:
            return Finding(False, f"It does not hear itself ({type(error).__name__}).")
        return Finding(status == OK, f"A notification to itself is answered with {status}.")


@asynccontextmanager
async def serve(
    receiver: WebhookReceiver, where: Address, token: str, tls: ssl.SSLContext | None = None
) -> AsyncIterator[Door]:
    """Listen until the block ends; what was answered with 200 before is still handled.

    Raises:
        AddressInUse: Another program listens there.
        BadInput: This machine cannot listen there.
    """
    listener, address = bind(where)
    server = WebServer(receiver, tls=tls)
    async with receiver, asyncio.TaskGroup() as group:
        serving = group.create_task(_until_stopped(server, listener))
        try:
            yield Door(address, "https" if tls else "http", token)
        finally:
            server.stop(DRAIN_SECONDS)
            await asyncio.wait({serving}, timeout=2 * DRAIN_SECONDS)


def handing_on(receiver: WebhookReceiver, sinks: Sequence[Sink]) -> None:
    """Let all that comes go to the sinks, but for what we have sent ourselves."""

    @receiver.on()
    async def take(notification: Notification) -> None:
        if notification.payload != {"text": GREETING}:
            await hand_on(notification, sinks)


async def _until_stopped(server: WebServer, listener: socket.socket) -> None:
    await server.serve(sockets=[listener])


def _greeting() -> bytes:
    return msgspec.json.encode(
        {
            "type": 0,
            "payload": {"text": GREETING},
            "affected": "vestnik-receive",
            "user": "vestnik-receive",
            "happened": int(time.time() * 1000),
        }
    )
