"""Those who are told the same: who is told at once, who stands aside, and what each has missed.

Rules of this file:

- A notification is encoded once, however many get it, and all that is told at once is one write for
  each of them.
- Who is slow costs the others nothing: it stands aside, and what it misses is a difference of two
  numbers, not a list.
- A write may make a member stand aside: so all is counted before, and a copy of the list is told.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol

from vestnik.gateway.live.stats import HubStats
from vestnik.gateway.model import Stored
from vestnik.wire import Dialect, Position, encode_body, encode_notify
from vestnik.wire.websocket import encode_frame

__all__ = ["Audience", "Member", "frame_of"]


class Member(Protocol):
    """A connection, as far as a channel knows it."""

    @property
    def wants_positions(self) -> bool:
        """Whether it is told where in the stream each notification stands."""

    @property
    def is_slow(self) -> bool:
        """Whether as much waits for it as may."""

    def write(self, data: bytes) -> None:
        """Send bytes; may call the channel's `stand_aside` before it returns."""


def frame_of(item: Stored, dialect: Dialect, position: Position | None, missed: int = 0) -> bytes:
    """Return the frame that tells a notification."""
    return encode_frame(encode_notify(encode_body(item.notification, dialect), position, missed))


class Audience:
    """The members of a channel."""

    __slots__ = ("_owed", "_plain", "_positioned", "_slow", "_stats", "_told")

    def __init__(self, stats: HubStats) -> None:
        self._stats = stats
        self._told = 0
        self._plain: dict[Member, None] = {}
        self._positioned: dict[Member, None] = {}
        self._owed: dict[Member, int] = {}
        self._slow: dict[Member, int] = {}

    def add(self, member: Member, missed: int) -> None:
        """Tell a member what comes; one with positions also how much it has missed."""
        if member.is_slow:
            self._slow[member] = self._told - missed
        elif not member.wants_positions:
            self._plain[member] = None
        elif missed:
            self._owed[member] = missed
        else:
            self._positioned[member] = None

    def remove(self, member: Member) -> int:
        """Tell a member nothing more; return how much it has missed and was not told."""
        self._plain.pop(member, None)
        self._positioned.pop(member, None)
        if member in self._slow:
            return self._told - self._slow.pop(member)
        return self._owed.pop(member, 0)

    def put_aside(self, member: Member) -> None:
        """Count what a member misses from now on, instead of telling it."""
        if member in self._plain or member in self._positioned or member in self._owed:
            self._slow[member] = self._told - self.remove(member)

    def is_aside(self, member: Member) -> bool:
        """Whether a member misses what is told."""
        return member in self._slow

    def owe(self, lost: int) -> None:
        """Tell those who are here now of a gap, together with what they are told next."""
        self._told += lost
        for member in (*self._owed, *self._positioned):
            self._owed[member] = self._owed.get(member, 0) + lost
        self._positioned.clear()

    def tell(self, items: list[Stored], lost: int, epoch: str, dialect: Dialect) -> None:
        """Tell notifications, which came behind a gap of so many that are lost."""
        self._told += len(items) + lost
        self._stats.missed += len(items) * len(self._slow)
        if self._plain:
            self._write(self._plain, items, [frame_of(item, dialect, None) for item in items])
        if self._positioned or self._owed:
            self._tell_positions(items, lost, epoch, dialect)

    def _tell_positions(self, items: list[Stored], lost: int, epoch: str, dialect: Dialect) -> None:
        owed, self._owed = self._owed, {}
        first, *rest = items
        place = Position(epoch, first.offset)
        others = [frame_of(item, dialect, Position(epoch, item.offset)) for item in rest]
        if self._positioned:
            self._write(self._positioned, items, [frame_of(first, dialect, place, lost), *others])
        for member, missed in owed.items():
            self._positioned[member] = None
            told = frame_of(first, dialect, place, missed + lost)
            self._write((member,), items, [told, *others])

    def _write(
        self, members: Iterable[Member], items: list[Stored], frames: Iterable[bytes]
    ) -> None:
        told, data = tuple(members), b"".join(frames)
        self._stats.sent += len(items) * len(told)
        for member in told:
            member.write(data)
