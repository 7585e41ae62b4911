"""One after the other within a lane, lanes side by side, and never more than a bound."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine

import pytest

from vestnik.bridge.calls.lanes import Lanes
from vestnik.bridge.calls.problems import Problem, RpcCode


class Work:
    """Calls that begin, and end when a test says so."""

    def __init__(self) -> None:
        self.begun: list[str] = []
        self.ended: list[str] = []
        self.gates: dict[str, asyncio.Event] = {}

    def call(self, name: str) -> Callable[[], Coroutine[None, None, bytes]]:
        self.gates[name] = asyncio.Event()

        async def carry() -> bytes:
            self.begun.append(name)
            await self.gates[name].wait()
            self.ended.append(name)
            return name.encode()

        return carry


async def settle() -> None:
    for _ in range(10):
        await asyncio.sleep(0)


async def test_calls_of_a_lane_go_one_after_the_other_and_lanes_side_by_side() -> None:
    lanes, work = Lanes(), Work()
    runs = [
        asyncio.create_task(lanes.run("bot", lane, work.call(name)))
        for lane, name in (("x", "x1"), ("x", "x2"), ("y", "y1"), (None, "n1"), (None, "n2"))
    ]
    await settle()
    assert work.begun == ["x1", "y1", "n1", "n2"]

    work.gates["x1"].set()
    await settle()
    assert work.begun[-1] == "x2"

    for gate in work.gates.values():
        gate.set()
    assert await asyncio.gather(*runs) == [b"x1", b"x2", b"y1", b"n1", b"n2"]
    assert lanes.under_way == 0


async def test_a_call_that_fails_lets_the_next_go() -> None:
    lanes, work = Lanes(), Work()

    async def fail() -> bytes:
        raise Problem(-1, "no")

    first = asyncio.create_task(lanes.run("bot", "x", fail))
    second = asyncio.create_task(lanes.run("bot", "x", work.call("b")))
    await settle()
    work.gates["b"].set()

    with pytest.raises(Problem):
        await first
    assert await second == b"b"


async def test_who_goes_away_does_not_end_his_call() -> None:
    lanes, work = Lanes(), Work()
    caller = asyncio.create_task(lanes.run("bot", "x", work.call("a")))
    await settle()

    caller.cancel()
    with pytest.raises(asyncio.CancelledError):
        await caller
    assert lanes.under_way == 1

    work.gates["a"].set()
    await lanes.drain()
    assert work.ended == ["a"]


async def test_a_bot_has_only_so_many_calls_and_others_have_their_own() -> None:
    lanes, work = Lanes(most=2), Work()
    runs = [asyncio.create_task(lanes.run("bot", "x", work.call(name))) for name in "ab"]
    await settle()

    with pytest.raises(Problem) as refused:
        await lanes.run("bot", "y", work.call("c"))
    assert refused.value.code == RpcCode.TOO_MUCH
    runs.append(asyncio.create_task(lanes.run("other", "y", work.call("d"))))
    await settle()
    for gate in work.gates.values():
        gate.set()
    await asyncio.gather(*runs)
    assert await lanes.run("bot", "y", _done) == b"done"


async def test_at_the_end_those_who_wait_are_told_so() -> None:
    lanes, work = Lanes(), Work()
    runs = [asyncio.create_task(lanes.run("bot", "x", work.call(name))) for name in "ab"]
    await settle()

    await lanes.close()

    for run in runs:
        with pytest.raises(Problem) as told:
            await run
        assert told.value.code == RpcCode.UNKNOWN_OUTCOME
    assert work.ended == []
    assert lanes.under_way == 0


async def _done() -> bytes:
    return b"done"
