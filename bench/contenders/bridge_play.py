"""What the contenders of the bridge bench go through, and what is made of the times."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from statistics import median
from typing import NamedTuple, Protocol

from bridge_stage import Sender, Task
from bridge_tap import Notes, Span, read_notes

__all__ = ["Heard", "Order", "Rival", "play"]

Order = dict[str, object]

PACE = 20
"""Messages a second when it is calm."""

WARM_UP = 20
"""Messages and calls that come first and are not counted."""


class Heard(NamedTuple):
    """A message as the program got it.

    Attributes:
        number: Its place in the storm.
        message: Its id in the core.
        when: In nanoseconds of ``CLOCK_MONOTONIC``.
    """

    number: int
    message: int
    when: int


class Rival(Protocol):
    """A program of a bot, with or without a bridge between it and the core."""

    invite: str

    @property
    def ways(self) -> Sequence[str]:
        """By which it can give orders."""
        ...

    def cpu_ms(self) -> float:
        """Say how much was computed so far between the core and the program."""
        ...

    def hear(self, count: int, begin: Callable[[], None]) -> list[Heard]:
        """Wait for messages; ``begin`` is called when it listens."""
        ...

    def read(self, message: int) -> Order:
        """Spell the call that asks for a message."""
        ...

    def answer(self, message: int) -> Order:
        """Spell the call that answers a message."""
        ...

    def order(self, way: str, orders: Sequence[Order]) -> list[Span]:
        """Give orders, each after the answer to the one before."""
        ...


def play(task: Task, rival: Rival, sender: Sender) -> dict[str, float]:
    """Hear and give orders."""
    sender.meet(rival.invite)
    before = rival.cpu_ms()
    calm = storm(rival, sender, WARM_UP + task.messages, PACE)
    cpu, calm = (rival.cpu_ms() - before) / len(calm), calm[WARM_UP:]
    fast = storm(rival, sender, task.messages, 0)
    numbers = {"calm_cpu": cpu, **events("calm", read_notes(task.notes), calm)}
    numbers |= events("fast", read_notes(task.notes), fast) | {"fast_rate": rate(fast)}
    messages = [one.message for one in calm]
    for place, way in enumerate(rival.ways):
        share = messages[place :: len(rival.ways)]
        numbers |= calls(task, rival, way, share)
    return numbers


def storm(rival: Rival, sender: Sender, count: int, a_second: float) -> list[Heard]:
    """Let messages be sent, and give them as they were heard."""
    heard = rival.hear(count, lambda: sender.begin(count, a_second))
    sender.wait()
    return sorted(heard)


def rate(heard: Sequence[Heard]) -> float:
    """Say how many messages came a second."""
    moments = sorted(one.when for one in heard)
    return (len(moments) - 1) * 1e9 / (moments[-1] - moments[0])


def events(key: str, notes: Notes, heard: Sequence[Heard]) -> dict[str, float]:
    """Compare when messages left the core and when they were heard."""
    spans = [Span(notes.messages[one.message], one.when) for one in heard]
    return {
        **percentiles(f"{key}_event", [span.ms for span in spans]),
        **percentiles(f"{key}_own", added(notes, spans)),
    }


def calls(task: Task, rival: Rival, way: str, messages: Sequence[int]) -> dict[str, float]:
    """Ask for messages again and again, and answer each of them once."""
    count = WARM_UP + task.calls
    reads = [rival.read(messages[number % len(messages)]) for number in range(count)]
    read = rival.order(way, reads)[WARM_UP:]
    answered = rival.order(way, [rival.answer(message) for message in messages])
    notes = read_notes(task.notes)
    return {
        **percentiles(f"{way}_call", added(notes, read)),
        f"{way}_call_core": median(notes.at_work(span) for span in read),
        **percentiles(f"{way}_answer", added(notes, answered)),
        f"{way}_answer_core": median(notes.at_work(span) for span in answered),
    }


def added(notes: Notes, spans: Sequence[Span]) -> list[float]:
    """Take away what the core took itself."""
    return [span.ms - notes.at_work(span) for span in spans]


def percentiles(key: str, values: Sequence[float]) -> dict[str, float]:
    """Give the median and the 99th percentile."""
    ordered = sorted(values)
    return {f"{key}_p50": median(ordered), f"{key}_p99": ordered[int(0.99 * (len(ordered) - 1))]}
