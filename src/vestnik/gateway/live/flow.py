"""How fast bytes of one connection are taken and given.

Rules of this file:

- What a client says is taken in slices and within a budget; beyond it the connection is not read
  for a moment, and nobody else waits for it.
- A client that does not read is not read either until it does.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from vestnik.wire.websocket import FrameReader, Incoming

if TYPE_CHECKING:
    from vestnik.gateway.live.hub import Hub

__all__ = ["Flow"]

_SLICE = 4096


class Flow(asyncio.Protocol):
    """The lower half of a connection: bytes become messages, as fast as is good.

    Attributes:
        is_slow: Whether as much waits for the client as may.
    """

    __slots__ = (
        "_held",
        "_hub",
        "_is_silenced",
        "_reader",
        "_spent",
        "_transport",
        "_window",
        "_writable",
        "is_slow",
    )

    def __init__(self, hub: Hub) -> None:
        self._hub = hub
        self._transport: asyncio.Transport
        self._reader: FrameReader | None = None
        self._held = b""
        self._is_silenced = False
        self._spent = 0
        self._window = 0
        self._writable: asyncio.Future[None] | None = None
        self.is_slow = False

    def take(self, incoming: Incoming) -> None:
        """Do what a message asks for."""
        raise NotImplementedError

    def silence(self) -> None:
        """Say too much, and be listened to again a little later."""
        raise NotImplementedError

    def write(self, data: bytes) -> None:
        """Send bytes, unless the connection is on its way out."""
        if not self._transport.is_closing():
            self._transport.write(data)

    async def until_writable(self) -> None:
        """Return when the client can take more."""
        while self.is_slow:
            self._writable = asyncio.get_running_loop().create_future()
            await self._writable

    def listen_again(self) -> None:
        """Take what was held back, and what comes."""
        self._is_silenced = False
        self._go_on_reading()

    def _note_slow(self) -> None:
        self.is_slow = True

    def _note_writable(self) -> None:
        self.is_slow = False
        writable, self._writable = self._writable, None
        if writable is not None and not writable.done():
            writable.set_result(None)

    def _read(self, data: bytes) -> None:
        reader = self._reader
        if reader is None:
            return
        for start in range(0, len(data), _SLICE):
            if self.is_slow or not self._has_budget():
                self._held = data[start:]
                return
            piece = data[start : start + _SLICE] if len(data) > _SLICE else data
            found = reader.feed(piece)
            self._spent += len(found) + len(piece) // 1024
            for incoming in found:
                self.take(incoming)

    def _go_on_reading(self) -> None:
        if not self._transport.is_closing():
            self._listen_or_not()
            held, self._held = self._held, b""
            self._read(held)

    def _has_budget(self) -> bool:
        window = int(self._hub.clock.monotonic())
        if window != self._window:
            self._window, self._spent = window, 0
        if self._spent < self._hub.options.most_messages:
            return True
        if not self._is_silenced:
            self._is_silenced = True
            self.silence()
            self._listen_or_not()
        return False

    def _listen_or_not(self) -> None:
        if self._transport.is_closing():
            return
        if self.is_slow or self._is_silenced:
            self._transport.pause_reading()
        else:
            self._transport.resume_reading()
