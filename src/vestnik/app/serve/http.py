"""uvicorn's HTTP with deadlines for what a client sends, and with WebSocket beside ASGI.

uvicorn hands the transport of an upgrade over to another protocol; ours goes to the gateway's own,
so that no frame ever passes an ASGI application. Whatever else asks for an upgrade gets the answer
of plain HTTP.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, TypeAlias, cast

import httptools
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

from vestnik.app.serve.admission import Admission
from vestnik.wire.limits import PATHS

if TYPE_CHECKING:
    from uvicorn.config import Config as UvicornConfig
    from uvicorn.server import ServerState

__all__ = ["Doorkeeper", "GuardedHttp", "LiveFactory"]

LiveFactory: TypeAlias = Callable[[Callable[[], None]], asyncio.Protocol]

TOO_MANY = (
    b"HTTP/1.1 429 Too Many Requests\r\nRetry-After: 10\r\nContent-Length: 0\r\n"
    b"Connection: close\r\n\r\n"
)
TOO_SLOW = b"HTTP/1.1 408 Request Timeout\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"


class Doorkeeper:
    """What all connections of a listener share.

    Args:
        admission: Who may come in.
        head_seconds: How long the head of a request may take.
        body_seconds: How long its body may take.
        live: Makes the protocol that takes over a WebSocket, and calls what it is given when the
            connection is gone; ``None`` where there is no such thing.
    """

    def __init__(
        self,
        admission: Admission,
        head_seconds: float,
        body_seconds: float,
        live: LiveFactory | None = None,
    ) -> None:
        self.admission = admission
        self.head_seconds = head_seconds
        self.body_seconds = body_seconds
        self.live = live
        self.overdue = 0

    def protocol(
        self,
        config: UvicornConfig,
        server_state: ServerState,
        app_state: dict[str, object],
        _loop: asyncio.AbstractEventLoop | None = None,
    ) -> GuardedHttp:
        """Make the protocol of one connection, as uvicorn asks for it."""
        return GuardedHttp(self, config, server_state, app_state, _loop)


class GuardedHttp(HttpToolsProtocol):
    """One connection: HTTP until it ends, or until it becomes a WebSocket."""

    def __init__(
        self,
        keeper: Doorkeeper,
        config: UvicornConfig,
        server_state: ServerState,
        app_state: dict[str, object],
        _loop: asyncio.AbstractEventLoop | None = None,
    ) -> None:
        super().__init__(config, server_state, app_state, _loop)
        self._keeper = keeper
        self._place: str | None = None
        self._deadline: asyncio.TimerHandle | None = None
        self._is_refused = False

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Let it in, or turn it away."""
        peer = transport.get_extra_info("peername")
        try:
            self._place = self._keeper.admission.admit(peer[0] if peer else "")
        except OverflowError:
            self._is_refused = True
            transport.write(TOO_MANY)
            transport.close()
            return
        super().connection_made(transport)
        self._expect_within(self._keeper.head_seconds)

    def data_received(self, data: bytes) -> None:
        """Read requests; what follows an upgrade belongs to the one who takes over."""
        if self._is_refused:
            return
        self._unset_keepalive_if_required()
        if self._deadline is None and self._is_idle:
            self._expect_within(self._keeper.head_seconds)
        try:
            self.parser.feed_data(data)
        except httptools.HttpParserUpgrade as upgrade:
            if self._should_upgrade():
                self.handle_websocket_upgrade()
                self._pass_on(data[upgrade.args[0] :])
        except httptools.HttpParserError:
            self._expect_nothing()
            self.send_400_response("Invalid HTTP request received.")

    def on_headers_complete(self) -> None:
        """Wait for the body now."""
        self._expect_nothing()
        if not (self.parser.should_upgrade() and self._should_upgrade()):
            self._expect_within(self._keeper.body_seconds)
        super().on_headers_complete()
        if self.parser.should_upgrade() and self.cycle is not None:
            self.cycle.keep_alive = False  # the parser does not read on after an upgrade

    def on_message_complete(self) -> None:
        """Wait for nothing but the application."""
        self._expect_nothing()
        super().on_message_complete()

    def handle_websocket_upgrade(self) -> None:
        """Give the transport, and the head of the request, to the gateway."""
        assert self._keeper.live is not None
        self.connections.discard(self)
        live = self._keeper.live(partial(self._keeper.admission.leave, self._place))
        live.connection_made(self.transport)
        self.transport.set_protocol(live)
        live.data_received(b"".join(self._head()))

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget it."""
        if self._is_refused:
            return
        self._expect_nothing()
        self._keeper.admission.leave(self._place)
        super().connection_lost(exc)

    def _should_upgrade_to_ws(self) -> bool:
        path = self.url.partition(b"?")[0].decode("latin-1")
        return self._keeper.live is not None and path in PATHS

    @property
    def _is_idle(self) -> bool:
        cycle: RequestResponseCycle | None = self.cycle
        return cycle is None or cycle.response_complete

    def _head(self) -> list[bytes]:
        head = [self.parser.get_method(), b" ", self.url, b" HTTP/", *self._version()]
        for name, value in self.headers:
            head += [name, b": ", value, b"\r\n"]
        return [*head, b"\r\n"]

    def _version(self) -> tuple[bytes, bytes]:
        return self.parser.get_http_version().encode(), b"\r\n"

    def _pass_on(self, data: bytes) -> None:
        if data and not self.transport.is_closing():
            cast("asyncio.Protocol", self.transport.get_protocol()).data_received(data)

    def _expect_within(self, seconds: float) -> None:
        self._deadline = self.loop.call_later(seconds, self._overdue)

    def _expect_nothing(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None

    def _overdue(self) -> None:
        """End a connection that takes too long to say what it wants."""
        self._deadline = None
        self._keeper.overdue += 1
        if self._is_idle or not self.cycle.response_started:
            self.transport.write(TOO_SLOW)
        # What the client does not read must not hold the connection.
        self.transport.close()
