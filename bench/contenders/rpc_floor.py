"""No client library: bytes that were encoded beforehand, newlines counted, nothing decoded.

What these rows reach is what the core and the pipes allow. With ``--single`` events are asked for
one by one.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading

import rpc_plan as plan
from meter import Task, child, every_second, report, rss

CALL, EVENTS = 1, 2
"""The ids, the same for all calls of a sort; the core does not mind."""


def line(method: str, *params: object, number: int = CALL) -> bytes:
    """Encode one call."""
    call = {"jsonrpc": "2.0", "id": number, "method": method, "params": params}
    return json.dumps(call).encode() + b"\n"


class Pipes:
    """A core, its input and its output."""

    def __init__(self, binary: str, directory: str) -> None:
        environment = {**os.environ, "DC_ACCOUNTS_PATH": directory}
        self._core = subprocess.Popen(
            [binary], stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment
        )
        assert self._core.stdin is not None
        assert self._core.stdout is not None
        self._input, self.output = self._core.stdin.fileno(), self._core.stdout

    def __enter__(self) -> Pipes:
        return self

    def __exit__(self, *_: object) -> None:
        assert self._core.stdin is not None
        self._core.stdin.close()
        self.output.read()
        self._core.wait()

    def write(self, data: bytes) -> None:
        """Write all of it."""
        while data:
            data = data[os.write(self._input, data) :]

    def exchange(self, call: bytes) -> bytes:
        """Write one call, read one line."""
        self.write(call)
        return self.output.readline()

    def result(self, method: str, *params: object) -> int:
        """Make one call that gives a number."""
        return int(json.loads(self.exchange(line(method, *params)))["result"])


def real_core(task: Task) -> dict[str, float]:
    """Measure calls and events of the real core."""
    numbers = {"imported": task.age_ms}
    with Pipes(task.core, f"{task.directory}/accounts") as pipes:
        pipes.exchange(line("get_system_info"))
        numbers["first_answer"] = task.age_ms
        account = pipes.result("add_account")
        get = line("get_config", account, plan.KEY)
        numbers |= every_second("sequential", lambda: sequential(pipes, get), task.seconds)
        numbers |= {"memory": rss(), "core_memory": rss(child())}
        many = get * plan.IN_FLIGHT
        numbers |= every_second("pipelined", lambda: pipelined(pipes, many), task.seconds)
    return {**numbers, "peak_memory": rss(field="VmHWM")}


def sequential(pipes: Pipes, get: bytes) -> int:
    """Make calls one after the other."""
    for _ in range(plan.CALLS):
        pipes.exchange(get)
    return plan.CALLS


def pipelined(pipes: Pipes, many: bytes) -> int:
    """Write many calls while their answers are counted."""
    writer = threading.Thread(target=pipes.write, args=(many,))
    writer.start()
    left = plan.IN_FLIGHT
    while left:
        left -= os.read(pipes.output.fileno(), 1 << 16).count(b"\n")
    writer.join()
    return plan.IN_FLIGHT


def core_events(task: Task, method: str) -> dict[str, float]:
    """Measure events of the real core."""
    with Pipes(task.core, f"{task.directory}/events") as pipes:
        for _ in range(plan.ACCOUNTS):
            pipes.result("add_account")
        emit = line("start_io_for_all_accounts") * plan.STORM
        read = line(method, number=EVENTS)
        pipes.write(read)
        return every_second("core_events", lambda: storm(pipes, emit, read), task.seconds)


def storm(pipes: Pipes, emit: bytes, read: bytes) -> int:
    """Make the core emit many events, and read them to the last."""
    writer = threading.Thread(target=pipes.write, args=(emit,))
    writer.start()
    events, answers = plan.STORM_EVENTS, plan.STORM
    for answer in pipes.output:
        if b'"id":%d,' % EVENTS in answer[:32]:
            events -= answer.count(b'"kind":"Warning"')
            pipes.write(read)
        else:
            answers -= 1
        if not events and not answers:
            break
    writer.join()
    return plan.STORM_EVENTS


def fake_core(task: Task, method: str) -> dict[str, float]:
    """Measure how fast the fake core is."""
    trigger = line("set_config", plan.FAKE_ACCOUNT, plan.TRIGGER, str(plan.EVENTS))
    read = line(method, number=EVENTS)
    with Pipes(task.fake_core, f"{task.directory}/fake") as pipes:
        return every_second("fake_events", lambda: drain(pipes, trigger, read), task.seconds)


def drain(pipes: Pipes, trigger: bytes, read: bytes) -> int:
    """Have events served and count them to the last."""
    pipes.exchange(trigger)
    left = plan.EVENTS
    while left:
        left -= pipes.exchange(read).count(b'"contextId"')
    return plan.EVENTS


def main() -> None:
    """Measure both cores, or with ``--single`` the events only."""
    task = Task()
    if "--single" in sys.argv:
        method = "get_next_event"
        report({**core_events(task, method), **fake_core(task, method)})
    else:
        method = "get_next_event_batch"
        report({**real_core(task), **core_events(task, method), **fake_core(task, method)})


if __name__ == "__main__":
    main()
