"""Side-by-side measuring: every contender a process of its own, rounds interleaved.

A bench is a list of contenders, of measures and of goals. In each round every contender runs once,
in every second round in the opposite order, so that what else happens on the machine hits all of
them alike. A contender is any command: it gets one JSON argument and prints one line of JSON, an
object of numbers by the keys of the measures it takes part in.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import machine
import report

__all__ = ["Bench", "Contender", "ContenderFailed", "Goal", "Limit", "Measure", "run"]

RESULTS = Path(__file__).parent / "results"

CONTENDER_SECONDS = 300.0
"""How long one contender may take in one round."""

FULL_SECONDS, QUICK_SECONDS = 0.4, 0.05
"""How long a contender repeats one thing in one round."""

FULL_ROUNDS, QUICK_ROUNDS = 9, 1

Side = Literal["ours", "peer", "floor"]


class ContenderFailed(Exception):
    """A contender ended without its line of numbers."""


@dataclass(frozen=True)
class Contender:
    """One row of every table."""

    name: str
    command: tuple[str, ...]
    side: Side = "peer"
    note: str = ""


@dataclass(frozen=True)
class Measure:
    """One table."""

    key: str
    title: str
    unit: str
    more_is_better: bool = True
    note: str = ""


@dataclass(frozen=True)
class Goal:
    """How many times as good as the best peer one of our contenders has to be."""

    ours: str
    measure: str
    factor: float
    against: str = ""
    """The measure of the peers, when it is another one."""

    peer: str = ""
    """Who is compared with, when it is not the best."""


@dataclass(frozen=True)
class Limit:
    """How good one of our contenders has to be, whatever the peers are."""

    ours: str
    measure: str
    value: float


@dataclass(frozen=True)
class Bench:
    """What is measured, and who takes part."""

    name: str
    contenders: Sequence[Contender]
    measures: Sequence[Measure]
    goals: Sequence[Goal] = ()
    limits: Sequence[Limit] = ()
    parameters: Mapping[str, object] = field(default_factory=dict)
    """Passed to every contender."""

    versions: Mapping[str, str] = field(default_factory=dict)


def options(description: str | None, arguments: Sequence[str] | None = None) -> argparse.Namespace:
    """Read the command line that all benches share."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--rounds", type=int, help=f"how many, instead of {FULL_ROUNDS}")
    parser.add_argument("--quick", action="store_true", help="a smoke test: its numbers are noise")
    return parser.parse_args(arguments)


def run(bench: Bench, chosen: argparse.Namespace) -> int:
    """Measure, print the report and save the numbers; 0 even when a goal is missed."""
    rounds = chosen.rounds or (QUICK_ROUNDS if chosen.quick else FULL_ROUNDS)
    seconds = QUICK_SECONDS if chosen.quick else FULL_SECONDS
    surroundings = {**machine.describe(), **bench.versions, "rounds": str(rounds)}
    try:
        results = [_round(bench, number, seconds) for number in range(rounds)]
    except ContenderFailed as failure:
        print(failure, file=sys.stderr)
        return 1
    surroundings["load at the end"] = machine.load()
    print(report.markdown(bench, results, surroundings))
    _save(bench, results, surroundings)
    return 0


def _round(bench: Bench, number: int, seconds: float) -> dict[str, dict[str, float]]:
    """Run every contender once; gives its numbers by its name."""
    order = bench.contenders if number % 2 == 0 else bench.contenders[::-1]
    results = {}
    for contender in order:
        print(f"round {number + 1}: {contender.name}", file=sys.stderr)
        results[contender.name] = _numbers(contender, bench.parameters, seconds)
    return results


def _numbers(
    contender: Contender, parameters: Mapping[str, object], seconds: float
) -> dict[str, float]:
    with tempfile.TemporaryDirectory(prefix="vestnik-bench-") as directory:
        task = {**parameters, "directory": directory, "seconds": seconds}
        # The clock is the same in all processes, so that start-up can be timed from here.
        task["spawned"] = time.monotonic()
        output = _output(contender, json.dumps(task))
    numbers: dict[str, float] = json.loads(output)
    return numbers


def _output(contender: Contender, task: str) -> str:
    """Run one contender; gives the last line it prints."""
    try:
        done = subprocess.run(
            (*contender.command, task),
            capture_output=True,
            text=True,
            timeout=CONTENDER_SECONDS,
            check=True,
        )
    except subprocess.CalledProcessError as failed:
        problem = f"{contender.name} failed ({failed.returncode}): {failed.stderr}"
        raise ContenderFailed(problem) from None
    except subprocess.TimeoutExpired:
        raise ContenderFailed(f"{contender.name} took over {CONTENDER_SECONDS} s") from None
    return done.stdout.splitlines()[-1]


def _save(
    bench: Bench,
    results: Sequence[Mapping[str, Mapping[str, float]]],
    surroundings: Mapping[str, str],
) -> None:
    RESULTS.mkdir(exist_ok=True)
    stamp = surroundings["date"].replace(":", "").replace(" ", "-")
    path = RESULTS / f"{bench.name}-{stamp}.json"
    path.write_text(json.dumps({"machine": surroundings, "rounds": results}, indent=1) + "\n")
    print(f"\nThe numbers of each round: {path}", file=sys.stderr)
