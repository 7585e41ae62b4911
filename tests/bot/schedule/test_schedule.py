"""Jobs are done when they are due, once, and again only after a crash, under the same key."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vestnik.bot.schedule import Daily, Interval, JobId, Run, Schedule
from vestnik.bot.store import Database
from vestnik.errors import BadBot, BadInput, TooManyJobs
from vestnik.ids import AccountId
from vestnik.testing import FakeClock

HOUR = timedelta(hours=1)
DEADLINE = 10


class Reminder(msgspec.Struct, frozen=True):
    text: str


TEA = Reminder("tea")


class Bench:
    """A schedule whose runs are noted, and that can be ended and begun anew."""

    def __init__(self, database: Database, clock: FakeClock, **options: Any) -> None:
        self.database = database
        self.clock = clock
        self.options = options
        self.runs: list[Run[Any]] = []
        self.failures: list[tuple[Run[Any], Exception]] = []
        self.schedule = self.anew()

    def anew(self) -> Schedule:
        """Begin anew on the same database."""
        schedule = Schedule(self.database, self.clock, on_failure=self.fail, **self.options)
        schedule.handle("remind", Reminder, self.note)
        schedule.handle("tick", None, self.note)
        self.schedule = schedule
        return schedule

    async def note(self, run: Run[Any]) -> None:
        self.runs.append(run)

    async def fail(self, run: Run[Any], error: Exception) -> None:
        self.failures.append((run, error))

    @property
    def done(self) -> list[object]:
        """What was done: the text of a reminder, or the name of what has none."""
        return [run.payload.text if run.payload else run.name for run in self.runs]

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Run the schedule meanwhile."""
        task = asyncio.create_task(self.schedule.run())
        try:
            async with asyncio.timeout(DEADLINE):
                await self.settle()
                yield
                await self.settle()
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    async def advance(self, span: timedelta) -> None:
        """Let time pass, and what is due then be done."""
        await self.clock.advance(span.total_seconds())
        await self.settle()

    async def settle(self) -> None:
        """Return when the schedule sleeps: each of its steps is a turn of the database."""
        for _ in range(12):
            await self.database.transact(lambda connection: None)
            await asyncio.sleep(0)


@pytest.fixture
async def database() -> AsyncIterator[Database]:
    async with Database(None) as opened:
        yield opened


@pytest.fixture
def bench(database: Database, fake_clock: FakeClock) -> Bench:
    return Bench(database, fake_clock)


async def test_later_is_later_and_once(bench: Bench) -> None:
    async with bench.running():
        await bench.schedule.later(HOUR, "remind", TEA)
        await bench.advance(HOUR - timedelta(seconds=1))
        assert bench.done == []
        await bench.advance(timedelta(seconds=1))
        assert bench.done == ["tea"]
        await bench.advance(10 * HOUR)
        assert bench.done == ["tea"]
    assert await bench.schedule.jobs() == []


async def test_a_run_tells_what_it_is_for(bench: Bench) -> None:
    moment = datetime.fromtimestamp(bench.clock.now(), UTC) + HOUR
    async with bench.running():
        job_id = await bench.schedule.later(moment, "remind", TEA, account_id=AccountId(7))
        await bench.advance(HOUR)
    (run,) = bench.runs
    assert run == Run(run.key, job_id, "remind", TEA, moment, AccountId(7))


async def test_a_moment_may_be_in_any_zone_and_past(bench: Bench) -> None:
    past = datetime(2020, 1, 1, tzinfo=ZoneInfo("Asia/Tokyo"))
    async with bench.running():
        await bench.schedule.later(past, "tick")
        await bench.schedule.later(timedelta(seconds=-5), "tick")
        await bench.schedule.later(timedelta.min, "tick")
    assert bench.done == ["tick"] * 3


async def test_jobs_are_done_in_the_order_in_which_they_are_due(bench: Bench) -> None:
    async with bench.running():
        for minutes in (3, 1, 2, 1):
            await bench.schedule.later(timedelta(minutes=minutes), "remind", Reminder(str(minutes)))
        for _ in range(3):
            await bench.advance(timedelta(minutes=1))
    assert bench.done == ["1", "1", "2", "3"]


async def test_what_was_missed_is_done_once_at_the_start(bench: Bench) -> None:
    await bench.schedule.later(HOUR, "remind", TEA)
    await bench.schedule.every(HOUR, "tick")
    await bench.clock.advance(100.5 * 3600)
    async with bench.running():
        assert sorted(map(str, bench.done)) == ["tea", "tick"]
        await bench.advance(HOUR / 2)
        assert sorted(map(str, bench.done)) == ["tea", "tick", "tick"]


async def test_what_recurs_goes_on(bench: Bench) -> None:
    async with bench.running():
        await bench.schedule.every(HOUR, "tick")
        for _ in range(5):
            await bench.advance(HOUR)
    assert bench.done == ["tick"] * 5
    assert len({run.key for run in bench.runs}) == 5
    assert len({run.job_id for run in bench.runs}) == 1


async def test_daily_follows_the_clocks_of_its_zone(bench: Bench) -> None:
    berlin = ZoneInfo("Europe/Berlin")
    bench.clock.set_wall(datetime(2026, 3, 28, 0, tzinfo=UTC).timestamp())
    async with bench.running():
        await bench.schedule.every(Daily(time(8), berlin), "tick")
        for _ in range(48):
            await bench.advance(HOUR)
    assert [f"{run.due.astimezone(berlin):%d %H:%M %Z}" for run in bench.runs] == [
        "28 08:00 CET",
        "29 08:00 CEST",
    ]


async def test_a_crash_in_a_run_repeats_it_under_the_same_key(bench: Bench) -> None:
    begun: list[Run[None]] = []
    first = Schedule(bench.database, bench.clock)
    reached = asyncio.Event()

    async def hang(run: Run[None]) -> None:
        begun.append(run)
        reached.set()
        await asyncio.Event().wait()

    first.handle("tick", None, hang)
    await first.every(HOUR, "tick")
    await bench.clock.advance(2 * 3600)
    life = asyncio.create_task(first.run())
    async with asyncio.timeout(DEADLINE):
        await reached.wait()
    life.cancel()
    await asyncio.gather(life, return_exceptions=True)
    async with bench.running():
        assert [run.key for run in bench.runs] == [begun[0].key]
        await bench.advance(HOUR)
        assert len({run.key for run in bench.runs}) == 2


async def test_jobs_survive_a_restart(tmp_path: Path, fake_clock: FakeClock) -> None:
    async with Database(tmp_path / "bot.sqlite") as database:
        bench = Bench(database, fake_clock)
        job_id = await bench.schedule.later(HOUR, "remind", TEA)
        await bench.schedule.every(Daily(time(9)), "tick")
        before = await bench.schedule.jobs()
    async with Database(tmp_path / "bot.sqlite") as database:
        bench = Bench(database, fake_clock)
        assert await bench.schedule.jobs() == before
        async with bench.running():
            await bench.advance(HOUR)
        assert [(run.job_id, run.payload) for run in bench.runs] == [(job_id, TEA)]


async def test_asking_twice_under_a_key_schedules_once_even_after_it_was_done(
    bench: Bench,
) -> None:
    first = await bench.schedule.later(HOUR, "remind", TEA, key="1:100:0")
    assert await bench.schedule.later(HOUR, "remind", TEA, key="1:100:0") == first
    other = await bench.schedule.later(HOUR, "remind", TEA, key="1:100:1")
    assert other != first
    async with bench.running():
        await bench.advance(HOUR)
        assert await bench.schedule.later(HOUR, "remind", TEA, key="1:100:0") == first
        await bench.advance(HOUR)
    assert bench.done == ["tea", "tea"]
    await bench.schedule.prune(HOUR.total_seconds() - 1)
    assert await bench.schedule.later(HOUR, "remind", TEA, key="1:100:0") not in (first, other)


async def test_what_recurs_may_be_declared_at_every_start(bench: Bench) -> None:
    first = await bench.schedule.every(3 * HOUR, "remind", TEA)
    await bench.clock.advance(3600)
    schedule = bench.anew()
    assert await schedule.every(3 * HOUR, "remind", Reminder("coffee")) == first
    async with bench.running():
        await bench.advance(2 * HOUR)
    assert bench.done == ["coffee"]


async def test_another_recurrence_begins_anew(bench: Bench) -> None:
    first = await bench.schedule.every(HOUR, "tick")
    await bench.clock.advance(1800)
    assert await bench.schedule.every(2 * HOUR, "tick") == first
    (job,) = await bench.schedule.jobs()
    assert job.recurrence == Interval(2 * HOUR)
    assert job.due == datetime.fromtimestamp(bench.clock.now(), UTC) + 2 * HOUR


async def test_one_handler_may_recur_under_several_keys(bench: Bench) -> None:
    for text in ("tea", "coffee"):
        await bench.schedule.every(HOUR, "remind", Reminder(text), key=text)
    async with bench.running():
        await bench.advance(HOUR)
    assert bench.done == ["tea", "coffee"]


async def test_what_was_cancelled_is_not_done(bench: Bench) -> None:
    once = await bench.schedule.later(HOUR, "remind", TEA, key="once")
    again = await bench.schedule.every(HOUR, "tick")
    assert await bench.schedule.cancel(once)
    assert await bench.schedule.cancel(again)
    assert not await bench.schedule.cancel(again)
    assert not await bench.schedule.cancel(JobId(12345))
    async with bench.running():
        await bench.advance(2 * HOUR)
    assert bench.runs == []


async def test_what_cancels_itself_in_its_run_does_not_go_on(bench: Bench) -> None:
    schedule = Schedule(bench.database, bench.clock)
    bench.schedule = schedule

    @schedule.on("tick")
    async def tick(run: Run[None]) -> None:
        bench.runs.append(run)
        if len(bench.runs) == 2:
            await schedule.cancel(run.job_id)

    await schedule.every(HOUR, "tick")
    async with bench.running():
        for _ in range(5):
            await bench.advance(HOUR)
    assert len(bench.runs) == 2


async def test_the_jobs_of_an_account_go_with_it(bench: Bench) -> None:
    await bench.schedule.later(HOUR, "tick", account_id=AccountId(1))
    await bench.schedule.every(HOUR, "tick", account_id=AccountId(1))
    kept = await bench.schedule.later(HOUR, "tick", account_id=AccountId(2))
    assert await bench.schedule.cancel_all(AccountId(1)) == 2
    assert [job.id for job in await bench.schedule.jobs()] == [kept]


async def test_jobs_are_listed_the_first_first_and_by_handler(bench: Bench) -> None:
    late = await bench.schedule.later(2 * HOUR, "remind", TEA)
    early = await bench.schedule.later(HOUR, "remind", TEA)
    tick = await bench.schedule.every(timedelta(minutes=1), "tick")
    assert [job.id for job in await bench.schedule.jobs()] == [tick, early, late]
    assert [job.id for job in await bench.schedule.jobs("remind")] == [early, late]


async def test_a_failure_is_reported_and_over(
    bench: Bench, caplog: pytest.LogCaptureFixture
) -> None:
    schedule = Schedule(bench.database, bench.clock, on_failure=bench.fail)
    bench.schedule = schedule

    @schedule.on("remind", Reminder)
    async def remind(run: Run[Reminder]) -> None:
        bench.runs.append(run)
        raise ValueError(run.job_id)

    await schedule.later(HOUR, "remind", Reminder("secret"))
    await schedule.every(HOUR, "remind", Reminder("secret"))
    async with bench.running():
        await bench.advance(HOUR)
        await bench.advance(HOUR)
    assert len(bench.runs) == 3
    assert [run for run, _ in bench.failures] == bench.runs
    assert "The scheduled 'remind' failed" in caplog.text
    assert "secret" not in caplog.text


async def test_a_failure_of_what_reports_failures_stops_nothing(bench: Bench) -> None:
    async def fail(run: Run[Any], error: Exception) -> None:
        raise KeyError(run.name) from error

    schedule = Schedule(bench.database, bench.clock, on_failure=fail)
    bench.schedule = schedule

    @schedule.on("tick")
    async def tick(run: Run[None]) -> None:
        bench.runs.append(run)
        raise ValueError

    await schedule.every(HOUR, "tick")
    async with bench.running():
        await bench.advance(HOUR)
        await bench.advance(HOUR)
    assert len(bench.runs) == 2


async def test_a_handler_that_cancels_itself_is_not_run_for_ever(bench: Bench) -> None:
    schedule = Schedule(bench.database, bench.clock, on_failure=bench.fail)
    bench.schedule = schedule

    @schedule.on("tick")
    async def tick(run: Run[None]) -> None:
        bench.runs.append(run)
        raise asyncio.CancelledError

    await schedule.later(HOUR, "tick")
    async with bench.running():
        await bench.advance(HOUR)
    assert len(bench.runs) == len(bench.failures) == 1
    assert await schedule.jobs() == []


async def test_what_is_declared_anew_in_its_own_run_keeps_its_new_time(bench: Bench) -> None:
    schedule = Schedule(bench.database, bench.clock)
    bench.schedule = schedule

    @schedule.on("tick")
    async def tick(run: Run[None]) -> None:
        bench.runs.append(run)
        await schedule.every(3 * HOUR, "tick")

    await schedule.every(HOUR, "tick")
    async with bench.running():
        for _ in range(7):
            await bench.advance(HOUR)
    start = bench.runs[0].due
    assert [run.due - start for run in bench.runs] == [0 * HOUR, 3 * HOUR, 6 * HOUR]


async def test_a_slow_job_stops_no_other_and_is_not_run_twice_at_once(bench: Bench) -> None:
    schedule = Schedule(bench.database, bench.clock)
    bench.schedule = schedule
    go_on = asyncio.Event()

    @schedule.on("slow")
    async def slow(run: Run[None]) -> None:
        bench.runs.append(run)
        await go_on.wait()

    schedule.handle("tick", None, bench.note)
    await schedule.every(HOUR, "slow")
    await schedule.every(HOUR, "tick")
    async with bench.running():
        for _ in range(3):
            await bench.advance(HOUR)
        assert sorted(map(str, bench.done)) == ["slow", "tick", "tick", "tick"]
        go_on.set()
        await bench.settle()
        await bench.advance(HOUR)
    assert sorted(map(str, bench.done)) == ["slow"] * 2 + ["tick"] * 4


async def test_no_more_run_at_once_than_may(database: Database, fake_clock: FakeClock) -> None:
    bench = Bench(database, fake_clock)
    schedule = Schedule(database, fake_clock, at_once=3)
    bench.schedule = schedule
    slots = asyncio.Semaphore(0)
    most = now = 0

    @schedule.on("slow")
    async def slow(run: Run[None]) -> None:
        nonlocal most, now
        now += 1
        most = max(most, now)
        await slots.acquire()
        now -= 1
        bench.runs.append(run)

    for _ in range(10):
        await schedule.later(HOUR, "slow")
    async with bench.running():
        await bench.advance(HOUR)
        assert now == 3
        for _ in range(10):
            slots.release()
            await bench.settle()
    assert most == 3
    assert len(bench.runs) == 10


async def test_a_payload_that_cannot_be_read_waits_for_a_bot_that_can(
    bench: Bench, caplog: pytest.LogCaptureFixture
) -> None:
    class Longer(msgspec.Struct, frozen=True):
        text: str
        mood: str

    await bench.schedule.later(HOUR, "remind", TEA)
    newer = Schedule(bench.database, bench.clock)
    newer.handle("remind", Longer, bench.note)
    bench.schedule = newer
    async with bench.running():
        await bench.advance(HOUR)
    assert bench.runs == []
    assert "was kept with other data than Longer has now" in caplog.text
    assert [job.is_parked for job in await newer.jobs()] == [True]
    bench.anew()
    async with bench.running():
        pass
    assert bench.done == ["tea"]


async def test_a_job_without_a_handler_waits_and_is_told_of(
    bench: Bench, caplog: pytest.LogCaptureFixture
) -> None:
    await bench.schedule.later(HOUR, "remind", TEA)
    await bench.schedule.every(HOUR, "tick")
    lesser = Schedule(bench.database, bench.clock)
    lesser.handle("tick", None, bench.note)
    bench.schedule = lesser
    async with bench.running():
        await bench.advance(HOUR)
        await bench.advance(HOUR)
    assert bench.done == ["tick", "tick"]
    assert [r.getMessage() for r in caplog.records if r.levelno == logging.WARNING] == [
        "There are jobs named 'remind', but no handler of that name: they wait."
    ]
    bench.anew()
    async with bench.running():
        pass
    assert bench.done == ["tick", "tick", "tea"]


async def test_a_wall_clock_that_was_put_forward_is_noticed_within_minutes(bench: Bench) -> None:
    async with bench.running():
        await bench.schedule.later(10 * HOUR, "tick")
        await bench.settle()
        bench.clock.set_wall(bench.clock.now() + 11 * 3600)
        await bench.advance(timedelta(minutes=5))
    assert bench.done == ["tick"]


async def test_a_wall_clock_that_was_put_back_repeats_nothing(bench: Bench) -> None:
    async with bench.running():
        await bench.schedule.every(Daily(time(1)), "tick")
        await bench.advance(HOUR)
        bench.clock.set_wall(bench.clock.now() - 1800)
        await bench.advance(HOUR)
    assert bench.done == ["tick"]


async def test_there_is_an_end_to_what_can_be_scheduled(
    database: Database, fake_clock: FakeClock
) -> None:
    bench = Bench(database, fake_clock, most_jobs=2)
    await bench.schedule.later(HOUR, "tick", key="a")
    await bench.schedule.later(HOUR, "tick")
    with pytest.raises(TooManyJobs, match="2 jobs are scheduled already"):
        await bench.schedule.later(HOUR, "tick")
    with pytest.raises(TooManyJobs):
        await bench.schedule.every(HOUR, "tick")
    await bench.schedule.later(HOUR, "tick", key="a")
    async with bench.running():
        await bench.advance(HOUR)
    await bench.schedule.every(HOUR, "tick")


async def test_mistakes_of_an_author_are_one_sentence(bench: Bench) -> None:
    schedule = bench.schedule
    with pytest.raises(BadBot, match=r"under the name 'remnd': did you mean 'remind'\?"):
        await schedule.later(HOUR, "remnd", TEA)
    with pytest.raises(BadBot, match="under the name 'x': register one first"):
        await schedule.every(HOUR, "x")
    with pytest.raises(BadBot, match="scheduled as 'remind' takes Reminder, not NoneType"):
        await schedule.later(HOUR, "remind")
    with pytest.raises(BadBot, match="scheduled as 'tick' takes no data, not Reminder"):
        await schedule.later(HOUR, "tick", TEA)
    with pytest.raises(BadBot, match="Two handlers are scheduled under the name 'tick'"):
        schedule.handle("tick", None, bench.note)
    with pytest.raises(BadBot, match="needs a frozen"):
        schedule.handle("new", dict, bench.note)  # type: ignore[type-var]
    with pytest.raises(BadBot, match="too short"):
        await schedule.every(timedelta(0), "tick")
    with pytest.raises(BadInput, match="has no zone"):
        await schedule.later(datetime(2026, 1, 1), "tick")  # noqa: DTZ001
    with pytest.raises(BadInput, match="too far away"):
        await schedule.later(timedelta.max, "tick")
    assert await schedule.jobs() == []


@given(
    delays=st.lists(st.integers(0, 30), max_size=12),
    steps=st.lists(st.tuples(st.integers(1, 10), st.booleans()), max_size=8),
)
@settings(max_examples=25, deadline=None)
async def test_whatever_the_restarts_each_job_is_done_once_and_never_early(
    delays: list[int], steps: list[tuple[int, bool]]
) -> None:
    clock = FakeClock()
    async with Database(None) as database:
        bench = Bench(database, clock)
        start = clock.now()
        for delay in delays:
            await bench.schedule.later(timedelta(minutes=delay), "remind", Reminder(str(delay)))
        for minutes, runs_meanwhile in [*steps, (1, True), (30, True)]:
            bench.anew()
            if not runs_meanwhile:
                await clock.advance(minutes * 60)
                continue
            async with bench.running():
                for _ in range(minutes):
                    await bench.advance(timedelta(minutes=1))
            passed = (clock.now() - start) / 60
            assert sorted(map(str, bench.done)) == sorted(
                str(delay) for delay in delays if delay <= passed
            )
