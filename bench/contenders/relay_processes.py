"""The processes of the relay bench: helpers, and what all that belong together have computed."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

__all__ = ["Servers", "cores", "cpu_ms", "helper"]

TICK_MS = 1000 / os.sysconf("SC_CLK_TCK")

CORE_NAME = "deltachat-rpc-s"
"""What the kernel keeps of the name of the core's program."""

HERE = Path(__file__).parent


@dataclass(frozen=True)
class Servers:
    """A relay that runs: where, and in which processes."""

    imap_port: int
    smtp_port: int
    processes: tuple[int, ...]
    """Theirs and all that these have started."""


@contextmanager
def helper(script: str, *arguments: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """Run a script of this directory up to the end of its input; gives its first line, too."""
    command = (sys.executable, str(HERE / script), *arguments)
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            yield process, process.stdout.readline()
        finally:
            process.stdin.close()


def cores() -> list[int]:
    """Find the cores that this process has started."""
    ours = os.getpid()
    return [pid for pid, stat in _all() if stat.parent == ours and stat.name == CORE_NAME]


def cpu_ms(processes: Iterable[int]) -> float:
    """Sum up what processes and all that they have started computed, the ended ones, too."""
    wanted, stats = set(processes), dict(_all())
    while more := {pid for pid, stat in stats.items() if stat.parent in wanted} - wanted:
        wanted |= more
    return sum(stats[pid].ticks for pid in wanted if pid in stats) * TICK_MS


@dataclass(frozen=True)
class _Stat:
    name: str
    parent: int
    ticks: int


def _all() -> Iterator[tuple[int, _Stat]]:
    for pid in filter(str.isdecimal, os.listdir("/proc")):
        try:
            with open(f"/proc/{pid}/stat", encoding="ascii", errors="replace") as file:
                before, _, after = file.read().rpartition(")")
        except OSError:
            continue
        fields = after.split()
        # utime, stime, and those of children that have ended: proc(5), numbers 14 to 17
        yield (
            int(pid),
            _Stat(before.partition("(")[2], int(fields[1]), sum(map(int, fields[11:15]))),
        )
