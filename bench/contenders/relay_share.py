"""How long the cores wait for the relay in a round trip, read from what the tap wrote down. Pure.

A round trip is two deliveries, and each is a chain in which nothing overlaps: the sender's core
and the SMTP server speak in turn, up to the end of the message; the relay wakes the recipient's
core; that core and the IMAP server speak in turn, until the message is there. Waited is from each
request to its answer, and from the end of the message to the waking.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from statistics import median

__all__ = ["Chunk", "Delivery", "Record", "RoundTrip", "Span", "chunks", "round_trip", "summary"]

END_OF_MESSAGE = "\r\n.\r\n"
NEWS = re.compile(r"^\* [1-9]\d* EXISTS", re.MULTILINE)
FETCH_TEXT = "BODY.PEEK[])"
LEGS = (("user", "bot"), ("bot", "user"))

Span = tuple[float, float]
Record = tuple[float, str, str, str, str, str]


@dataclass(frozen=True)
class Chunk:
    """What the tap saw at once."""

    time: float
    actor: str
    protocol: str
    from_core: bool
    head: str
    tail: str


@dataclass(frozen=True)
class Delivery:
    """One message on its way, in seconds that the cores waited."""

    smtp: float
    push: float
    imap: float
    received: float
    """When it was there."""


@dataclass(frozen=True)
class RoundTrip:
    """There and back."""

    deliveries: tuple[Delivery, Delivery]

    @property
    def waited(self) -> float:
        """All that the cores waited for the relay."""
        return sum(one.smtp + one.push + one.imap for one in self.deliveries)


def chunks(records: Sequence[Record]) -> list[Chunk]:
    """Understand what the tap printed."""
    return [
        Chunk(time, actor, protocol, side == "core", head, tail)
        for time, actor, protocol, side, head, tail in records
    ]


def summary(seen: Sequence[Chunk], echoes: Sequence[Span]) -> dict[str, float]:
    """Give medians in milliseconds of the round trips that could be read."""
    trips = [trip for span in echoes if (trip := round_trip(seen, span))]
    if len(trips) * 2 < len(echoes):
        raise ValueError(f"only {len(trips)} of {len(echoes)} round trips could be read")
    legs = [leg for trip in trips for leg in trip.deliveries]
    seconds = {
        "waited": median(trip.waited for trip in trips),
        "smtp": median(leg.smtp for leg in legs),
        "push": median(leg.push for leg in legs),
        "imap": median(leg.imap for leg in legs),
    }
    return {key: 1000 * value for key, value in seconds.items()}


def round_trip(seen: Sequence[Chunk], echo: Span) -> RoundTrip | None:
    """Read one round trip; ``None`` if it did not go as they all should."""
    begin, end = echo
    within = [chunk for chunk in seen if begin <= chunk.time <= end]
    there = delivery(within, *LEGS[0])
    if there is None:
        return None
    back = delivery([chunk for chunk in within if chunk.time >= there.received], *LEGS[1])
    return RoundTrip((there, back)) if back else None


def delivery(seen: Sequence[Chunk], sender: str, recipient: str) -> Delivery | None:
    """Read one delivery."""
    smtp = of(seen, sender, "smtp")
    sent = next((chunk for chunk in smtp if chunk.tail == END_OF_MESSAGE and chunk.from_core), None)
    if sent is None:
        return None
    before = [chunk for chunk in smtp if chunk.time <= sent.time]
    imap = [chunk for chunk in of(seen, recipient, "imap") if chunk.time > sent.time]
    woken = next((chunk for chunk in imap if NEWS.search(chunk.head)), None)
    turns = [] if woken is None else list(fetched([one for one in imap if one.time > woken.time]))
    if woken is None or not turns:
        return None
    spoken = sum(end - begin for begin, end in spans(before))
    waited = sum(end - begin for begin, end in turns)
    return Delivery(spoken, woken.time - sent.time, waited, turns[-1][1])


def fetched(imap: Sequence[Chunk]) -> Iterator[Span]:
    """Go through requests and answers, up to the one that brings the text."""
    asked = next((at for at, chunk in enumerate(imap) if FETCH_TEXT in chunk.head), None)
    if asked is None:
        return
    rest = imap[asked + 1 :]
    next_request = next((at for at, chunk in enumerate(rest) if chunk.from_core), len(rest))
    yield from spans(imap[: asked + 1 + next_request])


def spans(talk: Sequence[Chunk]) -> Iterator[Span]:
    """Give the times from each request to the last piece of its answer."""
    asked = answered = None
    for chunk in talk:
        if not chunk.from_core:
            answered = chunk.time
            continue
        if asked is not None and answered is not None:
            yield asked, answered
        asked, answered = chunk.time, None
    if asked is not None and answered is not None:
        yield asked, answered


def of(seen: Sequence[Chunk], actor: str, protocol: str) -> list[Chunk]:
    """Pick one conversation."""
    return [chunk for chunk in seen if (chunk.actor, chunk.protocol) == (actor, protocol)]
