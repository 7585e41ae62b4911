"""Errors of handlers, told to those who administer the bot."""

from __future__ import annotations

import asyncio
import logging
from collections import OrderedDict
from pathlib import Path

from vestnik.bot.admins import AdminGroup
from vestnik.bot.contexts import Problem
from vestnik.bot.mistakes import authors_frame
from vestnik.bot.objects import Services
from vestnik.chatmail.types import MessageData
from vestnik.errors import CoreDied, VestnikError
from vestnik.ids import AccountId

__all__ = ["ErrorReports"]

SECONDS_BETWEEN = 60.0
"""The same error is told once in this time."""

MOST_REMEMBERED = 1_000
MOST_WAITING = 100

log = logging.getLogger("vestnik.bot")


class ErrorReports:
    """Writes to the group of admins what went wrong and where, never what people wrote."""

    def __init__(self, services: Services, admins: AdminGroup) -> None:
        """Prepare to write; `run` does."""
        self._services = services
        self._admins = admins
        self._waiting: asyncio.Queue[tuple[AccountId, str]] = asyncio.Queue(MOST_WAITING)
        self._told: OrderedDict[tuple[AccountId, str], float] = OrderedDict()

    def note(self, problem: Problem) -> None:
        """Have an error told, unless it was lately or there are too many."""
        report = (problem.account_id, _in_short(problem))
        if self._was_told(report):
            return
        if self._waiting.full():
            log.warning("too many errors to report: %s", report[1])
        else:
            self._waiting.put_nowait(report)

    async def run(self) -> None:
        """Write, until cancelled."""
        while True:
            account_id, text = await self._waiting.get()
            try:
                await self._write(account_id, text)
            except CoreDied:
                log.warning("not reported, because the core is gone: %s", text)
            except VestnikError:
                log.exception("could not report an error to the admins")

    async def _write(self, account_id: AccountId, text: str) -> None:
        group = await self._admins.group(account_id)
        if group is not None:
            data = MessageData(text=text)
            await self._services.outbox.post(account_id, group, data, key=None)

    def _was_told(self, report: tuple[AccountId, str]) -> bool:
        now = self._services.clock.monotonic()
        last = self._told.pop(report, None)
        was_lately = last is not None and now - last < SECONDS_BETWEEN
        self._told[report] = last if was_lately and last is not None else now
        if len(self._told) > MOST_REMEMBERED:
            self._told.popitem(last=False)
        return was_lately


def _in_short(problem: Problem) -> str:
    """Say type and place; the words of an error may quote a message."""
    frame = authors_frame(problem.error.__traceback__)
    place = f" in {frame.name} ({Path(frame.filename).name}:{frame.lineno})" if frame else ""
    kind = problem.context.happening
    return f"⚠ {problem.services.bot}: {type(problem.error).__name__}{place}, on {kind}"
