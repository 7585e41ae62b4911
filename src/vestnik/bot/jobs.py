"""What the bot does of its own accord, when its time has come."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

import msgspec

from vestnik.bot.contexts import Context
from vestnik.bot.objects import Chat, Keys, Services
from vestnik.bot.schedule import Run, Schedule
from vestnik.ids import AccountId, ChatId

__all__ = ["Job", "JobHandler", "ScheduledHandler", "register"]

P = TypeVar("P", bound=msgspec.Struct | None)

JobHandler = Callable[["Job[Any]"], Awaitable[None]]


@dataclass(eq=False, repr=False, kw_only=True)
class Job(Context, Generic[P]):
    """A scheduled job that runs; one that a crash interrupted runs again and sends nothing twice.

    Attributes:
        run: What was scheduled, and when.
    """

    run: Run[P]

    @property
    def payload(self) -> P:
        """What was given along when it was scheduled."""
        return self.run.payload

    def chat(self, chat_id: ChatId) -> Chat:
        """Return a chat of the job's account, to write to."""
        return Chat(self.scope, chat_id)


@dataclass(frozen=True)
class ScheduledHandler:
    """A handler as its author declared it."""

    name: str
    payload: type[msgspec.Struct] | None
    handler: JobHandler


def register(
    scheduled: ScheduledHandler, schedule: Schedule, services: Services, default: AccountId
) -> None:
    """Let the schedule call a declared handler with a context.

    Args:
        scheduled: What the author declared.
        schedule: Where it is to be called from.
        services: What the context reaches.
        default: The account of jobs that are for none in particular.
    """

    async def call(run: Run[Any]) -> None:
        account_id = run.account_id or default
        await scheduled.handler(Job(services, account_id, keys=Keys(run.key), run=run))

    if scheduled.payload is None:
        schedule.handle(scheduled.name, None, call)
    else:
        schedule.handle(scheduled.name, scheduled.payload, call)
