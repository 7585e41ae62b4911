"""What every contender needs: its task, clocks, counters, and its one line of numbers.

It imports as little as it can, because the memory of its process is measured.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Awaitable, Callable

__all__ = ["Task", "child", "every_second", "every_second_async", "report", "rss"]

MEBI = 1024.0
"""The kernel counts in KiB."""


class Task:
    """The one argument of a contender."""

    def __init__(self) -> None:
        task = json.loads(sys.argv[-1])
        self.core: str = task["core"]
        self.fake_core: str = task["fake_core"]
        self.directory: str = task["directory"]
        self.seconds: float = task["seconds"]
        self._spawned: float = task["spawned"]

    @property
    def age_ms(self) -> float:
        """How long ago this process was started."""
        return (time.monotonic() - self._spawned) * 1000


def every_second(key: str, step: Callable[[], int], seconds: float) -> dict[str, float]:
    """Repeat what returns how often it did something; gives how often that is a second.

    Under ``KEY_cpu`` are the microseconds that this process computed for each: on a busy machine
    they say more than the rate.
    """
    step()
    done, start = 0, _Start()
    while start.elapsed < seconds:
        done += step()
    return start.numbers(key, done)


async def every_second_async(
    key: str, step: Callable[[], Awaitable[int]], seconds: float
) -> dict[str, float]:
    """Do as `every_second` does."""
    await step()
    done, start = 0, _Start()
    while start.elapsed < seconds:
        done += await step()
    return start.numbers(key, done)


class _Start:
    """A moment to measure from."""

    def __init__(self) -> None:
        self._wall, self._cpu = time.perf_counter(), time.process_time()

    @property
    def elapsed(self) -> float:
        return time.perf_counter() - self._wall

    def numbers(self, key: str, done: int) -> dict[str, float]:
        cpu = (time.process_time() - self._cpu) / done * 1e6
        return {key: done / self.elapsed, f"{key}_cpu": cpu}


def rss(process: int | str = "self", field: str = "VmRSS") -> float:
    """How many MiB of a process are in memory; ``VmHWM`` is the most there ever were."""
    with open(f"/proc/{process}/status", encoding="ascii") as status:
        lines = dict(line.split(":", 1) for line in status)
    return int(lines[field].split()[0]) / MEBI


def child() -> int:
    """Find the one process that this one started."""
    ours = str(os.getpid())
    for process in filter(str.isdecimal, os.listdir("/proc")):
        try:
            with open(f"/proc/{process}/stat", encoding="ascii", errors="replace") as stat:
                parent = stat.read().rpartition(")")[2].split()[1]
        except OSError:
            continue
        if parent == ours:
            return int(process)
    raise LookupError("no child process")


def report(numbers: dict[str, float]) -> None:
    """Print the line that the harness waits for."""
    print(json.dumps(numbers), flush=True)
