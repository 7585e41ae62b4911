"""`deltachat2`: typed blocking calls; with ``--batches`` events by its `get_next_event_batch`.

Its own loop (`Client.run_until`) takes one event a call, so that is how it is measured. It has no
way to begin a call without waiting, so that many at once take a pool of threads.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import rpc_plan as plan
from deltachat2 import Event, IOTransport, Rpc
from deltachat2.types import EventTypeIncomingMsg, EventTypeWarning
from meter import Task, child, every_second, report, rss

Reader = Callable[[Rpc], Iterator[Event]]


def one_by_one(rpc: Rpc) -> Iterator[Event]:
    """Read events as its event loop does."""
    while True:
        yield rpc.get_next_event()


def in_batches(rpc: Rpc) -> Iterator[Event]:
    """Read events as its event loop does not, but could."""
    while True:
        yield from rpc.get_next_event_batch()


def calls(task: Task) -> dict[str, float]:
    """Measure calls of the real core."""
    numbers = {"imported": task.age_ms}
    with IOTransport(f"{task.directory}/accounts", rpc_executable=task.core) as transport:
        rpc = Rpc(transport)
        rpc.get_system_info()
        numbers["first_answer"] = task.age_ms
        account = rpc.add_account()
        numbers |= every_second("sequential", lambda: sequential(rpc, account), task.seconds)
        numbers |= {"memory": rss(), "core_memory": rss(child())}
        with ThreadPoolExecutor(plan.THREADS) as pool:
            numbers |= every_second(
                "pipelined", lambda: pipelined(rpc, account, pool), task.seconds
            )
    return {**numbers, "peak_memory": rss(field="VmHWM")}


def sequential(rpc: Rpc, account: int) -> int:
    """Make calls one after the other."""
    for _ in range(plan.CALLS):
        rpc.get_config(account, plan.KEY)
    return plan.CALLS


def pipelined(rpc: Rpc, account: int, pool: ThreadPoolExecutor) -> int:
    """Make many calls at once by threads."""
    for _ in pool.map(lambda _: rpc.get_config(account, plan.KEY), range(plan.IN_FLIGHT)):
        pass
    return plan.IN_FLIGHT


def core_events(task: Task, reader: Reader) -> dict[str, float]:
    """Measure events of the real core."""
    directory = f"{task.directory}/events"
    with (
        IOTransport(directory, rpc_executable=task.core) as transport,
        ThreadPoolExecutor(plan.THREADS) as pool,
    ):
        rpc = Rpc(transport)
        for _ in range(plan.ACCOUNTS):
            rpc.add_account()
        events = reader(rpc)
        return every_second("core_events", lambda: storm(rpc, pool, events), task.seconds)


def storm(rpc: Rpc, pool: ThreadPoolExecutor, events: Iterator[Event]) -> int:
    """Make the core emit many events, and read them to the last."""
    emitting = [pool.submit(rpc.start_io_for_all_accounts) for _ in range(plan.STORM)]
    left = plan.STORM_EVENTS
    while left:
        left -= isinstance(next(events).event, EventTypeWarning)
    for call in emitting:
        call.result()
    return plan.STORM_EVENTS


def fake_core(task: Task, reader: Reader) -> dict[str, float]:
    """Measure how fast events are drained when the core costs nothing."""
    with IOTransport(f"{task.directory}/fake", rpc_executable=task.fake_core) as transport:
        rpc = Rpc(transport)
        events = reader(rpc)
        return every_second("fake_events", lambda: drain(rpc, events), task.seconds)


def drain(rpc: Rpc, events: Iterator[Event]) -> int:
    """Have events served and read them to the last, with an eye on messages."""
    rpc.set_config(plan.FAKE_ACCOUNT, plan.TRIGGER, str(plan.EVENTS))
    messages = 0
    for _ in range(plan.EVENTS):
        messages += isinstance(next(events).event, EventTypeIncomingMsg)
    assert messages > 0
    return plan.EVENTS


def main() -> None:
    """Measure both cores, or with ``--batches`` the events only."""
    task = Task()
    if "--batches" in sys.argv:
        report({**core_events(task, in_batches), **fake_core(task, in_batches)})
    else:
        first = calls(task)
        report({**first, **core_events(task, one_by_one), **fake_core(task, one_by_one)})


if __name__ == "__main__":
    main()
