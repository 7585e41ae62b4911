"""What all contenders of the bot bench do: scenarios, each in a process of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from typing import NamedTuple

from meter import Task, report, rss

__all__ = ["ACCOUNT", "KEY", "Scenario", "Score", "every_scenario", "scenario"]

ACCOUNT = 1
KEY = "ui.bench.messages"
WAIT_SECONDS = 0.1


class Scenario(NamedTuple):
    """What comes, and what the handler does.

    Attributes:
        key: The measure.
        messages: How many messages come.
        chats: To how many chats.
        rate: How many a second; 0 is as many as are taken.
        replies: Whether the handler answers.
        waits: Whether the handler waits for a tenth of a second.
    """

    key: str
    messages: int
    chats: int
    rate: int = 0
    replies: bool = False
    waits: bool = False

    @property
    def config(self) -> str:
        """What the fake core is told."""
        return f"{self.messages} {self.chats} {self.rate}"


def scenarios(seconds: float, *, is_parallel: bool) -> list[Scenario]:
    """List all; who waits for one chat after the other gets fewer messages to wait for."""
    scale = max(1, round(seconds / 0.05))
    return [
        Scenario("silent", 500 * scale, 100),
        Scenario("echo", 500 * scale, 100, replies=True),
        Scenario("waiting", (250 if is_parallel else 3) * scale, 100, replies=True, waits=True),
        Scenario("chats", 10_000, 10_000, replies=True),
        Scenario("delay", 60 * scale, 100, rate=200),
    ]


class Score:
    """Counts what is handled and, with the last message, prints the numbers and ends."""

    def __init__(self, scenario: Scenario) -> None:
        self._scenario = scenario
        self._handled = 0
        self._first = self._first_cpu = 0.0
        self._delays: list[float] = []

    def begin(self, text: str) -> None:
        """Take the moment at which a message comes to the handler."""
        now = time.monotonic()
        if not self._delays:
            self._first, self._first_cpu = now, time.process_time()
        self._delays.append(now - float(text))

    def end(self) -> None:
        """Count a message that was handled."""
        self._handled += 1
        if self._handled == self._scenario.messages:
            report(self._numbers())
            os._exit(0)

    def _numbers(self) -> dict[str, float]:
        key, count = self._scenario.key, self._scenario.messages
        if key == "chats":
            return {"memory": rss()}
        if key == "delay":
            ordered = sorted(self._delays)
            return {
                "p50": ordered[count // 2] * 1e6,
                "p99": ordered[count * 99 // 100] * 1e6,
            }
        cpu = (time.process_time() - self._first_cpu) / count * 1e6
        return {key: count / (time.monotonic() - self._first), f"{key}_cpu": cpu}


def scenario() -> Scenario:
    """Give the scenario that this process is to play."""
    return Scenario(*json.loads(os.environ["VESTNIK_BENCH_SCENARIO"]))


def every_scenario(*, is_parallel: bool = False, can_wait: bool = True) -> None:
    """Play all scenarios, each in another process of this same program, and report."""
    numbers: dict[str, float] = {}
    for each in scenarios(Task().seconds, is_parallel=is_parallel):
        if each.waits and not can_wait:
            continue
        environment = {**os.environ, "VESTNIK_BENCH_SCENARIO": json.dumps(each)}
        done = subprocess.run(
            (sys.executable, *sys.argv),
            env=environment,
            stdout=subprocess.PIPE,
            text=True,
            check=True,
        )
        numbers |= json.loads(done.stdout.splitlines()[-1])
    report(numbers)
