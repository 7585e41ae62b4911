"""What an author and the bot see of the schedule."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import TypeVar, overload

import msgspec

from vestnik.bot.schedule.handlers import Handlers
from vestnik.bot.schedule.loop import OnFailure, ScheduleLoop
from vestnik.bot.schedule.recurrence import Interval, Recurrence, next_moment, pack, unpack
from vestnik.bot.schedule.run import Handler, Job, JobId
from vestnik.bot.schedule.table import JobRow, JobTable, NewJob
from vestnik.bot.store import Database
from vestnik.clock import Clock, SystemClock
from vestnik.errors import BadInput
from vestnik.ids import AccountId

__all__ = ["Schedule"]

S = TypeVar("S", bound=msgspec.Struct)

_FARTHEST = timedelta(days=100 * 366)


class Schedule:
    """Durable jobs: done once later, or again and again.

    Guarantees:

    - What `later` or `every` returned from survives a restart.
    - What was missed while the bot did not run is run once at its start; of several missed runs of
      something that recurs, one.
    - A run that was interrupted by a crash or the end of the bot is run again under the same key.
      One that ended with an exception is reported, and over.
    - A job is never run twice at the same time, and a slow one does not stop others.

    Args:
        database: The bot's memory.
        clock: What tells the time.
        on_failure: Is given what a handler raised, after it was logged.
        most_jobs: How many there may be at a time.
        at_once: How many run at the same time.
    """

    def __init__(
        self,
        database: Database,
        clock: Clock | None = None,
        *,
        on_failure: OnFailure | None = None,
        most_jobs: int = 100_000,
        at_once: int = 16,
    ) -> None:
        self._clock = clock or SystemClock()
        self._table = JobTable(database, most_jobs)
        self._handlers = Handlers()
        self._loop = ScheduleLoop(self._table, self._handlers, self._clock, at_once, on_failure)

    @overload
    def handle(self, name: str, payload: None, handler: Handler[None]) -> None: ...
    @overload
    def handle(self, name: str, payload: type[S], handler: Handler[S]) -> None: ...
    def handle(
        self, name: str, payload: type[S] | None, handler: Handler[None] | Handler[S]
    ) -> None:
        """Register what is to be done under a name, and what data it takes.

        Raises:
            BadBot: The name is taken, or the payload is no frozen struct.
        """
        self._handlers.add(name, payload, handler)

    @overload
    def on(self, name: str) -> Callable[[Handler[None]], Handler[None]]: ...
    @overload
    def on(self, name: str, payload: type[S]) -> Callable[[Handler[S]], Handler[S]]: ...
    def on(
        self, name: str, payload: type[S] | None = None
    ) -> Callable[[Handler[None]], Handler[None]] | Callable[[Handler[S]], Handler[S]]:
        """Register the function below under a name, as `handle` does."""

        def register(handler: Handler[S]) -> Handler[S]:
            self._handlers.add(name, payload, handler)
            return handler

        return register

    async def later(
        self,
        when: timedelta | datetime,
        name: str,
        payload: msgspec.Struct | None = None,
        *,
        key: str | None = None,
        account_id: AccountId | None = None,
    ) -> JobId:
        """Do something once.

        Args:
            when: How long from now, or a moment with its zone; what is past is done at once.
            name: The name of its handler.
            payload: What the handler is given.
            key: Names it: asking twice under a key schedules it once, even if it was done since.
            account_id: The account of the bot that it is for.

        Raises:
            BadBot: There is no such handler, or it takes other data.
            BadInput: The moment has no zone, or is more than a century away.
            TooManyJobs: No more fit in.
        """
        raw = self._handlers.pack(name, payload)
        full_key = None if key is None else f"later:{key}"
        new = NewJob(full_key, name, account_id, raw, None, self._moment(when))
        job_id = await self._table.add(new)
        self._loop.ring()
        return job_id

    async def every(
        self,
        recurrence: timedelta | Recurrence,
        name: str,
        payload: msgspec.Struct | None = None,
        *,
        key: str | None = None,
        account_id: AccountId | None = None,
    ) -> JobId:
        """Do something again and again.

        May be called at every start: one that is there under the key is kept, and takes the new
        payload; only another recurrence begins anew.

        Args:
            recurrence: A time between two runs, `Daily` or `Weekly`.
            name: The name of its handler.
            payload: What the handler is given.
            key: Tells it from others of the same handler; by default, its name.
            account_id: The account of the bot that it is for.

        Raises:
            BadBot: There is no such handler, it takes other data, or the interval is too short.
            TooManyJobs: No more fit in.
        """
        raw = self._handlers.pack(name, payload)
        again = Interval(recurrence) if isinstance(recurrence, timedelta) else recurrence
        due = next_moment(again, self._clock.now(), self._clock.now())
        full_key = f"every:{name if key is None else key}"
        job_id = await self._table.put(NewJob(full_key, name, account_id, raw, pack(again), due))
        self._loop.ring()
        return job_id

    async def cancel(self, job_id: JobId) -> bool:
        """Drop a job; a run that has begun goes on. Tell whether it was still to be done."""
        return await self._table.cancel(job_id)

    async def cancel_all(self, account_id: AccountId) -> int:
        """Drop all jobs of an account; tell how many there were."""
        return await self._table.cancel_all(account_id)

    async def jobs(self, name: str | None = None) -> list[Job]:
        """List what is to be done, the first first; all, or what one handler does."""
        return [_job(row) for row in await self._table.all(name)]

    async def prune(self, older_than_seconds: float) -> None:
        """Forget the keys of jobs that were over for so long."""
        await self._table.prune(self._clock.now() - older_than_seconds)

    async def run(self) -> None:
        """Do what is due, until cancelled; to be started once all handlers are registered."""
        await self._loop.run()

    def _moment(self, when: timedelta | datetime) -> float:
        now = self._clock.now()
        if isinstance(when, timedelta):
            moment = now + when.total_seconds()
        elif when.tzinfo is None:
            raise BadInput(f"The moment {when} has no zone: give one, such as datetime.UTC.")
        else:
            moment = when.timestamp()
        if moment - now > _FARTHEST.total_seconds():
            raise BadInput(f"{when} is too far away: choose a moment within a century.")
        return max(moment, now)


def _job(row: JobRow) -> Job:
    return Job(
        row.id,
        row.name,
        datetime.fromtimestamp(row.due, UTC),
        _readable(row),
        row.account_id,
        row.is_parked,
    )


def _readable(row: JobRow) -> Recurrence | None:
    try:
        return None if row.recurrence is None else unpack(row.recurrence)
    except msgspec.DecodeError:
        return None
