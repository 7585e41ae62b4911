"""The one task that runs what is due, and each run in a task of its own."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Any

import msgspec

from vestnik.bot.schedule.handlers import Handlers
from vestnik.bot.schedule.recurrence import unpack
from vestnik.bot.schedule.run import JobId, Run
from vestnik.bot.schedule.table import JobRow, JobTable
from vestnik.clock import Clock
from vestnik.errors import BotError, UnreadableData

__all__ = ["LONGEST_SLEEP_SECONDS", "OnFailure", "ScheduleLoop"]

log = logging.getLogger("vestnik.bot")

LONGEST_SLEEP_SECONDS = 300.0
"""How late something may come when the wall clock was put forward, or the machine slept."""

GRACE_SECONDS = 0.001
"""What a sleep may be too short by, since two clocks are added up in floating point."""

OnFailure = Callable[[Run[Any], Exception], Awaitable[None]]


class ScheduleLoop:
    """Runs jobs when they are due.

    A job stays due in the table until its run has ended, be it well or with an exception. Whoever
    is killed or cancelled in between leaves it there, and it is run again, under the same key.
    """

    def __init__(
        self,
        table: JobTable,
        handlers: Handlers,
        clock: Clock,
        at_once: int,
        on_failure: OnFailure | None,
    ) -> None:
        self._table = table
        self._handlers = handlers
        self._clock = clock
        self._at_once = at_once
        self._on_failure = on_failure
        self._running: set[JobId] = set()
        self._bell = asyncio.Event()

    def ring(self) -> None:
        """Look again: something is new."""
        self._bell.set()

    async def run(self) -> None:
        """Run what is due, until cancelled."""
        await self._table.unpark()
        await self._tell_of_orphans()
        async with asyncio.TaskGroup() as tasks:
            while True:
                self._bell.clear()
                upcoming = await self._start_due(tasks)
                await self._wait(tasks, upcoming)

    async def _start_due(self, tasks: asyncio.TaskGroup) -> float | None:
        """Start what is due; return when to look again if nothing rings before."""
        free = self._at_once - len(self._running)
        if free == 0:
            return None
        now = self._clock.now() + GRACE_SECONDS
        due, upcoming = await self._table.look(now, self._handlers.names, self._running, free)
        for job in due:
            self._running.add(job.id)
            tasks.create_task(self._attempt(job), name=f"job {job.id}")
        return upcoming

    async def _wait(self, tasks: asyncio.TaskGroup, upcoming: float | None) -> None:
        if upcoming is None:
            await self._bell.wait()
            return
        alarm = tasks.create_task(self._ring_at(upcoming))
        try:
            await self._bell.wait()
        finally:
            alarm.cancel()

    async def _ring_at(self, moment: float) -> None:
        while (seconds := moment - self._clock.now()) > GRACE_SECONDS:
            await self._clock.sleep(min(seconds, LONGEST_SLEEP_SECONDS))
        self.ring()

    async def _attempt(self, job: JobRow) -> None:
        try:
            if (run := await self._readable(job)) is not None:
                await self._handle(run)
                await self._table.finish(job, self._clock.now())
        finally:
            self._running.discard(job.id)
            self.ring()

    async def _readable(self, job: JobRow) -> Run[Any] | None:
        """Make the run of a job; what cannot be read waits for a bot that can."""
        try:
            if job.recurrence is not None:
                unpack(job.recurrence)
            return self._handlers.run_of(job)
        except (UnreadableData, msgspec.DecodeError) as error:
            log.error("Job %s waits for the next start of the bot: %s", job.id, error)
            await self._table.park(job.id)
            return None

    async def _handle(self, run: Run[Any]) -> None:
        try:
            await self._handlers.call(run)
        except Exception as error:
            await self._report(run, error)
        except asyncio.CancelledError:
            if _is_being_cancelled():
                raise
            # It cancelled itself: left due, it would be run again and again.
            await self._report(
                run, BotError(f"The scheduled {run.name!r} was cancelled by itself.")
            )

    async def _report(self, run: Run[Any], error: Exception) -> None:
        log.error("The scheduled %r failed (job %s).", run.name, run.job_id, exc_info=error)
        if self._on_failure is None:
            return
        try:
            await self._on_failure(run, error)
        except Exception:
            log.exception("What handles failures of the schedule failed itself.")

    async def _tell_of_orphans(self) -> None:
        for name in sorted(await self._table.names() - set(self._handlers.names)):
            log.warning("There are jobs named %r, but no handler of that name: they wait.", name)


def _is_being_cancelled() -> bool:
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0
