"""Bytes into lines, with a bound on what an endless line may hold in memory."""

from __future__ import annotations

__all__ = ["CUT_LINE_BYTES", "CutLine", "LineSplitter"]

CUT_LINE_BYTES = 200
"""How much of an oversized line is kept."""


class CutLine(bytes):
    """The start of a line that was longer than the limit."""


class LineSplitter:
    """Cuts a stream of bytes at its newlines."""

    def __init__(self, max_line_bytes: int) -> None:
        self._max_line_bytes = max_line_bytes
        self._parts: list[bytes] = []
        self._length = 0

    def feed(self, data: bytes) -> list[bytes]:
        """Take the next bytes.

        Returns:
            The lines that they complete, without their newlines; of a line over the limit only
            the start, as a `CutLine`.
        """
        *lines, unfinished = data.split(b"\n")
        if lines and self._length:
            self._keep(lines[0])
            lines[0] = self._finish()
        if len(data) > self._max_line_bytes:
            lines = [self._cut(line) for line in lines]
        if unfinished:
            self._keep(unfinished)
        return lines

    def _cut(self, line: bytes) -> bytes:
        return line if len(line) <= self._max_line_bytes else CutLine(line[:CUT_LINE_BYTES])

    def _keep(self, part: bytes) -> None:
        self._length += len(part)
        self._parts.append(part)
        if self._length > self._max_line_bytes:
            self._parts = [b"".join(self._parts)[:CUT_LINE_BYTES]]

    def _finish(self) -> bytes:
        line, whole = b"".join(self._parts), self._length <= self._max_line_bytes
        self._parts, self._length = [], 0
        return line if whole else CutLine(line)
