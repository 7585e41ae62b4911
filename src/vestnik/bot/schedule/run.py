"""What a handler of the schedule is given, and what a list of jobs shows."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Generic, NewType, TypeAlias, TypeVar

import msgspec

from vestnik.bot.schedule.recurrence import Recurrence
from vestnik.ids import AccountId

__all__ = ["Handler", "Job", "JobId", "Run"]

P = TypeVar("P", bound=msgspec.Struct | None)

JobId = NewType("JobId", int)
"""One job; no two ever have the same."""


@dataclass(frozen=True)
class Run(Generic[P]):
    """One run of a job.

    Attributes:
        key: Names this run. One that was interrupted is run again under the same key, so that
            what is sent under keys made of it is not sent twice.
        job_id: The job.
        name: The name of the handler.
        payload: What was scheduled with it.
        due: When it should run; of several that were missed, the first.
        account_id: The account of the bot that it is for, if it is for one.
    """

    key: str
    job_id: JobId
    name: str
    payload: P
    due: datetime
    account_id: AccountId | None


@dataclass(frozen=True)
class Job:
    """Something that is to be done.

    Attributes:
        id: What to cancel it by.
        name: The name of its handler.
        due: When it runs next; in the past if it is running or its handler is gone.
        recurrence: How it goes on; ``None`` if it runs once.
        account_id: The account of the bot that it is for, if it is for one.
        is_parked: Whether it waits for a bot that can read its payload.
    """

    id: JobId
    name: str
    due: datetime
    recurrence: Recurrence | None
    account_id: AccountId | None
    is_parked: bool


Handler: TypeAlias = Callable[[Run[P]], Awaitable[None]]
