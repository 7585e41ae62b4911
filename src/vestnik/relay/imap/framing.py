"""From a stream of bytes to whole commands, literals included. Pure.

A frame is a command without its last CRLF, in which each literal stands as ``{n}``, CRLF and n
bytes, exactly as it came (RFC 3501 4.3, 7; RFC 7888 for ``{n+}``).
"""

from __future__ import annotations

import re

import msgspec

__all__ = ["Continue", "Frame", "FrameRefused", "Receiver"]

_LITERAL = re.compile(rb"\{(\d{1,10})(\+?)\}\Z")
_TAG = re.compile(rb"[^\x00-\x20\x7f-\xff(){%*\"\\+]+(?= )")


class Frame(msgspec.Struct, frozen=True):
    """A whole command."""

    data: bytes


class Continue(msgspec.Struct, frozen=True):
    """The client waits to be told that it may send a literal."""


class FrameRefused(Exception):
    """The command is too large.

    Attributes:
        tag: The command's tag, empty if it had none.
        fatal: Whether what follows on the stream can no longer be told apart from the command.
    """

    def __init__(self, tag: bytes, reason: str, fatal: bool) -> None:
        super().__init__(reason)
        self.tag = tag
        self.fatal = fatal


class Receiver:
    """Cuts a stream into frames, holding no more than its limits allow.

    Args:
        line_limit: Bytes that a command may have outside of its literals.
        literal_limit: Bytes that all literals of a command may have together; may be changed.
    """

    def __init__(self, line_limit: int, literal_limit: int) -> None:
        self.literal_limit = literal_limit
        self._line_limit = line_limit
        self._buffer = bytearray()
        self._start_over()

    def _start_over(self) -> None:
        self._line_start = 0
        self._scanned = 0
        self._literal_bytes = 0

    def feed(self, data: bytes) -> None:
        """Take the next bytes; `next` says what they made whole."""
        self._buffer += data

    def next(self) -> Frame | Continue | None:
        """Return the next thing to act on; ``None`` until more bytes come.

        Raises:
            FrameRefused: A command is too large. Unless that is fatal, it has been dropped.
        """
        while (end := self._line_end()) is not None:
            stop = end - 1 if self._buffer[self._line_start : end].endswith(b"\r") else end
            literal = _LITERAL.search(self._buffer, max(self._line_start, stop - 14), stop)
            if literal is None:
                return self._cut(stop, end + 1)
            size, unasked = int(literal[1]), bool(literal[2])
            self._check_literal(size, unasked, end + 1)
            self._line_start = self._scanned = end + 1 + size
            if not unasked:
                return Continue()
        return None

    def _line_end(self) -> int | None:
        """Find the end of the line, and refuse one that is too long."""
        end = self._buffer.find(b"\n", self._scanned)
        length = (len(self._buffer) if end < 0 else end) - self._literal_bytes
        if length > self._line_limit:
            raise FrameRefused(self._tag(), "The command line is too long", fatal=True)
        self._scanned = max(self._scanned, len(self._buffer)) if end < 0 else end
        return None if end < 0 else end

    def _check_literal(self, size: int, unasked: bool, line_end: int) -> None:
        self._literal_bytes += size
        if self._literal_bytes <= self.literal_limit:
            return
        tag = self._tag()
        if not unasked:  # the client has not sent it, and now will not
            del self._buffer[:line_end]
            self._start_over()
        raise FrameRefused(tag, f"More than {self.literal_limit} bytes", fatal=unasked)

    def _cut(self, stop: int, end: int) -> Frame:
        frame = Frame(bytes(self._buffer[:stop]))
        del self._buffer[:end]
        self._start_over()
        return frame

    def _tag(self) -> bytes:
        found = _TAG.match(self._buffer)
        return bytes(found[0]) if found else b""
