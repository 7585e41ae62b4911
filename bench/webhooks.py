"""Webhooks: the whole gateway beside bare loops of HTTP clients."""

from __future__ import annotations

import sys
from pathlib import Path

import harness
from harness import Bench, Contender, Goal, Limit, Measure
from machine import Peers
from programs import Missing, compiled, need

HERE = Path(__file__).parent
OURS, AIOHTTP, PYREQWEST = "Vestnik", "bare aiohttp", "bare pyreqwest"

ROUNDS = 5


def less(key: str, title: str, unit: str, note: str = "") -> Measure:
    """Describe something of which less is better."""
    return Measure(key, title, unit, more_is_better=False, note=note)


MEASURES = (
    Measure("rate", "Webhooks", "a second", note="200 endpoints, one core for the sender"),
    less("cpu", "Sender's CPU time for one webhook", "µs"),
    less("load", "Share of their core that the receivers and the publisher took", "%"),
    Measure("paced", "Webhooks in what follows", "a second", note="published at a steady pace"),
    less("calm_p50", "Published to received, all healthy, median", "ms"),
    less("calm_p99", "Published to received, all healthy, 99th percentile", "ms"),
    less(
        "sick_p50",
        "Published to received at the healthy, median",
        "ms",
        note="0.5 % refuse connections, 0.5 % never answer, 5 % take two seconds",
    ),
    less("sick_p99", "Published to received at the healthy, 99th percentile", "ms"),
    less("moved", "What the sick make of the 99th percentile of the healthy", "times"),
    Measure("sick_arrived", "Arrived at the healthy, of what was published for them", "%"),
)

GOALS = (Goal(OURS, "rate", 1.5, peer=AIOHTTP),)

LIMITS = (Limit(OURS, "moved", 1.25),)


def main() -> int:
    """Install the peers, measure, report."""
    chosen = harness.options(__doc__)
    chosen.rounds = chosen.rounds or (None if chosen.quick else ROUNDS)
    try:
        need("gcc", "taskset")
    except Missing as missing:
        print(missing, file=sys.stderr)
        return 2
    peers = Peers("webhooks", ("aiohttp", "uvloop", "pyreqwest"))
    bench = Bench(
        name="webhooks",
        contenders=contenders(),
        measures=MEASURES,
        goals=GOALS,
        limits=LIMITS,
        parameters={
            "hook_load": str(compiled("webhooks/hookload.c")),
            "python": str(peers.python),
        },
        versions=peers.versions,
    )
    return harness.run(bench, chosen)


def contenders() -> list[Contender]:
    """List all, each with its script."""
    return [
        Contender(OURS, script("vestnik"), "ours"),
        Contender(AIOHTTP, script("bare", "aiohttp")),
        Contender(PYREQWEST, script("bare", "pyreqwest")),
    ]


def script(name: str, *arguments: str) -> tuple[str, ...]:
    """Make the command of a contender."""
    return (sys.executable, str(HERE / "contenders" / f"webhooks_{name}.py"), *arguments)


if __name__ == "__main__":
    sys.exit(main())
