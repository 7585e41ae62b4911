"""Order within a lane, no waiting between lanes, and a bound on everything."""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vestnik.bot.intake.lanes import Lanes

Job = tuple[str, int]


@asynccontextmanager
async def running(
    work: Callable[[Job], Awaitable[None]], side_by_side: int = 500, waiting: int = 10_000
) -> AsyncIterator[Lanes[Job]]:
    lanes = Lanes(work, side_by_side=side_by_side, waiting=waiting)
    task = asyncio.create_task(lanes.run())
    await asyncio.sleep(0)
    try:
        async with asyncio.timeout(10):
            yield lanes
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


class Gate:
    """Work that waits for the test, and tells what is being worked on."""

    def __init__(self) -> None:
        self.begun: list[Job] = []
        self._open: defaultdict[Job, asyncio.Event] = defaultdict(asyncio.Event)

    async def work(self, job: Job) -> None:
        self.begun.append(job)
        await self._open[job].wait()

    def open(self, *jobs: Job) -> None:
        for job in jobs:
            self._open[job].set()


async def turns(count: int = 10) -> None:
    for _ in range(count):
        await asyncio.sleep(0)


async def test_a_stuck_job_holds_up_its_own_lane_and_no_other() -> None:
    gate = Gate()
    async with running(gate.work) as lanes:
        for job in (("a", 1), ("a", 2), ("b", 1)):
            assert lanes.offer(job[0], job)
        await turns()
        assert gate.begun == [("a", 1), ("b", 1)]
        gate.open(("a", 1))
        await turns()
        assert gate.begun == [("a", 1), ("b", 1), ("a", 2)]


async def test_no_more_lanes_than_allowed_are_worked_on_at_once() -> None:
    gate = Gate()
    async with running(gate.work, side_by_side=2) as lanes:
        for lane in "abc":
            lanes.offer(lane, (lane, 1))
        await turns()
        assert gate.begun == [("a", 1), ("b", 1)]
        gate.open(("b", 1))
        await turns()
        assert gate.begun[-1] == ("c", 1)


async def test_a_busy_lane_lets_the_others_have_their_turn() -> None:
    done: list[Job] = []

    async def work(job: Job) -> None:
        done.append(job)

    async with running(work, side_by_side=1) as lanes:
        for n in range(3):
            lanes.offer("busy", ("busy", n))
        lanes.offer("rare", ("rare", 0))
        await lanes.idle()
    assert done == [("busy", 0), ("rare", 0), ("busy", 1), ("busy", 2)]


async def test_what_does_not_fit_is_refused_until_there_is_room() -> None:
    gate = Gate()
    async with running(gate.work, waiting=2) as lanes:
        assert lanes.offer("a", ("a", 1))
        assert lanes.offer("a", ("a", 2))
        assert not lanes.offer("b", ("b", 1))
        waiting = asyncio.create_task(lanes.room())
        await turns()
        assert not waiting.done()
        gate.open(("a", 1))
        await waiting
        assert lanes.offer("b", ("b", 1))


async def test_a_job_that_raises_is_logged_and_the_next_one_goes_on(
    caplog: pytest.LogCaptureFixture,
) -> None:
    done: list[Job] = []

    async def work(job: Job) -> None:
        if job[1] == 1:
            raise ValueError("this job is broken")
        done.append(job)

    async with running(work) as lanes:
        lanes.offer("a", ("a", 1))
        lanes.offer("a", ("a", 2))
        await lanes.idle()
    assert done == [("a", 2)]
    assert "this job is broken" in caplog.text


async def test_jobs_that_come_before_the_work_begins_are_not_forgotten() -> None:
    done: list[Job] = []

    async def work(job: Job) -> None:
        done.append(job)

    lanes = Lanes(work)
    lanes.offer("a", ("a", 1))
    lanes.offer("b", ("b", 1))
    task = asyncio.create_task(lanes.run())
    async with asyncio.timeout(10):
        await lanes.idle()
    assert sorted(done) == [("a", 1), ("b", 1)]
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


async def test_cancelling_cancels_what_is_worked_on() -> None:
    cancelled: list[Job] = []

    async def work(job: Job) -> None:
        try:
            await asyncio.get_running_loop().create_future()
        except asyncio.CancelledError:
            cancelled.append(job)
            raise

    async with running(work) as lanes:
        lanes.offer("a", ("a", 1))
        await turns()
    assert cancelled == [("a", 1)]


@given(
    offers=st.lists(st.tuples(st.sampled_from("abcd"), st.integers(0, 3)), max_size=60),
    side_by_side=st.integers(1, 5),
)
def test_every_job_is_done_once_and_in_the_order_of_its_lane(
    offers: list[Job], side_by_side: int
) -> None:
    done: list[tuple[str, int]] = []

    async def work(job: Job) -> None:
        lane, pauses = job[0], offers[job[1]][1]
        await turns(pauses)
        done.append((lane, job[1]))

    async def main() -> None:
        async with running(work, side_by_side=side_by_side) as lanes:
            for n, (lane, _) in enumerate(offers):
                lanes.offer(lane, (lane, n))
            await lanes.idle()

    asyncio.run(main())
    assert sorted(n for _, n in done) == list(range(len(offers)))
    for lane in "abcd":
        numbers = [n for which, n in done if which == lane]
        assert numbers == sorted(numbers)
