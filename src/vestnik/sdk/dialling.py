"""The connection itself, on aiohttp, which is loaded with the first one."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Protocol, TypeAlias

import msgspec

from vestnik.sdk.address import shown

if TYPE_CHECKING:
    import aiohttp

__all__ = ["Closed", "Dial", "NoConnection", "Socket", "dial"]

MOST_BYTES = 16 * 1024 * 1024
"""Of a message that comes; answers to orders may have 8 MiB."""

CONNECT_SECONDS = 15.0
CLOSE_SECONDS = 2.0
_GONE_WITHOUT_A_WORD = 1006
_TOO_MANY_REQUESTS = 429
_SERVERS_FAULT = 500
"""Answers below do not get better by asking again, but for the following."""
_PASSING = (408, 425, _TOO_MANY_REQUESTS)


class Closed(msgspec.Struct, frozen=True):
    """The connection is gone; 1006 means without a word, which says nothing about the token."""

    code: int


class NoConnection(Exception):
    """It could not be made.

    Attributes:
        is_lasting: Asking again would not help: a server is there, but it is no gateway, or not
            the one that it should be.
        at_least: How many seconds it wants us to wait.
    """

    def __init__(self, reason: str, *, is_lasting: bool = False, at_least: float = 0) -> None:
        super().__init__(reason)
        self.is_lasting = is_lasting
        self.at_least = at_least


class Socket(Protocol):
    """An open WebSocket."""

    async def receive(self) -> str | bytes | Closed:
        """Wait for the next message: text, or a binary one, or the end."""

    async def send(self, data: bytes) -> None:
        """Send a text message; a connection that is gone is not told of here."""

    async def show_life(self) -> None:
        """Send a pong that nobody has asked for (RFC 6455, 5.5.3)."""

    async def close(self) -> None:
        """Say goodbye (1000) and end, in bounded time."""


Dial: TypeAlias = Callable[[str], Awaitable[Socket]]


async def dial(url: str) -> Socket:
    """Open a WebSocket.

    Raises:
        NoConnection: It could not be opened.
    """
    import aiohttp

    http = aiohttp.ClientSession()
    try:
        async with asyncio.timeout(CONNECT_SECONDS):
            socket = await http.ws_connect(
                url,
                max_msg_size=MOST_BYTES,
                timeout=aiohttp.ClientWSTimeout(ws_close=CLOSE_SECONDS),
            )
    except BaseException as error:
        await http.close()
        if (problem := _problem(url, error)) is None:
            raise
        raise problem from error
    return _AiohttpSocket(http, socket)


class _AiohttpSocket:
    def __init__(
        self, http: aiohttp.ClientSession, socket: aiohttp.ClientWebSocketResponse
    ) -> None:
        self._http = http
        self._socket = socket

    async def receive(self) -> str | bytes | Closed:
        import aiohttp

        message = await self._socket.receive()
        if message.type in (aiohttp.WSMsgType.TEXT, aiohttp.WSMsgType.BINARY):
            data: str | bytes = message.data
            return data
        return Closed(self._socket.close_code or _GONE_WITHOUT_A_WORD)

    async def send(self, data: bytes) -> None:
        import aiohttp

        # `receive` tells of a connection that is gone.
        with contextlib.suppress(ConnectionError, aiohttp.ClientError):
            await self._socket.send_str(data.decode())

    async def show_life(self) -> None:
        import aiohttp

        with contextlib.suppress(ConnectionError, aiohttp.ClientError):
            await self._socket.pong()

    async def close(self) -> None:
        try:
            await self._socket.close()
        finally:
            await self._http.close()


def _problem(url: str, error: BaseException) -> NoConnection | None:
    import aiohttp

    match error:
        case aiohttp.WSServerHandshakeError():
            return _refused(url, error)
        case aiohttp.ClientConnectorCertificateError():
            return _unverified(url, error)
        case TimeoutError():
            return NoConnection(f"{shown(url)} did not answer within {CONNECT_SECONDS:g} s.")
        case aiohttp.ClientError() | OSError() | ValueError():
            cause = getattr(error, "os_error", error)
            return NoConnection(f"{shown(url)} cannot be reached: {cause}.")
    return None


def _refused(url: str, error: aiohttp.WSServerHandshakeError) -> NoConnection:
    is_wrong = error.status < _SERVERS_FAULT and error.status not in _PASSING
    advice = " Check the address." if is_wrong else ""
    return NoConnection(
        f"{shown(url)} does not speak WebSocket: it answered with HTTP status {error.status}."
        f"{advice}",
        is_lasting=is_wrong,
        at_least=_seconds(error.headers.get("Retry-After", "") if error.headers else ""),
    )


def _unverified(url: str, error: aiohttp.ClientConnectorCertificateError) -> NoConnection:
    cause = error.certificate_error
    reason = getattr(cause, "verify_message", "") or type(cause).__name__
    return NoConnection(
        f"The certificate of {shown(url)} cannot be verified ({reason.rstrip('.')}): use the name "
        "that it is for, or let this machine trust who issued it, as by SSL_CERT_FILE.",
        is_lasting=True,
    )


def _seconds(text: str) -> float:
    return float(text) if text.isascii() and text.isdigit() and len(text) < len("100000") else 0.0
