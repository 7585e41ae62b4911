"""The fake clock moves only when it is told to, and then in order."""

import asyncio
import time

import pytest

from vestnik.clock import Clock, SystemClock
from vestnik.testing import FakeClock


async def test_a_sleeper_wakes_when_its_time_has_come_and_not_before(fake_clock: FakeClock) -> None:
    sleeper = asyncio.create_task(fake_clock.sleep(10))
    await fake_clock.until_sleeping()
    await fake_clock.advance(9.5)
    assert not sleeper.done()
    await fake_clock.advance(0.5)
    assert sleeper.done()
    assert fake_clock.sleeping == 0


async def test_sleepers_wake_in_the_order_of_their_time_and_see_it(fake_clock: FakeClock) -> None:
    seen: list[tuple[str, float]] = []

    async def nap(name: str, seconds: float) -> None:
        await fake_clock.sleep(seconds)
        seen.append((name, fake_clock.monotonic()))

    async with asyncio.TaskGroup() as naps:
        for name, seconds in (("late", 3), ("early", 1), ("between", 2), ("also between", 2)):
            naps.create_task(nap(name, seconds))
        await fake_clock.until_sleeping(4)
        await fake_clock.advance(3)
    assert seen == [("early", 1), ("between", 2), ("also between", 2), ("late", 3)]


async def test_who_sleeps_again_within_the_span_is_woken_again(fake_clock: FakeClock) -> None:
    ticks: list[float] = []

    async def tick() -> None:
        while True:
            await fake_clock.sleep(1)
            ticks.append(fake_clock.monotonic())

    ticker = asyncio.create_task(tick())
    await fake_clock.advance(3.5)
    ticker.cancel()
    assert ticks == [1, 2, 3]
    assert fake_clock.monotonic() == 3.5


async def test_a_cancelled_sleeper_is_forgotten(fake_clock: FakeClock) -> None:
    sleeper = asyncio.create_task(fake_clock.sleep(1))
    await fake_clock.until_sleeping()
    sleeper.cancel()
    with pytest.raises(asyncio.CancelledError):
        await sleeper
    assert fake_clock.sleeping == 0
    await fake_clock.advance(2)


async def test_sleeping_for_no_time_lets_others_run_and_needs_no_advance(
    fake_clock: FakeClock,
) -> None:
    seen: list[float] = []

    async def look() -> None:
        seen.append(fake_clock.monotonic())

    other = asyncio.create_task(look())
    await fake_clock.sleep(0)
    assert seen == [0.0]
    await other


async def test_the_system_clock_and_the_fake_one_are_clocks() -> None:
    clocks: list[Clock] = [SystemClock(), FakeClock(5.0)]
    before = [clock.monotonic() for clock in clocks]
    for clock in clocks:
        await clock.sleep(0)
    assert [clock.monotonic() >= then for clock, then in zip(clocks, before, strict=True)] == [
        True,
        True,
    ]
    assert clocks[1].monotonic() == 5.0


async def test_the_wall_clock_goes_with_the_other_one(fake_clock: FakeClock) -> None:
    before = fake_clock.now()
    await fake_clock.advance(90)
    assert fake_clock.now() - before == 90


async def test_setting_the_wall_clock_wakes_nobody(fake_clock: FakeClock) -> None:
    sleeper = asyncio.create_task(fake_clock.sleep(10))
    await fake_clock.until_sleeping()
    fake_clock.set_wall(fake_clock.now() + 3600)
    await fake_clock.advance(9)
    assert not sleeper.done()
    await fake_clock.advance(1)
    assert sleeper.done()


def test_the_wall_clock_starts_where_it_is_told() -> None:
    assert FakeClock(100.0, wall=5.0).now() == 5.0


def test_the_system_clock_shows_the_time_of_the_machine() -> None:
    before = time.time()
    assert before <= SystemClock().now() <= time.time()
