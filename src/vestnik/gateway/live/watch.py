"""One task that looks after all connections: deadlines, signs of life, and who says too much.

A timer for each connection would cost more than the connection. Pings go out slice by slice: a
connection has its place in a ring, and is asked once in every round.
"""

from __future__ import annotations

import logging
import math
from collections.abc import Callable, Iterable, Iterator
from typing import Protocol, TypeVar

from vestnik.gateway.live.options import LiveOptions

__all__ = ["TICK", "Watch", "Watched", "for_each"]

_log = logging.getLogger("vestnik.gateway.live")

TICK = 0.5
"""Seconds between two looks."""

_GOODBYE_SECONDS = 5.0
"""How long a client may take to answer a Close frame, and the last bytes to leave."""


class Watched(Protocol):
    """A connection, as far as the watch knows it."""

    def expire(self) -> None:
        """Its time to authenticate is over."""

    def abort(self) -> None:
        """Be gone at once."""

    def ping(self) -> None:
        """Ask for a sign of life."""

    def check(self) -> None:
        """Be gone if there was none."""

    def listen_again(self) -> None:
        """Take what it says again."""


One = TypeVar("One", bound=Watched)


class Watch:
    """Looks after connections whenever `look` is called, about every `TICK` seconds."""

    def __init__(self, options: LiveOptions) -> None:
        self._auth_seconds = options.auth_seconds
        slices = max(2, round(options.ping_seconds / TICK))
        self._ring: list[set[Watched]] = [set() for _ in range(slices)]
        self._places: dict[Watched, int] = {}
        self._answer = min(slices - 1, math.ceil(options.pong_seconds / TICK))
        self._at = 0
        # Both in the order of their deadlines, because each has one length for all.
        self._waiting: dict[Watched, float] = {}
        self._leaving: dict[Watched, float] = {}
        self._silenced: list[Watched] = []

    def __len__(self) -> int:
        return len(self._places)

    def __iter__(self) -> Iterator[Watched]:
        return iter(tuple(self._places))

    @property
    def waiting(self) -> int:
        """How many have not said yet who they are."""
        return len(self._waiting)

    def welcome(self, one: Watched, now: float) -> None:
        """Begin to look after a connection, which has to authenticate in time."""
        self._places[one] = self._at
        self._ring[self._at].add(one)
        self.await_auth(one, now)

    def make_room(self, most: int) -> None:
        """End those who have been silent the longest until so many wait at most.

        Whoever has a token says so at once; a crowd that says nothing must not keep him out.
        """
        while len(self._waiting) > most:
            oldest = next(iter(self._waiting))
            del self._waiting[oldest]
            for_each((oldest,), lambda one: one.expire())

    def await_auth(self, one: Watched, now: float) -> None:
        """Give a connection time to authenticate, from now on."""
        self._waiting.pop(one, None)
        self._waiting[one] = now + self._auth_seconds

    def trust(self, one: Watched) -> None:
        """Take note that a connection is in."""
        self._waiting.pop(one, None)

    def await_end(self, one: Watched, now: float) -> None:
        """Give a connection a little time to end."""
        self._waiting.pop(one, None)
        if one in self._places:
            self._leaving.setdefault(one, now + _GOODBYE_SECONDS)

    def silence(self, one: Watched) -> None:
        """Let a connection listen again only at the next look."""
        self._silenced.append(one)

    def forget(self, one: Watched) -> None:
        """Look after a connection no more."""
        self._waiting.pop(one, None)
        self._leaving.pop(one, None)
        place = self._places.pop(one, None)
        if place is not None:
            self._ring[place].discard(one)

    def look(self, now: float) -> None:
        """Do what is due; a mistake with one connection ends that one alone."""
        for_each(_due(self._waiting, now), lambda one: one.expire())
        for_each(_due(self._leaving, now), lambda one: one.abort())
        self._turn()
        silenced, self._silenced = self._silenced, []
        for_each((one for one in silenced if one in self._places), lambda one: one.listen_again())

    def _turn(self) -> None:
        self._at = (self._at + 1) % len(self._ring)
        for_each(tuple(self._ring[self._at - self._answer]), lambda one: one.check())
        for_each(tuple(self._ring[self._at]), lambda one: one.ping())


def for_each(those: Iterable[One], do: Callable[[One], None]) -> None:
    """Do something with connections; a mistake with one ends that one alone."""
    for one in those:
        try:
            do(one)
        except Exception:
            _log.exception("A mistake with one connection, which is ended.")
            _end(one)


def _end(one: Watched) -> None:
    try:
        one.abort()
    except Exception:
        _log.exception("A connection did not end as it should.")


def _due(deadlines: dict[Watched, float], now: float) -> list[Watched]:
    """Take out those whose time is over."""
    due = []
    for one, deadline in deadlines.items():
        if deadline > now:
            break
        due.append(one)
    for one in due:
        del deadlines[one]
    return due
