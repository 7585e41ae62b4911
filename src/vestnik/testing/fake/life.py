"""One life of a fake core: from the opening of its pipe to its end."""

from __future__ import annotations

from collections.abc import Callable

from vestnik.chatmail.memory import MemoryTransport
from vestnik.testing.fake.channel import EventChannel

__all__ = ["Life"]


class Life:
    """The `CorePeer` of one transport.

    Args:
        begin: Told when the pipe opens; says no when another core already has the accounts.
        take_line: Told of each line.
        end: Told when the life is over, if it had begun.
    """

    def __init__(
        self,
        begin: Callable[[Life], bool],
        take_line: Callable[[Life, bytes], None],
        end: Callable[[Life], None],
    ) -> None:
        self._begin = begin
        self._take_line = take_line
        self._end = end
        self._pipe: MemoryTransport | None = None
        self.events = EventChannel(self.send)

    def connected(self, pipe: MemoryTransport) -> None:
        """Begin, or end at once as a core does whose accounts are in use."""
        self._pipe = pipe
        if not self._begin(self):
            pipe.end(1, ("Error: the fake core runs already: accounts.lock is taken",))

    def line_received(self, line: bytes) -> None:
        """Take one line of the client."""
        self._take_line(self, line)

    def disconnected(self) -> None:
        """End, whoever wanted it."""
        self._end(self)

    def send(self, line: bytes) -> None:
        """Write to the client; after the end nothing comes of it."""
        if self._pipe is not None:
            self._pipe.send(line)

    def crash(self, exit_status: int, stderr: tuple[str, ...]) -> None:
        """End without a word but those on the error stream."""
        if self._pipe is not None:
            self._pipe.end(exit_status, stderr)
