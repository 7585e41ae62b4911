"""The seam between the client and a running core: bytes out, bytes in, and one end."""

from __future__ import annotations

from typing import Protocol

from vestnik.errors import CoreDied

__all__ = ["CoreReceiver", "CoreTransport"]


class CoreReceiver(Protocol):
    """Who is told what a core says."""

    def data_received(self, data: bytes) -> None:
        """Take the next bytes of the core's output; they may end in the middle of a line."""

    def core_ended(self, cause: CoreDied) -> None:
        """Take note that this core is gone and nothing more will come."""


class CoreTransport(Protocol):
    """The pipe to one core: newline-terminated JSON-RPC both ways.

    What every implementation guarantees, and ``vestnik.testing.check_core_transport`` checks:

    - `start` returns once the core runs; it raises `CoreNotFound` when there is none to run.
    - From then on all of the core's output reaches the receiver in order, on the event loop.
    - ``core_ended`` is called exactly once, after the last byte, within a second of the core's
      end, whoever caused it.
    - `write` never blocks and never raises; after the end it does nothing.
    - `is_writable` turns false when the core takes too little of what is written, so that who
      heeds it has a bound in memory; it is true again when `drain` returns, and after the end.
    - `stop` is bounded, may be called twice and from a cancelled task, and leaves no process;
      when it returns ``core_ended`` has been called.
    """

    async def start(self, receiver: CoreReceiver) -> None:
        """Start the core and pass its output to `receiver`."""

    @property
    def is_writable(self) -> bool:
        """Whether more may be written now; if not, `drain` waits until then."""

    def write(self, data: bytes) -> None:
        """Queue bytes for the core's input."""

    async def drain(self) -> None:
        """Wait until the core has taken enough of what was written, or has ended."""

    async def stop(self) -> None:
        """End the core: close its input, wait, then ask, then force."""
