"""Everything that waits or is under way, of all accounts."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine

from vestnik.bot.outbox.bucket import Pace
from vestnik.bot.outbox.outgoing import Outgoing
from vestnik.bot.outbox.queue import Backlog
from vestnik.bot.outbox.way import Way
from vestnik.clock import Clock
from vestnik.errors import OutboxClosed
from vestnik.ids import AccountId, MessageId

__all__ = ["Traffic"]

Carry = Callable[[Outgoing], Coroutine[None, None, None]]


class Traffic:
    """Lets messages begin while it is open, each in a task of its own, and ends them.

    Attributes:
        waiting: What has not ended, by the id of its row.

    Args:
        pace: How fast each account may send.
        clock: The time that the pace is measured by.
        carry: Sends a message that has begun, and calls `end`.
    """

    def __init__(self, pace: Pace | None, clock: Clock, carry: Carry) -> None:
        self.waiting: dict[int, Outgoing] = {}
        self._pace = pace
        self._clock = clock
        self._carry = carry
        self._ways: dict[AccountId, Way] = {}
        self._tasks: asyncio.TaskGroup | None = None
        self._is_draining = False
        self._change = asyncio.Event()

    def way(self, account_id: AccountId) -> Way:
        """Give the way out of an account."""
        way = self._ways.get(account_id)
        if way is None:
            way = self._ways[account_id] = Way(self._pace, self._clock)
        return way

    def recall(self, backlog: Backlog) -> None:
        """Go on where an earlier life ended."""
        for account_id, floor in backlog.floors.items():
            self.way(account_id).floor = floor
        for spent in backlog.spent:
            self.way(spent.account_id).recall(spent)
        for item in backlog.waiting:
            self._add(item)

    def admit(self, item: Outgoing) -> None:
        """Let a message wait for its turn, which may come at once."""
        self._begin_due(self._add(item))

    def end(self, item: Outgoing, outcome: MessageId | Exception, *, was_sent: bool) -> None:
        """Tell how a message ended, and let go what waited for that."""
        self.part(item, outcome if was_sent and not isinstance(outcome, Exception) else None)
        item.resolve(outcome)

    def part(self, item: Outgoing, message_id: MessageId | None) -> None:
        """Let go what waited for a message; who called it is told elsewhere."""
        del self.waiting[item.row]
        way = self.way(item.account_id)
        way.end(item, message_id)
        self._begin_due(way)
        self._change.set()

    def open(self, tasks: asyncio.TaskGroup) -> None:
        """Let messages begin from now on, as tasks of a group."""
        self._tasks, self._is_draining = tasks, False
        for way in self._ways.values():
            self._begin_due(way)

    def close(self) -> None:
        """Forget everything; who waits is told that it stays in the database."""
        self._tasks = None
        for item in self.waiting.values():
            item.resolve(OutboxClosed("The outbox is closed: the message goes when it runs again."))
        self.waiting.clear()
        self._ways.clear()
        self._change.set()

    def begin_no_more(self) -> None:
        """Let nothing more begin."""
        self._is_draining = True

    async def drain(self) -> None:
        """Let nothing more begin, and return once nothing is under way."""
        self.begin_no_more()
        while any(way.under_way for way in self._ways.values()):
            await self._next_change()

    async def until_below(self, limit: int) -> None:
        """Return once fewer than `limit` messages wait."""
        while len(self.waiting) >= limit:
            await self._next_change()

    def _add(self, item: Outgoing) -> Way:
        self.waiting[item.row] = item
        way = self.way(item.account_id)
        way.turns.add(item)
        return way

    def _begin_due(self, way: Way) -> None:
        if self._tasks is None or self._is_draining:
            return
        wait = way.begin_due(self._begin)
        if wait is not None and not way.has_alarm:
            way.has_alarm = True
            self._tasks.create_task(self._begin_later(way, wait))

    def _begin(self, item: Outgoing) -> None:
        assert self._tasks is not None
        item.has_begun = True
        self._tasks.create_task(self._carry(item))

    async def _begin_later(self, way: Way, seconds: float) -> None:
        await self._clock.sleep(seconds)
        way.has_alarm = False
        self._begin_due(way)

    async def _next_change(self) -> None:
        self._change.clear()
        await self._change.wait()
