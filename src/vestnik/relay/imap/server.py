"""The IMAP listener: which connections there are, and how they end."""

from __future__ import annotations

import asyncio
import socket
import ssl

from vestnik.listeners import stop_listening
from vestnik.relay.imap.connection import Connection, Desk

__all__ = ["Desk", "ImapServer"]


class ImapServer:
    """Listens for mail readers on a bound socket."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._server: asyncio.Server | None = None
        self._stopping = False
        self._running: dict[asyncio.Task[None], Connection] = {}

    async def start(
        self, listener: socket.socket, tls: ssl.SSLContext | None, tasks: asyncio.TaskGroup
    ) -> None:
        """Begin to accept connections, each served by a task of that group."""

        def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            if self._stopping:
                writer.transport.abort()  # it was on its way in when the door closed
                return
            if len(self._running) >= self._desk.config.max_connections:
                writer.write(b"* BYE [UNAVAILABLE] Too many connections\r\n")
                writer.close()
                return
            connection = Connection(self._desk, reader, writer)
            task = tasks.create_task(connection.run())
            self._running[task] = connection
            task.add_done_callback(self._ended)

        # A function instead of a coroutine: asyncio then starts no task of its own.
        self._server = await asyncio.start_server(accept, sock=listener, ssl=tls)

    async def stop(self) -> None:
        """Accept nothing more, say BYE to everyone, and drop who does not listen."""
        if self._server is None:
            return
        self._stopping = True
        await stop_listening(self._server)
        running = dict(self._running)
        for task in running:
            task.cancel()
        if running:
            await asyncio.wait(running, timeout=self._desk.config.shutdown_timeout)
        for connection in running.values():
            connection.abort()

    def _ended(self, task: asyncio.Task[None]) -> None:
        # Not by the task alone: one that is cancelled before it begins closes nothing.
        self._running.pop(task).close()
