"""What all contenders of the gateway bench go through, each time on a fresh server.

The server has a core to itself, and so has the load (`gateway/wsload.c`). This process, which waits
nearly always, shares the core of the load.
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from meter import rss
from relay_processes import cpu_ms

__all__ = [
    "HANDSHAKES_AT_ONCE",
    "LOAD_CORE",
    "SERVER_CORE",
    "Load",
    "Phase",
    "Rival",
    "Server",
    "Task",
    "play",
    "serving",
]

SERVER_CORE, LOAD_CORE = 0, 1

HANDSHAKES_AT_ONCE = 50

FILLING = "x" * 100
"""Makes a message of 248 bytes."""

LARGE_FILLING = "x" * 3900
"""Makes one of 4 KB."""

LOADED = 1000
"""Connections that something is sent to."""

IDLE, QUICK_IDLE = 9000, 1000
"""Connections that nothing is sent to."""

HEALTHY, STALLED = 100, 20

STALLED_MESSAGES, QUICK_STALLED_MESSAGES = 2800, 300
"""Of 4 KB each, so that 11 MB are due to everybody."""

STALLED_SECONDS = 6
"""Who has not delivered them by then is not waited for."""

LONGER = 5
"""How many times as long as the harness says a thing is repeated."""


class Task:
    """The one argument of a contender."""

    def __init__(self) -> None:
        task = json.loads(sys.argv[-1])
        self.directory = Path(task["directory"])
        self.seconds: float = task["seconds"] * LONGER
        self.is_quick: bool = task["is_quick"]
        self.load: str = task["load"]
        self.python: str = task["python"]
        self.uws: str = task["uws"]
        self.nats: str = task["nats"]


@dataclass(frozen=True)
class Phase:
    """What is to be played.

    Attributes:
        name: A directory may be called so.
        is_broadcast: Whether all get every notification, or one after the other gets one.
        batch: How many notifications may be published at once, by those who can.
        filling: What a notification is stuffed with.
    """

    name: str
    connections: int = LOADED
    is_broadcast: bool = True
    batch: int = 1
    filling: str = FILLING


@dataclass(frozen=True)
class Server:
    """A server that runs.

    Attributes:
        process: Its only one.
        greetings: What each connection says first, at the end the publisher's, if it is one.
        options: What else the load has to know.
    """

    process: int
    port: int
    greetings: Sequence[bytes]
    options: dict[str, object] = field(default_factory=dict)


class Rival(Protocol):
    """Starts a server that is ready for a phase."""

    def __call__(self, task: Task, phase: Phase) -> Iterator[Server]:
        """Give it once, and end it when it is no longer needed."""


@contextmanager
def serving(
    command: Sequence[str], core: int = SERVER_CORE
) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """Run a program on one core; gives its first line, too."""
    pinned = ("taskset", "-c", str(core), *command)
    with subprocess.Popen(
        pinned, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        try:
            yield process, process.stdout.readline()
        finally:
            process.kill()


class Load:
    """The load generator, which waits for a word wherever something is to be looked at."""

    def __init__(self, task: Task, server: Server, options: dict[str, object]) -> None:
        greetings = task.directory / "greetings"
        greetings.write_bytes(b"".join(each + b"\0" for each in server.greetings))
        given = {"port": server.port, "greetings": greetings, **server.options, **options}
        words = [f"{name.replace('_', '-')}={value}" for name, value in given.items()]
        self._server = server
        self._process = subprocess.Popen(
            (task.load, *words), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def until(self, word: str) -> None:
        """Wait until it says something."""
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if line.strip() != word:
            self._process.wait()
            raise RuntimeError(f"the load generator said {line!r} instead of {word!r}")

    def go(self) -> None:
        """Let it go on."""
        assert self._process.stdin is not None
        self._process.stdin.write("go\n")
        self._process.stdin.flush()

    def numbers(self) -> dict[str, float]:
        """Let it go through to its end, and watch the server meanwhile."""
        self.until("ready")
        memory = rss(self._server.process)
        self.go()
        self.until("started")
        cpu = cpu_ms([self._server.process])
        self.until("stopped")
        grown = rss(self._server.process) - memory
        spent = cpu_ms([self._server.process]) - cpu
        self.go()
        assert self._process.stdout is not None
        numbers: dict[str, float] = json.loads(self._process.stdout.readline())
        self._process.wait()
        deliveries = max(1.0, numbers["deliveries"])
        return {**numbers, "grown": grown, "cpu": 1000 * spent / deliveries}

    def end(self) -> None:
        """End it where it is."""
        self._process.kill()
        self._process.wait()


def play(rival: Rival, *, is_ours: bool = False) -> None:
    """Go through all phases and print the numbers."""
    task = Task()
    prepare()
    numbers = fan_out(rival, task) | unicast(rival, task) | idle(rival, task)
    numbers |= stalled(rival, task)
    if is_ours:
        numbers |= one_owner(rival, task)
    print(json.dumps(numbers), flush=True)


def prepare() -> None:
    """Stay away from the server's core, and open as many files as the machine allows."""
    os.sched_setaffinity(0, {LOAD_CORE})
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


def loaded(rival: Rival, task: Task, phase: Phase, **options: object) -> dict[str, float]:
    """Play one phase under load."""
    with contextmanager(rival)(task, phase) as server:
        given: dict[str, object] = {
            "connections": phase.connections,
            "broadcast": int(phase.is_broadcast),
            "at_once": HANDSHAKES_AT_ONCE,
            "seconds": task.seconds,
        }
        return Load(task, server, given | options).numbers()


def fan_out(rival: Rival, task: Task) -> dict[str, float]:
    """Send all that is sent to all, up to eight outstanding, and then only one."""
    found = loaded(rival, task, Phase("fan-out"), window=8, warm_up=40)
    alone = loaded(rival, task, Phase("alone"), window=1, warm_up=10)
    return {
        "fan_out": found["rate"],
        "fan_out_cpu": found["cpu"],
        "fan_out_load": found["load_share"],
        "alone": alone["rate"],
    }


def unicast(rival: Rival, task: Task) -> dict[str, float]:
    """Send to one after the other."""
    few = Phase("unicast", is_broadcast=False, batch=16)
    many = Phase("unicast-many", is_broadcast=False, batch=128)
    found = loaded(rival, task, few, window=64, warm_up=2000)
    found_many = loaded(rival, task, many, window=1024, warm_up=4096)
    return {
        "unicast": found["rate"],
        "unicast_cpu": found["cpu"],
        "unicast_load": found["load_share"],
        "unicast_many": found_many["rate"],
    }


def idle(rival: Rival, task: Task) -> dict[str, float]:
    """Only connect."""
    phase = Phase("idle", connections=QUICK_IDLE if task.is_quick else IDLE)
    with contextmanager(rival)(task, phase) as server:
        before = rss(server.process)
        load = Load(task, server, {"connections": phase.connections, "at_once": HANDSHAKES_AT_ONCE})
        load.until("ready")
        grown = rss(server.process) - before
        load.end()
    return {"idle": 1024 * grown / phase.connections}


def stalled(rival: Rival, task: Task) -> dict[str, float]:
    """Let some never read, and compare with how it goes without them."""
    messages = QUICK_STALLED_MESSAGES if task.is_quick else STALLED_MESSAGES

    def found(name: str, stalling: int) -> dict[str, float]:
        phase = Phase(name, connections=HEALTHY + stalling, filling=LARGE_FILLING)
        most = {"messages": messages, "seconds": STALLED_SECONDS, "cap": STALLED_SECONDS}
        return loaded(rival, task, phase, window=8, stalled=stalling, **most)

    # In turns, because one run is short.
    before, first = found("healthy-1", 0), found("stalled-1", STALLED)
    second, after = found("stalled-2", STALLED), found("healthy-2", 0)
    rate = (first["rate"] + second["rate"]) / 2
    due = 2 * messages * HEALTHY
    return {
        "stalled_arrived": 100 * (first["deliveries"] + second["deliveries"]) / due,
        "stalled_speed": 200 * rate / (before["rate"] + after["rate"]),
        "stalled_rate": rate,
        "stalled_grown": max(first["grown"], second["grown"]),
    }


def one_owner(rival: Rival, task: Task) -> dict[str, float]:
    """Send to one connection: as fast as it goes, and then at 5,000 a second."""
    fast = Phase("one", connections=1, batch=128)
    paced = Phase("paced", connections=1, batch=10)
    found = loaded(rival, task, fast, window=1024, warm_up=4096)
    delays = loaded(rival, task, paced, window=20_000, warm_up=1000, rate=5000)
    return {
        "one": found["rate"],
        "one_cpu": found["cpu"],
        "paced": delays["rate"],
        "paced_p50": delays["p50"],
        "paced_p99": delays["p99"],
        "paced_share": delays["cpu"] * delays["rate"] / 10_000,
    }
