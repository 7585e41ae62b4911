"""One connection to a receiver, which carries one request at a time."""

from __future__ import annotations

import asyncio
import ssl
from typing import cast

from vestnik.gateway.delivery.guard import Address
from vestnik.gateway.delivery.reading import Answer, AnswerReader

__all__ = ["Connection"]


class Connection(asyncio.Protocol):
    """Sends a request, reads the answer, and knows whether it can be used again.

    Attributes:
        address: Where it goes; checked by the guard before it was made.
        where: The same as text.
        idle_since: Since when it waits for another request, by the loop's time.
    """

    __slots__ = ("_loop", "_reader", "_transport", "_waiting", "address", "idle_since", "where")

    def __init__(self, address: Address, loop: asyncio.AbstractEventLoop) -> None:
        self.address = address
        self.where = str(address)
        self.idle_since = 0.0
        self._loop = loop
        self._transport: asyncio.Transport | None = None
        self._reader = AnswerReader()
        self._waiting: asyncio.Future[Answer] | None = None

    @property
    def is_open(self) -> bool:
        """Whether nothing is known against sending over it."""
        return self._transport is not None and not self._transport.is_closing()

    def exchange(self, request: bytes) -> asyncio.Future[Answer]:
        """Send a request and return the future of its answer, which never fails."""
        self._waiting = self._loop.create_future()
        self._reader.begin()
        assert self._transport is not None
        self._transport.write(request)
        return self._waiting

    def give_up(self, why: str) -> Answer:
        """Stop waiting and drop the connection; return what is known of the answer."""
        self._waiting = None
        self.drop()
        return self._reader.end(why)

    def expire(self, why: str) -> None:
        """Give up and tell who waits for the answer."""
        self._finish(self._reader.end(why))

    def drop(self) -> None:
        """Drop the connection at once."""
        if self._transport is not None:
            self._transport.abort()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the transport."""
        # uvloop's transports are transports by what they do, not by their base class.
        self._transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        """Take bytes of the answer; what comes unasked ends the connection."""
        if self._waiting is None:
            self.drop()
            return
        answer = self._reader.feed(data)
        if answer is not None:
            self._finish(answer)

    def eof_received(self) -> bool:
        """Let the transport close: who has no more to say gets no more requests."""
        return False

    def connection_lost(self, exc: Exception | None) -> None:
        """Tell who waits for an answer."""
        if self._waiting is not None:
            self._finish(self._reader.end(_why_lost(exc)))

    def _finish(self, answer: Answer) -> None:
        waiting, self._waiting = self._waiting, None
        if not answer.is_reusable:
            self.drop()
        if waiting is not None and not waiting.done():
            waiting.set_result(answer)


def _why_lost(exc: Exception | None) -> str:
    if isinstance(exc, ssl.SSLError):
        return "TLS broke off before an answer came."
    return (
        "The connection was closed before an answer came; whether the receiver has read the "
        "request is not known."
    )
