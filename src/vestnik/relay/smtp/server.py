"""The SMTP listener: which connections there are, and how they end."""

from __future__ import annotations

import asyncio
import logging
import socket
import ssl
from typing import cast

from aiosmtpd.smtp import SMTP

from vestnik.listeners import stop_listening
from vestnik.relay.config import RelayConfig
from vestnik.relay.smtp.handler import Handler
from vestnik.relay.smtp.protocol import Protocol

__all__ = ["SmtpServer"]

# aiosmtpd logs what clients do wrong as warnings. Python prints those of a program that has set
# up no logging at all; nothing a stranger sends should write to the user's terminal.
logging.getLogger("mail.log").addHandler(logging.NullHandler())

_BUSY = b"421 4.3.2 Too many connections: try again later\r\n"
_BYE = b"421 4.3.2 The relay is shutting down\r\n"


class _Connection(Protocol):
    """A connection that its server knows of."""

    server: SmtpServer

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)
        self.server.connections.add(self)
        if self.server.is_stopping:
            _abort(self)  # it was on its way in when the door closed

    def connection_lost(self, error: Exception | None) -> None:
        self.server.connections.discard(self)
        super().connection_lost(error)


class _TooMany(asyncio.Protocol):
    """A connection over the limit: told so, and closed."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        to_client = cast("asyncio.WriteTransport", transport)
        to_client.write(_BUSY)
        to_client.close()


class SmtpServer:
    """Listens for mail on a bound socket."""

    def __init__(self, config: RelayConfig, handler: Handler) -> None:
        self._config = config
        self._handler = handler
        self._server: asyncio.Server | None = None
        self.connections: set[SMTP] = set()
        self.is_stopping = False

    async def start(self, listener: socket.socket, tls: ssl.SSLContext | None) -> None:
        """Begin to accept connections."""
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(self._connection, sock=listener, ssl=tls)

    async def stop(self) -> None:
        """Accept nothing more, answer messages that have arrived, say 421, and drop who stays."""
        if self._server is None:
            return
        self.is_stopping = True
        await stop_listening(self._server)
        try:
            async with asyncio.timeout(self._config.shutdown_timeout):
                await self._handler.quiet()
        except TimeoutError:
            pass
        tasks = [task for task in map(_end, tuple(self.connections)) if task is not None]
        if tasks:
            await asyncio.wait(tasks, timeout=self._config.shutdown_timeout)
        for connection in self.connections:
            _abort(connection)

    def _connection(self) -> asyncio.Protocol:
        if len(self.connections) >= self._config.max_connections:
            return _TooMany()
        connection = _Connection(
            self._handler,
            data_size_limit=self._config.max_message_bytes,
            enable_SMTPUTF8=True,
            hostname=self._config.domain,
            ident="Vestnik relay",
            timeout=self._config.idle_timeout,
            # aiosmtpd knows only of STARTTLS; here a connection has TLS from its start, or is
            # a loopback one. The handler demands the login.
            auth_require_tls=False,
            loop=asyncio.get_running_loop(),
        )
        connection.server = self
        return connection


def _end(connection: SMTP) -> asyncio.Task[None] | None:
    assert isinstance(connection, Protocol)
    transport = _transport(connection)
    if transport is not None and not transport.is_closing():
        transport.write(_BYE)
        transport.close()
    return connection.task


def _abort(connection: SMTP) -> None:
    transport = _transport(connection)
    if transport is not None:
        transport.abort()


def _transport(connection: SMTP) -> asyncio.WriteTransport | None:
    # uvloop's transports are transports by what they do, not by their base class.
    return cast("asyncio.WriteTransport | None", connection.transport)
