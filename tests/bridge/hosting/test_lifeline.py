"""What is started when it is needed, once for all who ask, and again when it has failed."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import pytest

from vestnik.bridge.hosting.lifeline import LONGEST_PAUSE, Lifeline
from vestnik.errors import CoreDied, CoreNotFound, GatewayError, StoreFailed, VestnikError
from vestnik.testing import FakeClock


class Lives:
    """Engines that run until a test ends them, with what it wants."""

    def __init__(self) -> None:
        self.begun = 0
        self.fails_with: Exception | None = None
        self.can_start = asyncio.Event()
        self.can_start.set()
        self.end: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    async def live(self, ready: Callable[[int], None]) -> None:
        self.begun += 1
        await self.can_start.wait()
        if self.fails_with is not None:
            raise self.fails_with
        self.end = asyncio.get_running_loop().create_future()
        ready(self.begun)
        await self.end


@asynccontextmanager
async def running(
    lives: Lives, clock: FakeClock, *, is_needed: bool = False
) -> AsyncIterator[Lifeline[int]]:
    lifeline: Lifeline[int] = Lifeline(lives.live, lambda: is_needed, clock)
    task = asyncio.create_task(lifeline.run())
    await asyncio.sleep(0)
    yield lifeline
    task.cancel()
    await asyncio.wait([task])


async def test_nothing_runs_before_somebody_asks(fake_clock: FakeClock) -> None:
    lives = Lives()
    async with running(lives, fake_clock) as lifeline:
        await fake_clock.advance(1000)
        assert (lives.begun, lifeline.current) == (0, None)
        assert await lifeline.get() == 1


async def test_what_is_needed_is_started_without_being_asked(fake_clock: FakeClock) -> None:
    lives = Lives()
    async with running(lives, fake_clock, is_needed=True) as lifeline:
        assert lifeline.is_starting or lifeline.current == 1
        assert await lifeline.get() == 1


async def test_all_who_ask_share_a_start(fake_clock: FakeClock) -> None:
    lives = Lives()
    async with running(lives, fake_clock) as lifeline:
        assert await asyncio.gather(*(lifeline.get() for _ in range(5))) == [1] * 5


async def test_one_who_stops_waiting_stops_nobody_else(fake_clock: FakeClock) -> None:
    lives = Lives()
    lives.can_start.clear()
    async with running(lives, fake_clock) as lifeline:
        first, second = asyncio.create_task(lifeline.get()), asyncio.create_task(lifeline.get())
        await asyncio.sleep(0)
        first.cancel()
        lives.can_start.set()
        assert await second == 1


async def test_a_failed_start_is_told_to_all_and_tried_again_for_the_next(
    fake_clock: FakeClock,
) -> None:
    lives = Lives()
    lives.fails_with = CoreNotFound("There is no core.")
    async with running(lives, fake_clock) as lifeline:
        told = await asyncio.gather(lifeline.get(), lifeline.get(), return_exceptions=True)
        assert list(told) == [lives.fails_with] * 2
        assert lifeline.problem is lives.fails_with
        lives.fails_with = None
        assert await lifeline.get() == 2
        assert lifeline.problem is None


async def test_what_is_needed_is_tried_again_by_itself_more_and_more_seldom(
    fake_clock: FakeClock,
) -> None:
    lives = Lives()
    lives.fails_with = CoreDied(1)
    async with running(lives, fake_clock, is_needed=True) as lifeline:
        await fake_clock.advance(10)
        soon = lives.begun
        await fake_clock.advance(10 * LONGEST_PAUSE)
        assert 3 <= soon <= 5
        assert lives.begun - soon <= 13
        lives.fails_with = None
        await fake_clock.advance(LONGEST_PAUSE)
        assert lifeline.current == lives.begun


async def test_who_asks_need_not_wait_for_the_next_try(fake_clock: FakeClock) -> None:
    lives = Lives()
    lives.fails_with = CoreDied(1)
    async with running(lives, fake_clock, is_needed=True) as lifeline:
        with pytest.raises(CoreDied):
            await lifeline.get()
        await fake_clock.until_sleeping()
        lives.fails_with = None
        assert await lifeline.get() == lives.begun


async def test_what_fails_while_it_runs_is_started_again(fake_clock: FakeClock) -> None:
    lives = Lives()
    async with running(lives, fake_clock, is_needed=True) as lifeline:
        await lifeline.get()
        lives.end.set_exception(ExceptionGroup("several", [CoreDied(3)]))
        await fake_clock.until_sleeping()
        assert lifeline.current is None
        assert isinstance(lifeline.problem, CoreDied)
        await fake_clock.advance(5)
        assert lifeline.current == 2


async def test_a_mistake_of_ours_is_a_sentence_for_others(fake_clock: FakeClock) -> None:
    lives = Lives()
    lives.fails_with = ZeroDivisionError()
    async with running(lives, fake_clock) as lifeline:
        with pytest.raises(GatewayError, match="see its log"):
            await lifeline.get()


async def test_who_waits_at_the_end_is_told_of_it(fake_clock: FakeClock) -> None:
    lives = Lives()
    lives.can_start.clear()
    async with running(lives, fake_clock) as lifeline:
        waiting = asyncio.create_task(lifeline.get())
        await asyncio.sleep(0)
    with pytest.raises(StoreFailed, match="about to end"):
        await waiting
    with pytest.raises(VestnikError, match="about to end"):
        await lifeline.get()
