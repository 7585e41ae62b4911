"""The bridge: what it adds to an event and to a call, beside a loop on the core's own pipes."""

from __future__ import annotations

import sys
from pathlib import Path

import harness
from harness import Bench, Contender, Limit, Measure
from machine import Peers
from programs import Missing, compiled, need
from rpc import core_version

from vestnik.chatmail import find_core_binary

HERE = Path(__file__).parent
OURS, BARE, EVENT_ONLY = "Vestnik", "bare loop", "bare loop, event only"

ROUNDS = 3
"""Fewer than other benches have: one takes four minutes."""


def less(key: str, title: str, unit: str = "ms", note: str = "") -> Measure:
    """Describe something of which less is better."""
    return Measure(key, title, unit, more_is_better=False, note=note)


MESSAGE = "From the core to the program, a message"
WEBSOCKET_CALL, HTTP_CALL = "Added to a call over the WebSocket", "Added to a call over HTTP"
WEBSOCKET_ANSWER = "Added to an answer over the WebSocket"
HTTP_ANSWER = "Added to an answer over HTTP"


def pair(key: str, title: str, note: str = "") -> tuple[Measure, Measure]:
    """Describe a time by its median and its 99th percentile."""
    return (
        less(f"{key}_p50", f"{title}, median", note=note),
        less(f"{key}_p99", f"{title}, 99th percentile"),
    )


MEASURES = (
    *pair("calm_event", MESSAGE, "20 a second"),
    *pair("calm_own", f"{MESSAGE}, without the core's part", "it is asked for the message"),
    less("calm_cpu", "CPU time for such a message between the core and the program"),
    Measure("fast_rate", "Messages in what follows", "a second", note="as fast as they come"),
    *pair("fast_event", f"{MESSAGE}, as fast as they come"),
    *pair("fast_own", f"{MESSAGE}, as fast as they come, without the core's part"),
    *pair("websocket_call", WEBSOCKET_CALL, "`get_message`; the bare loop's is over its pipes"),
    *pair("http_call", HTTP_CALL, "the bare loop's is over its pipes again"),
    less("websocket_call_core", "What the core itself takes for this call, median"),
    *pair("websocket_answer", WEBSOCKET_ANSWER, "`answer`; the bare loop's is `send_msg`"),
    *pair("http_answer", HTTP_ANSWER),
    less("websocket_answer_core", "What the core itself takes for an answer, median"),
    less("memory_empty", "Memory without an account", "MiB", note="no core runs"),
    less("memory", "Memory with 200 idle accounts", "MiB", note="without the core's"),
    less("memory_core", "Memory of the core with 200 idle accounts", "MiB"),
    Measure("making", "Accounts made", "a second", note="eight at a time"),
)

LIMITS = (
    Limit(OURS, "calm_event_p50", 3),
    Limit(OURS, "calm_event_p99", 3),
    Limit(OURS, "websocket_call_p50", 2),
    Limit(OURS, "websocket_call_p99", 2),
    Limit(OURS, "http_call_p50", 2),
    Limit(OURS, "http_call_p99", 2),
)


def main() -> int:
    """Compile the tap, measure, report."""
    chosen = harness.options(__doc__)
    chosen.rounds = chosen.rounds or (None if chosen.quick else ROUNDS)
    try:
        need("gcc")
    except Missing as missing:
        print(missing, file=sys.stderr)
        return 2
    core, peers = find_core_binary(), Peers("bridge", ("picows", "uvloop"))
    bench = Bench(
        name="bridge",
        contenders=contenders(),
        measures=MEASURES,
        limits=LIMITS,
        parameters={
            "core": str(core),
            "tap": str(compiled("bridge/coretap.c")),
            "python": str(peers.python),
        },
        versions={"core": core_version(core), **peers.versions},
    )
    return harness.run(bench, chosen)


def contenders() -> list[Contender]:
    """List all, each with its script."""
    return [
        Contender(OURS, script("vestnik"), "ours"),
        Contender(BARE, script("bare")),
        Contender(EVENT_ONLY, script("bare", "--event-only"), "floor"),
    ]


def script(name: str, *arguments: str) -> tuple[str, ...]:
    """Make the command of a contender."""
    return (sys.executable, str(HERE / "contenders" / f"bridge_{name}.py"), *arguments)


if __name__ == "__main__":
    sys.exit(main())
