"""The gateway's WebSocket protocol, counted among the connections of its address."""

from __future__ import annotations

from collections.abc import Callable

from starlette.types import Receive, Scope, Send

from vestnik.gateway.live import Hub, LiveProtocol
from vestnik.web.http import send_answer
from vestnik.web.problems import problem_answer

__all__ = ["CountedLive", "WantsUpgrade"]

UPGRADE = (
    (b"upgrade", b"websocket"),
    (b"connection", b"upgrade"),
    (b"sec-websocket-version", b"13"),
)


class WantsUpgrade:
    """Tells who comes to the WebSocket by plain HTTP what it is, as an ASGI application."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        sentence = "This is a WebSocket: connect to it with a WebSocket client."
        await send_answer(send, problem_answer(426, sentence, UPGRADE, "upgrade_required"), scope)


class CountedLive(LiveProtocol):
    """A WebSocket that gives its place back when it is gone."""

    __slots__ = ("_leave",)

    def __init__(self, hub: Hub, leave: Callable[[], None]) -> None:
        super().__init__(hub)
        self._leave = leave

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget everything."""
        self._leave()
        super().connection_lost(exc)
