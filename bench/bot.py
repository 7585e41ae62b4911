"""Bots side by side: on the same fake core, and an echo's round trip on the real one."""

from __future__ import annotations

import sys
from pathlib import Path

import harness
from harness import Bench, Contender, Goal, Measure
from machine import PEERS, Peers

from vestnik.chatmail import find_core_binary

HERE = Path(__file__).parent
OURS, REAL, BARE = "Vestnik", "Vestnik on the real core", "bare loop on Vestnik's client"

MEASURES = (
    Measure("silent", "Messages handled, handler that does nothing", "a second"),
    Measure("echo", "Messages handled, handler that replies with a quote", "a second"),
    Measure(
        "waiting",
        "Messages handled, handler that waits for 100 ms and replies",
        "a second",
        note="100 chats",
    ),
    Measure("silent_cpu", "Bot's CPU time for a message, nothing done", "µs", more_is_better=False),
    Measure("echo_cpu", "Bot's CPU time for a message, with a reply", "µs", more_is_better=False),
    Measure(
        "p50", "IncomingMsg to handler, median", "µs", more_is_better=False, note="200 a second"
    ),
    Measure("p99", "IncomingMsg to handler, 99th percentile", "µs", more_is_better=False),
    Measure("memory", "Memory after a reply in each of 10,000 chats", "MiB", more_is_better=False),
    Measure(
        "round_trip",
        "Echo's round trip on the real core",
        "ms",
        more_is_better=False,
        note="relay, both cores and both clients on this machine",
    ),
    Measure("round_trips", "The same, as a rate", "a second"),
    Measure("burst", "Echoes of 100 messages sent at once on the real core", "a second"),
)

GOALS = (
    Goal(OURS, "silent", 5),
    Goal(OURS, "echo", 5),
    Goal(OURS, "waiting", 50),
    Goal(REAL, "round_trips", 0.9),
)


def main() -> int:
    """Install the peers, measure, report."""
    chosen = harness.options(__doc__)
    peers = Peers("bot", ("deltachat-rpc-client", "deltabot-cli"))
    bench = Bench(
        name="bot",
        contenders=contenders(str(peers.python)),
        measures=MEASURES,
        goals=GOALS,
        parameters={"core": str(find_core_binary()), "fake_core": str(fake_core())},
        versions=peers.versions,
    )
    return harness.run(bench, chosen)


def contenders(peer_python: str) -> list[Contender]:
    """List all, each with its script."""
    return [
        Contender(OURS, script(sys.executable, "vestnik"), "ours"),
        Contender("deltachat-rpc-client", script(peer_python, "official")),
        Contender("deltabot-cli", script(peer_python, "deltabot")),
        Contender("raw pipes", script(sys.executable, "floor"), "floor"),
        Contender(REAL, script(sys.executable, "round_trip"), "ours"),
        Contender(BARE, script(sys.executable, "round_trip", "--bare")),
    ]


def script(python: str, name: str, *arguments: str) -> tuple[str, ...]:
    """Make the command of a contender."""
    return (python, str(HERE / "contenders" / f"bot_{name}.py"), *arguments)


def fake_core() -> Path:
    """Make a program of the fake core, which clients start without arguments."""
    program = PEERS / "fake-bot-core"
    program.write_text(f"#!/bin/sh\nexec '{sys.executable}' -I -S '{HERE / 'fake_bot_core.py'}'\n")
    program.chmod(0o755)
    return program


if __name__ == "__main__":
    sys.exit(main())
