"""The SMTP listener: which connections there are, and how they end."""

from __future__ import annotations

import asyncio
import logging
import socket
import ssl

from aiosmtpd.smtp import SMTP

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

    def connection_lost(self, error: Exception | None) -> None:
        self.server.connections.discard(self)
        super().connection_lost(error)


class _TooMany(asyncio.Protocol):
    """A connection over the limit: told so, and closed."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.WriteTransport)
        transport.write(_BUSY)
        transport.close()


class SmtpServer:
    """Listens for mail on a bound socket."""

    def __init__(self, config: RelayConfig, handler: Handler) -> None:
        self._config = config
        self._handler = handler
        self._server: asyncio.Server | None = None
        self.connections: set[SMTP] = set()

    async def start(self, listener: socket.socket, tls: ssl.SSLContext | None) -> None:
        """Begin to accept connections."""
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(self._connection, sock=listener, ssl=tls)

    async def stop(self) -> None:
        """Accept nothing more, let messages that have arrived be answered, say 421, and close."""
        if self._server is None:
            return
        self._server.close()
        try:
            async with asyncio.timeout(self._config.shutdown_timeout):
                await self._handler.quiet()
        except TimeoutError:
            pass
        tasks = [task for task in map(_end, tuple(self.connections)) if task is not None]
        if tasks:
            await asyncio.wait(tasks, timeout=self._config.shutdown_timeout)

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
    transport = connection.transport
    if isinstance(transport, asyncio.WriteTransport) and not transport.is_closing():
        transport.write(_BYE)
        transport.close()
    return connection.task
