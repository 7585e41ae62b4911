"""What contenders of the bridge bench play on: a relay, and somebody who writes to the bot."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from relay_processes import helper

__all__ = ["CORE_VARIABLE", "TAP_VARIABLE", "Sender", "Stage", "Task", "accounts", "staged"]

CORE_VARIABLE, TAP_VARIABLE = "VESTNIK_BENCH_CORE", "VESTNIK_BENCH_TAP"

MESSAGES, CALLS, ACCOUNTS = 1250, 2500, 500
"""How many for each second that the harness says a thing is repeated."""

MOST_SECONDS = 280
"""Then everything ends in good order, before the harness ends it."""


class Task:
    """The one argument of a contender."""

    def __init__(self) -> None:
        signal.signal(signal.SIGALRM, out_of_time)
        signal.alarm(MOST_SECONDS)
        task = json.loads(sys.argv[-1])
        self.directory = Path(task["directory"])
        self.core: str = task["core"]
        self.tap: str = task["tap"]
        self.python: str = task["python"]
        seconds: float = task["seconds"]
        self.messages = round(MESSAGES * seconds)
        self.calls = round(CALLS * seconds)
        self.accounts = round(ACCOUNTS * seconds)

    @property
    def notes(self) -> Path:
        """Where the tap writes."""
        return self.directory / "notes"

    @property
    def environment(self) -> dict[str, str]:
        """What the tap has to know, together with all that is known here."""
        return {**os.environ, CORE_VARIABLE: self.core, TAP_VARIABLE: str(self.notes)}


class Sender:
    """Somebody with a core of his own, in a process of his own."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process

    def meet(self, invite: str) -> None:
        """Let him scan the bot's code."""
        self._tell(invite)
        self.wait()

    def begin(self, count: int, a_second: float) -> None:
        """Let him send messages; a pace of 0 is none."""
        self._tell({"count": count, "a_second": a_second})

    def wait(self) -> None:
        """Wait until he has done what he was told."""
        assert self._process.stdout is not None
        if not self._process.stdout.readline():
            raise RuntimeError("the sender has ended")

    def _tell(self, what: object) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(what) + "\n")
        self._process.stdin.flush()


def out_of_time(number: int, frame: object) -> None:
    """Interrupt whatever is waited for."""
    raise TimeoutError(f"not done within {MOST_SECONDS} s")


@dataclass(frozen=True)
class Stage:
    """A relay, the account code for a bot, and the sender."""

    code: str
    sender: Sender


@contextmanager
def accounts(count: int) -> Iterator[list[str]]:
    """Run a relay; gives codes of accounts on it."""
    command = (sys.executable, "-m", "vestnik", "relay", "--accounts-to-make", str(count))
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as relay:
        assert relay.stdout is not None
        try:
            yield [relay.stdout.readline().strip() for _ in range(count)]
        finally:
            relay.terminate()


@contextmanager
def staged(task: Task) -> Iterator[Stage]:
    """Run a relay and a sender."""
    with accounts(2) as (ours, theirs):
        needs = {"core": task.core, "code": theirs, "directory": str(task.directory / "sender")}
        with helper("bridge_sender.py", json.dumps(needs)) as (process, _):
            yield Stage(ours, Sender(process))
