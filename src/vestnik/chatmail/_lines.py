"""Bytes into lines, with a bound on what an endless line may hold in memory."""

from __future__ import annotations

from collections.abc import Iterator

__all__ = ["CUT_LINE_BYTES", "LineSplitter"]

CUT_LINE_BYTES = 200
"""How much of an oversized line is kept."""


class LineSplitter:
    """Cuts a stream of bytes at its newlines."""

    def __init__(self, max_line_bytes: int) -> None:
        self._max_line_bytes = max_line_bytes
        self._parts: list[bytes] = []
        self._length = 0

    def feed(self, data: bytes) -> Iterator[tuple[bytes, bool]]:
        """Take the next bytes.

        Yields:
            Each line that they complete, without its newline, and whether it is whole: of a line
            over the limit only the start is kept.
        """
        first, newline, rest = data.partition(b"\n")
        self._keep(first)
        if not newline:
            return
        yield self._finish()
        *lines, unfinished = rest.split(b"\n")
        for line in lines:
            whole = len(line) <= self._max_line_bytes
            yield line if whole else line[:CUT_LINE_BYTES], whole
        self._keep(unfinished)

    def _keep(self, part: bytes) -> None:
        was_whole = self._length <= self._max_line_bytes
        self._length += len(part)
        if self._length <= self._max_line_bytes:
            self._parts.append(part)
        elif was_whole:
            self._parts = [b"".join((*self._parts, part[:CUT_LINE_BYTES]))[:CUT_LINE_BYTES]]

    def _finish(self) -> tuple[bytes, bool]:
        line, whole = b"".join(self._parts), self._length <= self._max_line_bytes
        self._parts, self._length = [], 0
        return line, whole
