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
from vestnik.app.serve.deadlines import HearingDeadline, ReadingDeadline
from vestnik.app.serve.heads import HeadMeasure, HeadTooLong, spell_head
from vestnik.wire.limits import PATHS

if TYPE_CHECKING:
    from uvicorn._types import ASGI3Application
    from uvicorn.config import Config as UvicornConfig
    from uvicorn.server import ServerState

__all__ = ["Doorkeeper", "GuardedHttp", "LiveFactory"]

LiveFactory: TypeAlias = Callable[[Callable[[], None]], asyncio.Protocol]

TOO_MANY = (
    b"HTTP/1.1 429 Too Many Requests\r\nRetry-After: 10\r\nContent-Length: 0\r\n"
    b"Connection: close\r\n\r\n"
)
TOO_LONG = (
    b"HTTP/1.1 431 Request Header Fields Too Large\r\nContent-Length: 0\r\n"
    b"Connection: close\r\n\r\n"
)
TOO_SLOW = b"HTTP/1.1 408 Request Timeout\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
PATIENCE_BYTES = 1024 * 1024
"""For so much of a body the whole time is given anew: large files come over slow lines, too."""
LAST_WORDS_SECONDS = 5.0
"""How long a client may read nothing of what is left for it when the connection is closed."""


class Doorkeeper:
    """What all connections of a listener share.

    Args:
        admission: Who may come in.
        head_seconds: How long the head of a request may take.
        body_seconds: How long each `PATIENCE_BYTES` of its body may take, and how long a client
            may read nothing.
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
        self._hearing = HearingDeadline(self.loop, self._end_overdue)
        self._reading = ReadingDeadline(self.loop, self._left, self._drop_overdue)
        self._measure = HeadMeasure()
        self._body_size = 0
        self._is_refused = False
        self._is_leaving = False
        self._running: RequestResponseCycle | None = None

    # uvicorn narrows the type of asyncio's method in just this way, which mypy minds once more.
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
        self._hearing.set(self._keeper.head_seconds)

    def data_received(self, data: bytes) -> None:
        """Read requests; what follows an upgrade belongs to the one who takes over."""
        if self._is_refused or self._is_leaving:
            return
        self._unset_keepalive_if_required()
        if self._is_idle and not self._hearing.is_set:
            self._hearing.set(self._keeper.head_seconds)
        try:
            self._parse(data)
        except HeadTooLong:
            self._end(TOO_LONG)
        except httptools.HttpParserUpgrade as upgrade:
            if self._should_upgrade():
                self.handle_websocket_upgrade()
                self._pass_on(data[upgrade.args[0] :])
        except httptools.HttpParserError:
            self._end_misunderstood()

    def on_message_begin(self) -> None:
        """Measure the head that begins."""
        self._measure.begin()
        super().on_message_begin()

    def on_url(self, url: bytes) -> None:
        """Take a part of the address."""
        self._measure.add(len(url))
        super().on_url(url)

    def on_header(self, name: bytes, value: bytes) -> None:
        """Take a field of the head, or one that follows a body in chunks."""
        self._measure.add(len(name) + len(value))
        super().on_header(name, value)

    def on_headers_complete(self) -> None:
        """Wait for the body now."""
        self._measure.explain()
        self._hearing.cancel()
        if not (self.parser.should_upgrade() and self._should_upgrade()):
            self._body_size = 0
            self._hearing.set(self._keeper.body_seconds)
        super().on_headers_complete()
        if self.parser.should_upgrade() and self.cycle is not None:
            self.cycle.keep_alive = False  # the parser does not read on after an upgrade

    def on_body(self, body: bytes) -> None:
        """Take a part of the body."""
        self._measure.explain()
        self._body_size += len(body)
        if self._body_size >= PATIENCE_BYTES:
            self._body_size = 0
            self._hearing.set(self._keeper.body_seconds)
        super().on_body(body)

    def on_message_complete(self) -> None:
        """Wait for nothing but the application."""
        self._measure.explain()
        self._hearing.cancel()
        super().on_message_complete()

    def pause_writing(self) -> None:
        """Give the client time to read what is there for it."""
        super().pause_writing()
        self._reading.set(self._keeper.body_seconds)

    def resume_writing(self) -> None:
        """Go on with a client that has read."""
        if not self.transport.is_closing():
            self._reading.cancel()
        super().resume_writing()

    def timeout_keep_alive_handler(self) -> None:
        """End a connection on which nothing more was asked."""
        self._let_go()

    def handle_websocket_upgrade(self) -> None:
        """Give the transport, and the head of the request, to the gateway."""
        assert self._keeper.live is not None
        self.connections.discard(self)
        self._reading.cancel()
        live = self._keeper.live(partial(self._keeper.admission.leave, self._place))
        live.connection_made(self.transport)
        self.transport.set_protocol(live)
        parser = self.parser
        line = (parser.get_method(), self.url, parser.get_http_version().encode())
        live.data_received(spell_head(*line, self.headers))

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget it."""
        if self._is_refused:
            return
        self._hearing.cancel()
        self._reading.cancel()
        self._keeper.admission.leave(self._place)
        if self._running is not None:
            # uvicorn tells only the request that came last, not the one that is being answered.
            self._running.disconnected = True
            self._running.message_event.set()
        super().connection_lost(exc)

    def _start_asgi_task(self, cycle: RequestResponseCycle, app: ASGI3Application) -> None:
        self._running = cycle
        super()._start_asgi_task(cycle, app)

    def _should_upgrade_to_ws(self) -> bool:
        path = self.url.partition(b"?")[0].decode("latin-1")
        return self._keeper.live is not None and path in PATHS

    @property
    def _is_idle(self) -> bool:
        cycle: RequestResponseCycle | None = self.cycle
        return cycle is None or cycle.response_complete

    def _pass_on(self, data: bytes) -> None:
        if data and not self.transport.is_closing():
            cast("asyncio.Protocol", self.transport.get_protocol()).data_received(data)

    def _parse(self, data: bytes) -> None:
        """Parse, but never let the parser hoard what belongs to no head of a decent size."""
        self._measure.receive(len(data))
        self.parser.feed_data(data)
        self._measure.check()

    def _end_misunderstood(self) -> None:
        if self._measure.is_too_long:
            self._end(TOO_LONG)
            return
        self._hearing.cancel()
        self.send_400_response("Invalid HTTP request received.")
        self._let_go()

    def _end(self, answer: bytes) -> None:
        self._hearing.cancel()
        self._is_leaving = True
        self.transport.write(answer)
        self._let_go()

    def _let_go(self) -> None:
        """Close; what the client does not read must not hold the connection."""
        self.transport.close()
        self._reading.cancel()
        self._reading.set(LAST_WORDS_SECONDS)

    def _end_overdue(self) -> None:
        """End a connection that takes too long to say what it wants."""
        self._keeper.overdue += 1
        if self._is_idle or not self.cycle.response_started:
            self.transport.write(TOO_SLOW)
        self._let_go()

    def _left(self) -> int:
        return self.transport.get_write_buffer_size()

    def _drop_overdue(self) -> None:
        """Drop a client that asked but reads nothing."""
        self._keeper.overdue += 1
        self.transport.abort()
