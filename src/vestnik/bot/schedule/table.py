"""Jobs in the bot's database. A job stays due until its run has ended, so a crash runs it again."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Collection
from dataclasses import dataclass

from vestnik.bot.schedule.recurrence import next_moment, unpack
from vestnik.bot.schedule.run import JobId
from vestnik.bot.store import Database
from vestnik.errors import TooManyJobs
from vestnik.ids import AccountId

__all__ = ["JobRow", "JobTable", "NewJob"]

_ALL = """
SELECT id, name, account, payload, recurrence, due, runs, parked FROM job
WHERE due IS NOT NULL AND name = ifnull(?, name) ORDER BY due, id
"""
_FIRST = """
SELECT id, name, account, payload, recurrence, due, runs, parked FROM job
WHERE due IS NOT NULL AND parked = 0
AND name IN (SELECT value FROM json_each(?)) AND id NOT IN (SELECT value FROM json_each(?))
ORDER BY due, id LIMIT ?
"""


@dataclass(frozen=True)
class NewJob:
    """A job as it is asked for."""

    key: str | None
    name: str
    account_id: AccountId | None
    payload: bytes
    recurrence: bytes | None
    due: float


@dataclass(frozen=True)
class JobRow:
    """A job as it is kept."""

    id: JobId
    name: str
    account_id: AccountId | None
    payload: bytes
    recurrence: bytes | None
    due: float
    runs: int
    is_parked: bool


class JobTable:
    """Keeps jobs.

    Args:
        database: The bot's memory.
        most: How many jobs there may be at a time.
    """

    def __init__(self, database: Database, most: int) -> None:
        self._database = database
        self._most = most

    async def add(self, job: NewJob) -> JobId:
        """Keep a job, unless there is, or was, one of its key; return its id.

        Raises:
            TooManyJobs: No more fit in.
        """
        return await self._database.transact(
            lambda connection: _of_key(connection, job.key) or self._insert(connection, job)
        )

    async def put(self, job: NewJob) -> JobId:
        """Keep a job that recurs; one of its key becomes it, due as before if it recurs alike.

        Raises:
            TooManyJobs: No more fit in.
        """

        def work(connection: sqlite3.Connection) -> JobId:
            found = _of_key(connection, job.key)
            if found is None:
                return self._insert(connection, job)
            connection.execute(_UPDATE, (job.name, job.account_id, job.payload, found))
            again = (job.recurrence, job.due, found, job.recurrence)
            connection.execute(_RECUR_ANEW, again)
            return found

        return await self._database.transact(work)

    async def cancel(self, job_id: JobId) -> bool:
        """Drop a job; tell whether it was still to be done."""
        return await self._database.transact(lambda connection: _drop(connection, job_id))

    async def cancel_all(self, account_id: AccountId) -> int:
        """Drop all jobs of an account; tell how many were still to be done."""

        def work(connection: sqlite3.Connection) -> int:
            sql = "DELETE FROM job WHERE account = ? AND due IS NOT NULL"
            return connection.execute(sql, (account_id,)).rowcount

        return await self._database.transact(work)

    async def all(self, name: str | None) -> list[JobRow]:
        """List what is to be done, the first first."""
        rows = await self._database.transact(lambda link: link.execute(_ALL, (name,)).fetchall())
        return [_row(row) for row in rows]

    async def names(self) -> set[str]:
        """Tell which handlers there is something to do for."""
        sql = "SELECT DISTINCT name FROM job WHERE due IS NOT NULL"
        return await self._database.transact(lambda link: {name for (name,) in link.execute(sql)})

    async def look(
        self, now: float, names: Collection[str], busy: Collection[JobId], free: int
    ) -> tuple[list[JobRow], float | None]:
        """Find up to `free` jobs that are due and not busy, and when the next one after them is."""
        values = (_listed(names), _listed(busy), free + 1)
        rows = await self._database.transact(lambda link: link.execute(_FIRST, values).fetchall())
        jobs = [_row(row) for row in rows]
        due = [job for job in jobs if job.due <= now][:free]
        return due, next((job.due for job in jobs[len(due) :]), None)

    async def finish(self, job: JobRow, now: float) -> None:
        """Note that a run has ended: what recurs becomes due again, other jobs are over."""
        await self._database.transact(lambda connection: _finish(connection, job, now))

    async def park(self, job_id: JobId) -> None:
        """Leave a job alone until `unpark`."""
        sql = "UPDATE job SET parked = 1 WHERE id = ?"
        await self._database.transact(lambda connection: connection.execute(sql, (job_id,)))

    async def unpark(self) -> None:
        """Try again what was left alone: this may be another version of the bot."""
        sql = "UPDATE job SET parked = 0 WHERE parked = 1"
        await self._database.transact(lambda connection: connection.execute(sql))

    async def prune(self, before: float) -> None:
        """Forget the keys of jobs that were over before a moment."""
        sql = "DELETE FROM job WHERE over < ?"
        await self._database.transact(lambda connection: connection.execute(sql, (before,)))

    def _insert(self, connection: sqlite3.Connection, job: NewJob) -> JobId:
        (count,) = connection.execute("SELECT count(*) FROM job WHERE due IS NOT NULL").fetchone()
        if count >= self._most:
            raise TooManyJobs(
                f"{count} jobs are scheduled already: cancel some, or raise the limit."
            )
        values = (job.key, job.name, job.account_id, job.payload, job.recurrence, job.due)
        return JobId(connection.execute(_INSERT, values).lastrowid or 0)


_INSERT = "INSERT INTO job (key, name, account, payload, recurrence, due) VALUES (?, ?, ?, ?, ?, ?)"
_UPDATE = "UPDATE job SET name = ?, account = ?, payload = ?, parked = 0 WHERE id = ?"
_RECUR_ANEW = "UPDATE job SET recurrence = ?, due = ? WHERE id = ? AND recurrence IS NOT ?"
_OVER = "UPDATE job SET due = NULL, payload = x'', over = ? WHERE id = ?"
_RAN = "UPDATE job SET runs = runs + 1, due = ? WHERE id = ?"


def _of_key(connection: sqlite3.Connection, key: str | None) -> JobId | None:
    if key is None:
        return None
    found = connection.execute("SELECT id FROM job WHERE key = ?", (key,)).fetchone()
    return JobId(found[0]) if found else None


def _drop(connection: sqlite3.Connection, job_id: JobId) -> bool:
    sql = "DELETE FROM job WHERE id = ? AND due IS NOT NULL"
    return connection.execute(sql, (job_id,)).rowcount > 0


def _finish(connection: sqlite3.Connection, ran: JobRow, now: float) -> None:
    """End a run, of which the job may have been changed or cancelled meanwhile."""
    sql = "SELECT key, recurrence, due FROM job WHERE id = ? AND due IS NOT NULL"
    found = connection.execute(sql, (ran.id,)).fetchone()
    if found is None:
        return
    key, recurrence, due = found
    if recurrence is not None:
        later = due if due != ran.due else next_moment(unpack(recurrence), due, now)
        connection.execute(_RAN, (later, ran.id))
    elif key is None:
        _drop(connection, ran.id)
    else:
        connection.execute(_OVER, (now, ran.id))


def _row(values: tuple[int, str, AccountId | None, bytes, bytes | None, float, int, int]) -> JobRow:
    job_id, name, account, payload, recurrence, due, runs, parked = values
    return JobRow(JobId(job_id), name, account, payload, recurrence, due, runs, bool(parked))


def _listed(values: Collection[object]) -> str:
    return json.dumps(list(values))
