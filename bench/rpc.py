"""The chatmail core from Python: Vestnik side by side with the other clients."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import harness
from harness import Bench, Contender, Goal, Measure
from machine import PEERS, Peers

from vestnik.chatmail import find_core_binary

HERE = Path(__file__).parent
UVLOOP, ASYNCIO = "Vestnik on uvloop", "Vestnik on asyncio"


def cpu(key: str, what: str) -> Measure:
    """Describe what the client's process computes for one of something."""
    return Measure(key, f"Client's CPU time for one {what}", "µs", more_is_better=False)


MEASURES = (
    Measure("sequential", "Sequential calls", "a second", note="`get_config`, each awaited"),
    Measure("pipelined", "Pipelined calls", "a second", note="`get_config`, 1,000 begun at once"),
    Measure(
        "fake_events",
        "Events drained, fake core",
        "a second",
        note="it costs next to nothing",
    ),
    Measure(
        "core_events",
        "Events drained, real core",
        "a second",
        note="storms of 1,000 events, made by 100 calls at once and read to the last",
    ),
    cpu("sequential_cpu", "sequential call"),
    cpu("pipelined_cpu", "pipelined call"),
    cpu("fake_events_cpu", "event of the fake core"),
    Measure("imported", "Start of the process to imports done", "ms", more_is_better=False),
    Measure("first_answer", "Start of the process to first answer", "ms", more_is_better=False),
    Measure("memory", "Memory after sequential calls", "MiB", more_is_better=False),
    Measure("peak_memory", "Peak memory with the real core", "MiB", more_is_better=False),
    Measure("core_memory", "Memory of the core itself", "MiB", more_is_better=False),
)

GOALS = (
    Goal(UVLOOP, "sequential", 1),
    Goal(UVLOOP, "pipelined", 3),
    Goal(UVLOOP, "pipelined", 3, against="sequential"),
    Goal(UVLOOP, "fake_events", 5),
    Goal(UVLOOP, "core_events", 5),
)


def main() -> int:
    """Install the peers, measure, report."""
    chosen = harness.options(__doc__)
    peers = Peers("rpc", ("deltachat-rpc-client", "deltachat2"))
    core = find_core_binary()
    bench = Bench(
        name="rpc",
        contenders=contenders(str(peers.python)),
        measures=MEASURES,
        goals=GOALS,
        parameters={"core": str(core), "fake_core": str(fake_core())},
        versions={"core": core_version(core), **peers.versions},
    )
    return harness.run(bench, chosen)


def contenders(peer_python: str) -> list[Contender]:
    """List all, each with its script."""
    return [
        Contender(UVLOOP, script(sys.executable, "vestnik", "--uvloop"), "ours"),
        Contender(ASYNCIO, script(sys.executable, "vestnik"), "ours"),
        Contender("deltachat-rpc-client", script(peer_python, "official")),
        Contender("deltachat2", script(peer_python, "deltachat2")),
        Contender("deltachat2, in batches", script(peer_python, "deltachat2", "--batches")),
        Contender("raw pipes", script(sys.executable, "floor"), "floor"),
        Contender("raw pipes, one by one", script(sys.executable, "floor", "--single"), "floor"),
    ]


def script(python: str, name: str, *arguments: str) -> tuple[str, ...]:
    """Make the command of a contender."""
    return (python, str(HERE / "contenders" / f"rpc_{name}.py"), *arguments)


def fake_core() -> Path:
    """Make a program of the fake core, which clients start without arguments."""
    program = PEERS / "fake-core"
    program.write_text(f"#!/bin/sh\nexec '{sys.executable}' -I -S '{HERE / 'fake_core.py'}'\n")
    program.chmod(0o755)
    return program


def core_version(core: Path) -> str:
    """Ask the core who it is; it tells on stderr."""
    asked = subprocess.run((str(core), "--version"), capture_output=True, text=True, check=True)
    return (asked.stderr or asked.stdout).strip()


if __name__ == "__main__":
    sys.exit(main())
