"""When something that recurs comes next; pure, and right when clocks are put forward or back.

A time of day that a day has twice counts once, the first time. One that a day lacks comes as much
later as the clocks were put forward: each day has exactly one run.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from enum import IntEnum
from typing import TypeAlias
from zoneinfo import ZoneInfo

import msgspec

from vestnik.errors import BadBot

__all__ = ["Daily", "Interval", "Recurrence", "Weekday", "Weekly", "next_moment", "pack", "unpack"]

_DAYS_OF_A_WEEK = 7


class Weekday(IntEnum):
    """A day of the week, numbered as `datetime.date.weekday` does."""

    MONDAY = 0
    TUESDAY = 1
    WEDNESDAY = 2
    THURSDAY = 3
    FRIDAY = 4
    SATURDAY = 5
    SUNDAY = 6


class Interval(msgspec.Struct, frozen=True, tag="interval"):
    """Again and again after the same time, at least a second.

    Raises:
        BadBot: It is shorter.
    """

    every: timedelta

    def __post_init__(self) -> None:
        if self.every < timedelta(seconds=1):
            raise BadBot(f"An interval of {self.every} is too short: choose a second or more.")


class Daily(msgspec.Struct, frozen=True, tag="daily"):
    """Every day at a time of a zone.

    Raises:
        BadBot: The time has a zone of its own, or the zone has no name.
    """

    at: time
    zone: tzinfo = UTC

    def __post_init__(self) -> None:
        _check(self.at, self.zone)


class Weekly(msgspec.Struct, frozen=True, tag="weekly"):
    """On some days of the week, at a time of a zone.

    Raises:
        BadBot: There is no day, the time has a zone of its own, or the zone has no name.
    """

    days: frozenset[Weekday]
    at: time
    zone: tzinfo = UTC

    def __post_init__(self) -> None:
        if not self.days:
            raise BadBot("Weekly needs at least one day, such as {Weekday.MONDAY}.")
        _check(self.at, self.zone)


Recurrence: TypeAlias = Interval | Daily | Weekly


def next_moment(recurrence: Recurrence, last: float, now: float) -> float:
    """Return the first moment that is after the last one and not past, in seconds since 1970."""
    after = max(last, now)
    if isinstance(recurrence, Interval):
        return _on_grid(last, recurrence.every.total_seconds(), after)
    moments = (_moment(day, recurrence) for day in _days(recurrence, after))
    return next(moment for moment in moments if moment > after)


def pack(recurrence: Recurrence) -> bytes:
    """Write it down, always in the same way."""
    return _ENCODER.encode(recurrence)


def unpack(raw: bytes) -> Recurrence:
    """Read what `pack` wrote.

    Raises:
        msgspec.DecodeError: It is something else, or its zone is not known here.
    """
    return _DECODER.decode(raw)


def _on_grid(start: float, step: float, after: float) -> float:
    steps = math.floor((after - start) / step) + 1
    moment = start + steps * step
    # What is lost in floating point must not run twice.
    return moment if moment > after else moment + step


def _moment(day: date, recurrence: Daily | Weekly) -> float:
    return datetime.combine(day, recurrence.at, recurrence.zone).timestamp()


def _days(recurrence: Daily | Weekly, after: float) -> Iterator[date]:
    """Give the days on which it runs, from yesterday on: a gap may move a run to the next day."""
    day = datetime.fromtimestamp(after, recurrence.zone).date() - timedelta(days=1)
    while True:
        if isinstance(recurrence, Daily) or day.weekday() in recurrence.days:
            yield day
        day += timedelta(days=1)


def _check(at: time, zone: tzinfo) -> None:
    if at.tzinfo is not None:
        raise BadBot(f"The time {at} has a zone of its own: give the zone beside it.")
    try:
        _zone_name(zone)
    except NotImplementedError as error:
        raise BadBot(str(error)) from None


def _zone_name(zone: object) -> str:
    if zone is UTC:
        return "UTC"
    if isinstance(zone, ZoneInfo) and zone.key:
        return zone.key
    # What msgspec expects of a hook that cannot encode something.
    raise NotImplementedError(
        f"The zone {zone!r} cannot be remembered: give one by its name, as in "
        'ZoneInfo("Europe/Moscow").'
    )


def _zone(kind: type, name: object) -> tzinfo:
    if name == "UTC":
        return UTC
    try:
        return ZoneInfo(str(name))
    except (KeyError, OSError) as error:
        # `ZoneInfoNotFoundError` is a KeyError.
        raise ValueError(f"the zone {name} is not known here") from error


_ENCODER = msgspec.json.Encoder(enc_hook=_zone_name, order="deterministic")
_DECODER: msgspec.json.Decoder[Recurrence] = msgspec.json.Decoder(Recurrence, dec_hook=_zone)
