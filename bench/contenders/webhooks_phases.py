"""What the contenders of the webhook bench go through.

Who sends has a core to itself; the receivers and the publisher (`webhooks/hookload.c`) share the
other one with this process, which waits nearly always.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

from gateway_phases import prepare
from relay_processes import cpu_ms

__all__ = ["BODY", "ENDPOINTS", "HEADERS", "Hooks", "Manner", "Ports", "Task", "hooks", "prepare"]

ENDPOINTS = 200

TIME = "^" * 16

BODY = (
    '{"type":1,"payload":{"at":1767225600000000,"filling":"'
    + "x" * 100
    + '"},"affected":"bot-000000","user":"user-1","happened":1767225600000}'
)
"""What Vestnik sends, so that the peers send as many bytes."""

HEADERS = {
    "Content-Type": "application/json",
    "X-Boticord-Token": "x" * 43,
    "X-Boticord-Affected": "bot-000000",
}

LONGER = 7
"""How many times as long as the harness says a thing is repeated."""


class Task:
    """The one argument of a contender."""

    def __init__(self) -> None:
        task = json.loads(sys.argv[-1])
        self.directory = Path(task["directory"])
        self.seconds: float = task["seconds"] * LONGER
        self.load: str = task["hook_load"]
        self.python: str = task["python"]


class Manner(Enum):
    """How an endpoint takes a POST."""

    HEALTHY = "answers at once"
    SLOW = "answers after two seconds"
    SILENT = "never answers"
    CLOSED = "is not there"


@dataclass(frozen=True)
class Ports:
    """Where they are, on any address of this machine."""

    healthy: int
    slow: int
    silent: int
    closed: int

    def url(self, number: int, manner: Manner = Manner.HEALTHY) -> str:
        """Give every endpoint an address of its own, as no two receivers share one."""
        port = {
            Manner.HEALTHY: self.healthy,
            Manner.SLOW: self.slow,
            Manner.SILENT: self.silent,
            Manner.CLOSED: self.closed,
        }[manner]
        return f"http://127.0.{1 + number // 100}.{1 + number % 100}:{port}/hooks/{number}"


class Hooks:
    """The receivers that run, and the publisher if there is one."""

    def __init__(self, process: subprocess.Popen[str], ports: Ports) -> None:
        self.ports = ports
        self._process = process

    def numbers(self, file: Path, sender: int, **options: object) -> dict[str, float]:
        """Let them run through to the end, and watch the sender meanwhile."""
        words = (f"{name.replace('_', '-')}={value}\0" for name, value in options.items())
        file.write_text("".join(words))
        self._say(str(file))
        self._until("started")
        cpu = cpu_ms([sender])
        self._until("stopped")
        spent = cpu_ms([sender]) - cpu
        self._say("go")
        numbers: dict[str, float] = json.loads(self._line())
        return {**numbers, "cpu": 1000 * spent / max(1.0, numbers["received"])}

    def _say(self, word: str) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(word + "\n")
        self._process.stdin.flush()

    def _line(self) -> str:
        assert self._process.stdout is not None
        return self._process.stdout.readline()

    def _until(self, word: str) -> None:
        line = self._line()
        if line.strip() != word:
            raise RuntimeError(f"the receivers said {line!r} instead of {word!r}")


@contextmanager
def hooks(task: Task) -> Iterator[Hooks]:
    """Run the receivers."""
    with subprocess.Popen(
        (task.load,), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        try:
            yield Hooks(process, Ports(*map(int, process.stdout.readline().split())))
        finally:
            process.kill()
