"""One connection: the shell between a transport, a session and the hub.

Rules of this file:

- It is small, since there are thousands: no buffer, no timer and no task of its own while idle.
- Answers to a client that does not read are dropped, except those to its orders, which wait.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, cast

from vestnik.errors import BadHandshake
from vestnik.gateway.live.calls import Open
from vestnik.gateway.live.channel import Channel
from vestnik.gateway.live.flow import Flow
from vestnik.gateway.live.session import Action, Ending, Session, Stage
from vestnik.gateway.live.sockets import is_full, keep_alive, peer_of
from vestnik.gateway.model import Token
from vestnik.ids import OwnerId
from vestnik.wire import Authenticate, Resume, Rpc
from vestnik.wire.websocket import (
    MAX_HEAD,
    PING_FRAME,
    FrameReader,
    Incoming,
    accept_response,
    encode_close,
    read_upgrade,
    refuse,
)

if TYPE_CHECKING:
    from vestnik.gateway.live.hub import Hub

__all__ = ["LiveProtocol"]

_HEAD_END = b"\r\n\r\n"


class LiveProtocol(Flow):
    """A WebSocket of the gateway, from the head of the request on.

    It can stand behind a listening socket, or take a transport over from an HTTP server: then
    `connection_made` and `data_received` are called with the transport and the head.
    """

    __slots__ = ("_heard", "_is_over", "calls", "channel", "owner", "session", "token", "work")

    def __init__(self, hub: Hub) -> None:
        super().__init__(hub)
        self._heard = True
        self._is_over = False
        self.session = Session(hub.options.auth_tries)
        self.channel: Channel | None = None
        self.calls: Open | None = None
        self.token: Token | None = None
        self.owner: OwnerId | None = None
        self.work: asyncio.Task[None] | None = None

    @property
    def wants_positions(self) -> bool:
        """Whether it is told where in the stream each notification stands."""
        return self.session.wants_positions

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin with a transport."""
        self._transport = cast("asyncio.Transport", transport)
        self._transport.set_write_buffer_limits(high=self._hub.options.most_buffered)
        keep_alive(transport)
        self._hub.arrived(self)

    def data_received(self, data: bytes) -> None:
        """Take what the client says."""
        self._heard = True
        if self._is_over and self._reader is None:
            return
        data = self._held + data if self._held else data
        self._held = b""
        if self._reader is None:
            self._shake_hands(data)
        else:
            self._read(data)

    def pause_writing(self) -> None:
        """Stand aside: as much waits for the client as may."""
        self._note_slow()
        if self.channel is not None:
            self.channel.stand_aside(self)
        self._listen_or_not()

    def resume_writing(self) -> None:
        """Go on with a client that has read."""
        self._note_writable()
        if self.calls is not None:
            self.calls.go_on()
        if self.channel is not None:
            self.channel.come_back(self)
        self._go_on_reading()

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget everything."""
        self._is_over = True
        self._hub.gone(self)

    def carry_out(self, action: Action) -> None:
        """Do what the session wants."""
        if action is None or self._is_over:
            return
        if isinstance(action, bytes):
            self._answer(action)
        elif isinstance(action, Authenticate):
            self.carry_out(self._hub.entrance.authenticate(self, action))
        elif isinstance(action, Resume):
            self.carry_out(self._hub.entrance.resume(self, action))
        elif isinstance(action, Rpc):
            self.carry_out(self._hub.calls.begin(self, action))
        else:
            self.end(action)

    def end(self, ending: Ending) -> None:
        """Say goodbye, or answer it; after that nothing is told any more."""
        if self._is_over:
            if ending.is_answer:
                self._transport.close()
            return
        # What is due to it goes out before the Close frame does.
        if self.calls is not None and not ending.is_answer:
            self.calls.go_on(to_the_end=True)
        self._hub.leaving(self)
        self._is_over = True
        if self._reader is None:
            self._transport.abort()
            return
        self.write(ending.last_words + encode_close(ending.code, ending.reason))
        if ending.is_answer:
            self._transport.close()
        elif ending.is_failure and self._transport.can_write_eof():
            # Closing now, with bytes of the client unread, could destroy the Close frame.
            self._transport.write_eof()

    def abort(self) -> None:
        """Drop the connection without a word, whatever else goes wrong."""
        self._is_over = True
        try:
            self._hub.leaving(self)
        finally:
            self._transport.abort()

    def expire(self) -> None:
        """End a connection that did not say in time who it is."""
        if self._reader is None:
            self.abort()
        elif (ending := self.session.expire()) is not None:
            self.end(ending)

    def ping(self) -> None:
        """Ask for a sign of life; one that is slow has enough to read already."""
        if self.session.stage is Stage.IN and not self.is_slow and not self._is_over:
            self._heard = False
            self.write(PING_FRAME)

    def check(self) -> None:
        """Drop a client that has not answered, but not one that has yet to read the question."""
        if not self._heard and not self.is_slow and not is_full(self._transport):
            self._hub.stats.dead += 1
            self.abort()

    def tell(self, data: bytes) -> None:
        """Send bytes after all that it was told before."""
        self._flush()
        self.write(data)

    def note_stage(self) -> None:
        """Take note that the session is in, or out again."""
        self._hub.note_stage(self)

    def take(self, incoming: Incoming) -> None:
        """Do what a message asks for; once it is over, only the client's own goodbye counts."""
        action = self.session.receive(incoming)
        if not self._is_over:
            self.carry_out(action)
        elif isinstance(action, Ending):
            self.end(action)

    def silence(self) -> None:
        """Say too much, and be listened to again a little later."""
        self._hub.silence(self)

    def _shake_hands(self, data: bytes) -> None:
        end = data.find(_HEAD_END) + len(_HEAD_END)
        if end < len(_HEAD_END) and len(data) <= MAX_HEAD:
            self._held = data
            return
        try:
            if end < len(_HEAD_END):
                raise BadHandshake(431, "The head of the request is too long.")
            upgrade = read_upgrade(data[:end])
            self._hub.check(upgrade, peer_of(self._transport))
        except BadHandshake as error:
            self._refuse(error)
            return
        self._reader = FrameReader()
        self._hub.stats.accepted += 1
        self.write(accept_response(upgrade))
        self._read(data[end:])

    def _refuse(self, error: BadHandshake) -> None:
        self._hub.stats.refused += error.status != 429
        self._hub.leaving(self)
        self._is_over = True
        self.write(refuse(error.status, error.reason, error.headers))
        self._transport.close()

    def _answer(self, data: bytes) -> None:
        self._flush()
        if not self.is_slow:
            self.write(data)

    def _flush(self) -> None:
        """Send what is due: an answer does not overtake what was told before it."""
        if self.channel is not None:
            self.channel.flush()
