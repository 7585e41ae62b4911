"""The head of a request: how much of it may come, and how it is written anew.

The parser neither bounds a head nor what it hoards of one that never ends; so both are counted.
"""

from __future__ import annotations

from collections.abc import Iterable

from vestnik.wire.websocket import MAX_HEAD

__all__ = ["HeadMeasure", "HeadTooLong", "spell_head"]


class HeadTooLong(Exception):
    """More comes than the head of a request may have."""


class HeadMeasure:
    """What has come of a head, and what has come that nobody has made sense of yet."""

    __slots__ = ("_size", "_unexplained")

    def __init__(self) -> None:
        self._size = 0
        self._unexplained = 0

    @property
    def is_too_long(self) -> bool:
        """Whether the head has more than it may."""
        return self._size > MAX_HEAD

    def begin(self) -> None:
        """Measure the head that begins."""
        self._size = self._unexplained = 0

    def add(self, size: int) -> None:
        """Count a part of the head.

        Raises:
            HeadTooLong: That is too much.
        """
        self._size += size
        if self.is_too_long:
            raise HeadTooLong

    def receive(self, size: int) -> None:
        """Count what comes, before it is parsed."""
        self._unexplained += size

    def explain(self) -> None:
        """All that has come has a meaning that is not a head."""
        self._unexplained = 0

    def check(self) -> None:
        """Look what the parser has left.

        Raises:
            HeadTooLong: It hoards more than belongs to a head of a decent size.
        """
        if self._unexplained > MAX_HEAD:
            raise HeadTooLong


def spell_head(
    method: bytes, url: bytes, version: bytes, headers: Iterable[tuple[bytes, bytes]]
) -> bytes:
    """Write a head once more that has been parsed."""
    head = [method, b" ", url, b" HTTP/", version, b"\r\n"]
    for name, value in headers:
        head += [name, b": ", value, b"\r\n"]
    return b"".join([*head, b"\r\n"])
