"""The embedded relay: echoes between two real cores, beside Dovecot and a bare relay."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

import harness
from harness import Bench, Contender, Goal, Measure
from rpc import core_version

from vestnik.chatmail import find_core_binary

HERE = Path(__file__).parent
MEMORY, DIRECTORY = "Vestnik, in memory", "Vestnik, with a directory"
DOVECOT, BARE = "Dovecot", "bare relay"

DOVECOT_PROGRAMS = ("/usr/sbin/dovecot", "/usr/lib/dovecot/imap", "/usr/lib/dovecot/lmtp")
"""As Debian installs them."""

ROUNDS = 5
"""Fewer than other benches have: echoes are slow."""

CORE_SHARE_GOAL = 100 / 1.1
"""The round trip is to be within 10 % of what the cores themselves take."""


def less(key: str, title: str, unit: str = "ms", note: str = "") -> Measure:
    """Describe something of which less is better."""
    return Measure(key, title, unit, more_is_better=False, note=note)


MEASURES = (
    less("p50", "Round trip, median"),
    less("p90", "Round trip, nine of ten"),
    less("first", "Round trip, the first", note="after the SecureJoin"),
    Measure("sequential", "Echoes, one after the other", "a second"),
    Measure("in_flight", "Echoes, 20 in flight", "a second"),
    Measure("core_share", "Share of the cores in the round trip", "%", note="see below"),
    less("own", "Round trip without the waiting for the relay", note="what the cores take"),
    less("waited", "Waiting for the relay in a round trip", note="two deliveries"),
    less("smtp", "Waiting for the relay in a delivery: SMTP commands"),
    less("push", "Waiting for the relay in a delivery: end of the message to EXISTS in IDLE"),
    less("imap", "Waiting for the relay in a delivery: end of IDLE and two FETCH"),
    less("sequential_core_cpu", "CPU time of both cores for an echo"),
    less("sequential_relay_cpu", "CPU time of the relay for an echo", note="all its processes"),
    less("in_flight_relay_cpu", "CPU time of the relay for an echo, 20 in flight"),
    less("sequential_program_cpu", "CPU time of the user's and the bot's program for an echo"),
)

GOALS = (Goal(MEMORY, "sequential", 3), Goal(DIRECTORY, "sequential", 3))


@dataclass(frozen=True)
class Dovecot:
    """An installed Dovecot."""

    program: str
    version: str


def main() -> int:
    """Measure, report."""
    chosen = harness.options(__doc__)
    chosen.rounds = chosen.rounds or (None if chosen.quick else ROUNDS)
    core, dovecot = find_core_binary(), installed_dovecot()
    if dovecot is None:
        print("without Dovecot: apt-get install dovecot-imapd dovecot-lmtpd", file=sys.stderr)
    bench = Bench(
        name="relay",
        contenders=contenders(dovecot),
        measures=MEASURES,
        goals=GOALS,
        parameters={"core": str(core), "fake_core": ""},
        versions={
            "core": core_version(core),
            "Dovecot": dovecot.version if dovecot else "not installed, so not measured",
        },
    )
    failed = harness.run(bench, chosen)
    if not failed:
        print("\n".join(share_verdicts()))
    return failed


def contenders(dovecot: Dovecot | None) -> list[Contender]:
    """List all, each with its script."""
    peers = [Contender(DOVECOT, script("dovecot", dovecot.program))] if dovecot else []
    return [
        Contender(MEMORY, script("vestnik"), "ours"),
        Contender(DIRECTORY, script("vestnik", "--directory"), "ours"),
        *peers,
        Contender(BARE, script("bare"), "floor"),
    ]


def script(name: str, *arguments: str) -> tuple[str, ...]:
    """Make the command of a contender."""
    return (sys.executable, str(HERE / "contenders" / f"relay_{name}.py"), *arguments)


def installed_dovecot() -> Dovecot | None:
    """Find Dovecot with IMAP and LMTP."""
    if not all(map(shutil.which, DOVECOT_PROGRAMS)):
        return None
    program = DOVECOT_PROGRAMS[0]
    asked = subprocess.run((program, "--version"), capture_output=True, text=True, check=True)
    return Dovecot(program, asked.stdout.strip())


def share_verdicts() -> list[str]:
    """Judge what is no comparison with a peer: each round trip with its own share of the cores."""
    newest = max(harness.RESULTS.glob("relay-*.json"), key=lambda path: path.stat().st_mtime)
    rounds = json.loads(newest.read_text())["rounds"]
    return [
        share_verdict(name, [numbers[name]["core_share"] for numbers in rounds])
        for name in (MEMORY, DIRECTORY)
    ]


def share_verdict(name: str, shares: Sequence[float]) -> str:
    """Say whether one of our relays is quick enough for the cores not to notice it."""
    verdict = "reached" if median(shares) >= CORE_SHARE_GOAL else "**missed**"
    found, low, high = (100 / share - 1 for share in (median(shares), max(shares), min(shares)))
    return (
        f"- {verdict}: Round trip of {name}, against what the cores themselves take in it: "
        f"{found:+.1%} ({low:+.1%} to {high:+.1%}), the goal is +10 % at most"
    )


if __name__ == "__main__":
    sys.exit(main())
