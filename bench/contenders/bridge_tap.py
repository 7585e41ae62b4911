"""The notes of `bridge/coretap.c`: when messages left the core, and when it was at work."""

from __future__ import annotations

import struct
from bisect import bisect_left
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

__all__ = ["Notes", "Span", "read_notes"]

NOTE = struct.Struct("=QQc31s")
COUNT = struct.Struct("=Q")


class Span(NamedTuple):
    """From when to when, in nanoseconds of ``CLOCK_MONOTONIC``."""

    began: int
    ended: int

    @property
    def ms(self) -> float:
        """How long that is, in milliseconds."""
        return (self.ended - self.began) / 1e6


class Notes:
    """What was noted.

    Attributes:
        messages: When each message, by its id, was first told of by the core.
        calls: The calls that the core has answered, by their beginning.
    """

    def __init__(self, messages: dict[int, int], calls: list[Span]) -> None:
        self.messages = messages
        self.calls = sorted(calls)
        self._longest = max((call.ended - call.began for call in calls), default=0)

    def at_work(self, span: Span) -> float:
        """Give the milliseconds within a span in which the core had a call to answer."""
        total, until = 0, span.began
        for call in self._near(span):
            began, ended = max(call.began, until), min(call.ended, span.ended)
            total += max(0, ended - began)
            until = max(until, ended)
        return total / 1e6

    def _near(self, span: Span) -> Iterator[Span]:
        place = bisect_left(self.calls, (span.began - self._longest,))
        while place < len(self.calls) and self.calls[place].began < span.ended:
            yield self.calls[place]
            place += 1


def read_notes(path: Path) -> Notes:
    """Read a file of notes, while its writer lives or later."""
    content = path.read_bytes()
    (count,) = COUNT.unpack_from(content)
    if COUNT.size + count * NOTE.size > len(content):
        raise RuntimeError("The tap had no room for all its notes.")
    messages: dict[int, int] = {}
    requests: dict[int, int] = {}
    calls = []
    noted = content[COUNT.size : COUNT.size + count * NOTE.size]
    # The two directions are noted by two processes, each in its own order.
    for when, number, kind, _ in sorted(NOTE.iter_unpack(noted)):
        if kind == b"m":
            messages.setdefault(number, when)
        elif kind == b"q":
            requests[number] = when
        elif number in requests:
            calls.append(Span(requests.pop(number), when))
    return Notes(messages, calls)
