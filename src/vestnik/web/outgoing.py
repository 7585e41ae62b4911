"""How much of long answers waits for clients that do not read."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from vestnik.ids import TokenId
from vestnik.web.http import Answer, Problem
from vestnik.web.problems import answer_to

__all__ = ["MOST_UNREAD", "Outgoing"]

MOST_UNREAD = 64 * 1024 * 1024
"""Bytes of long answers that the clients with one token have yet to read."""

_SHORT = 64 * 1024
"""Answers up to this always go out: a connection has buffers of that size anyway."""

_FULL = "It was done, but other long answers to this token are not read yet: read them first."
_LATER = ((b"retry-after", b"1"),)


class Outgoing:
    """Counts what is on its way, by token.

    Args:
        most: Bytes of long answers for one token.
    """

    def __init__(self, most: int = MOST_UNREAD) -> None:
        self._most = most
        self._unread: Counter[TokenId | None] = Counter()

    @contextmanager
    def room(self, token: TokenId | None, answer: Answer) -> Iterator[Answer]:
        """Give the answer that is to go out while the block runs, or a short one if it is full."""
        length = len(answer.body)
        if length <= _SHORT:
            yield answer
        elif self._unread[token] + length > self._most:
            yield answer_to(Problem(429, _FULL, _LATER))
        else:
            self._unread[token] += length
            try:
                yield answer
            finally:
                self._unread[token] -= length
                if not self._unread[token]:
                    del self._unread[token]
