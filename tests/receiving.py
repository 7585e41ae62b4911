"""Receivers and clients by hand: whatever a test does, no connection of theirs outlives it."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import TypeAlias

from vestnik.listeners import stop_listening

Talk: TypeAlias = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@asynccontextmanager
async def receiving(
    talk: Talk, listener: socket.socket | None = None, *, context: ssl.SSLContext | None = None
) -> AsyncIterator[int]:
    """Talk to everybody who connects; yields the port.

    A connection is closed when its talk is over, and in any case when the block is.
    """
    writers: dict[asyncio.Task[None], asyncio.StreamWriter] = {}

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            with contextlib.suppress(OSError, asyncio.IncompleteReadError):  # the client has left
                await talk(reader, writer)
        finally:
            writer.close()

    def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if not server.is_serving():
            writer.transport.abort()
            return
        writers[asyncio.create_task(serve(reader, writer))] = writer

    listener = listener or socket.create_server(("127.0.0.1", 0))
    server = await asyncio.start_server(accept, sock=listener, ssl=context)
    try:
        yield listener.getsockname()[1]
    finally:
        await stop_listening(server)
        for task in writers:
            task.cancel()
        await asyncio.gather(*writers, return_exceptions=True)
        for writer in writers.values():  # a task that was cancelled before it began closed nothing
            writer.transport.abort()


def hear_all(client: socket.socket) -> bytes:
    """Return what comes until the end of a connection, however that comes."""
    heard = b""
    with client, contextlib.suppress(ConnectionError):
        while data := client.recv(4096):
            heard += data
    return heard
