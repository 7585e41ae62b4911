"""The in-memory twin of a core's pipe: a peer object in this process plays the core."""

from __future__ import annotations

import asyncio
from typing import Protocol

from vestnik.chatmail.transport import CoreReceiver
from vestnik.errors import CoreDied

__all__ = ["CorePeer", "MemoryTransport"]


ENOUGH_BYTES = 64 * 1024
"""How much may be written before the peer has taken it; as much as asyncio's pipes allow."""


class CorePeer(Protocol):
    """What plays the core at the other end of a `MemoryTransport`."""

    def connected(self, pipe: MemoryTransport) -> None:
        """Take the pipe that a client has just opened."""

    def line_received(self, line: bytes) -> None:
        """Take one line of the client, without its newline."""

    def disconnected(self) -> None:
        """Take note that the client is gone or the pipe was broken."""


class MemoryTransport:
    """A `CoreTransport` without a process: what one end writes the other gets in a later turn."""

    def __init__(self, peer: CorePeer) -> None:
        self._peer = peer
        self._receiver: CoreReceiver | None = None
        self._to_peer = bytearray()
        self._to_client = bytearray()
        self._cause: CoreDied | None = None
        self._flush_due = False

    async def start(self, receiver: CoreReceiver) -> None:
        """Connect the peer."""
        self._peer.connected(self)
        self._receiver = receiver

    @property
    def is_writable(self) -> bool:
        """Whether the peer has taken enough of what was written."""
        return not self._flush_due or len(self._to_peer) < ENOUGH_BYTES

    def write(self, data: bytes) -> None:
        """Queue the client's bytes for the peer."""
        if self._cause is None and self._receiver is not None:
            self._to_peer += data
            self._flush_soon()

    async def drain(self) -> None:
        """Let the peer take what was written."""
        await asyncio.sleep(0)

    async def stop(self) -> None:
        """End the peer as a closed input ends a real core: with exit status 0."""
        self.end(0)
        self._flush()

    def send(self, data: bytes) -> None:
        """Queue the peer's bytes for the client."""
        if self._cause is None:
            self._to_client += data
            self._flush_soon()

    def end(self, exit_status: int | None, stderr: tuple[str, ...] = ()) -> None:
        """End the core after what it has sent so far, as a crash or an exit would."""
        if self._cause is None:
            self._cause = CoreDied(exit_status, stderr)
            self._to_peer.clear()
            self._peer.disconnected()
            self._flush_soon()

    def _flush_soon(self) -> None:
        if not self._flush_due:
            self._flush_due = True
            asyncio.get_running_loop().call_soon(self._flush)

    def _flush(self) -> None:
        self._flush_due = False
        self._feed_peer()
        receiver = self._receiver
        if receiver is None:
            return
        if self._to_client:
            data, self._to_client = bytes(self._to_client), bytearray()
            receiver.data_received(data)
        if self._cause is not None:
            self._receiver = None
            receiver.core_ended(self._cause)

    def _feed_peer(self) -> None:
        *lines, rest = self._to_peer.split(b"\n")
        self._to_peer = bytearray(rest)
        for line in lines:
            if self._cause is None:
                self._peer.line_received(bytes(line))
