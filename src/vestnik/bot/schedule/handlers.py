"""The handlers of the schedule, each under its name, and the data they take."""

from __future__ import annotations

import difflib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import msgspec

from vestnik.bot.payloads import packed, require_frozen_struct, unpacked
from vestnik.bot.schedule.run import Handler, Run
from vestnik.bot.schedule.table import JobRow
from vestnik.errors import BadBot

__all__ = ["Handlers"]


@dataclass(frozen=True)
class _Registered:
    payload: type[msgspec.Struct] | None
    handler: Callable[[Run[Any]], Awaitable[None]]


class Handlers:
    """Finds a handler by its name."""

    def __init__(self) -> None:
        self._registered: dict[str, _Registered] = {}

    @property
    def names(self) -> tuple[str, ...]:
        """All names that have a handler."""
        return tuple(self._registered)

    def add(self, name: str, payload: type[msgspec.Struct] | None, handler: Handler[Any]) -> None:
        """Register a handler.

        Raises:
            BadBot: The name is taken, or the payload is no frozen struct.
        """
        if name in self._registered:
            raise BadBot(f"Two handlers are scheduled under the name {name!r}: rename one.")
        if payload is not None:
            require_frozen_struct(payload, f"What is scheduled as {name!r}")
        self._registered[name] = _Registered(payload, handler)

    def pack(self, name: str, payload: msgspec.Struct | None) -> bytes:
        """Write down what a handler is to be given.

        Raises:
            BadBot: There is no such handler, or it takes something else.
        """
        if name not in self._registered:
            near = difflib.get_close_matches(name, self._registered, n=1)
            hint = f"did you mean {near[0]!r}?" if near else "register one first."
            raise BadBot(f"No handler is scheduled under the name {name!r}: {hint}")
        return packed(payload, self._registered[name].payload, f"What is scheduled as {name!r}")

    def run_of(self, job: JobRow) -> Run[Any]:
        """Make what the handler of a job is given.

        Raises:
            UnreadableData: The payload was written when the handler took other data.
        """
        kind = self._registered[job.name].payload
        where = f"The payload of job {job.id} ({job.name!r})"
        payload = None if kind is None else unpacked(job.payload, kind, where)
        due = datetime.fromtimestamp(job.due, UTC)
        key = f"job:{job.id}:{job.runs}"
        return Run(key, job.id, job.name, payload, due, job.account_id)

    async def call(self, run: Run[Any]) -> None:
        """Let the handler do its work."""
        await self._registered[run.name].handler(run)
