"""uvicorn as a part of a program: no signals, no exit, no looking ten times a second."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import ssl
from collections.abc import Callable, Iterator

import uvicorn
from starlette.types import ASGIApp

from vestnik.listeners import stop_listening

__all__ = ["WebServer"]

KEEP_ALIVE_SECONDS = 30
DATE_SECONDS = 1.0


class WebServer(uvicorn.Server):
    """Serves an application on a socket until it is told to stop.

    Args:
        app: The ASGI application.
        protocol: Makes the protocol of a connection; ``None`` takes uvicorn's own.
        tls: With which TLS is spoken.
    """

    def __init__(
        self,
        app: ASGIApp,
        *,
        protocol: Callable[..., asyncio.Protocol] | None = None,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        super().__init__(
            uvicorn.Config(
                app,
                http=protocol or "httptools",  # type: ignore[arg-type]  # it is only ever called
                ws="none",
                lifespan="off",
                interface="asgi3",
                log_config=None,
                access_log=False,
                server_header=False,
                # Who sits behind a proxy is for the application to judge.
                proxy_headers=False,
                timeout_keep_alive=KEEP_ALIVE_SECONDS,
                ssl_context_factory=(lambda *_: tls) if tls else None,
            )
        )
        self._stopping = asyncio.Event()
        self._started = asyncio.Event()

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave signals to the command."""
        yield

    async def begun(self, task: asyncio.Task[None]) -> None:
        """Wait until requests are answered, or until the task that should do so has failed."""
        started = asyncio.create_task(self._started.wait())
        try:
            await asyncio.wait([started, task], return_when=asyncio.FIRST_COMPLETED)
        finally:
            started.cancel()
        if task.done():
            task.result()

    async def main_loop(self) -> None:
        """Keep the date of the answers, until `stop`."""
        while not self._stopping.is_set():
            await self.on_tick(0)
            self._started.set()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._stopping.wait(), DATE_SECONDS)

    async def refuse_new(self) -> None:
        """Close the door; who is inside, or on the way in, stays."""
        for server in self.servers:
            await stop_listening(server)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """End, after the requests that are being answered."""
        await self.refuse_new()
        await super().shutdown(sockets)

    def stop(self, seconds: float) -> None:
        """Let `serve` end, after the requests that are being answered."""
        self.config.timeout_graceful_shutdown = max(1, round(seconds))
        self._stopping.set()
