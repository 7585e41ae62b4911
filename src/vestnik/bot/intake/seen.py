"""Marking messages as seen, the last thing that is done with each, several in one call."""

from __future__ import annotations

import asyncio
import logging
from collections import defaultdict

from vestnik.chatmail import Core
from vestnik.clock import Clock
from vestnik.errors import CoreError
from vestnik.ids import AccountId, MessageId

__all__ = ["SeenMarker"]

RETRY_SECONDS = 30.0
"""When to try again to mark what the core refused to mark."""

MOST_REFUSED = 10_000
"""How many messages of an account are kept for that; more wait for the next catch-up."""

log = logging.getLogger("vestnik.bot")


class SeenMarker:
    """Collects what is done with while the core answers, and marks it in one call.

    A message that is not marked because of a crash comes again with the next catch-up, where the
    ledger knows that it is done.
    """

    def __init__(self, core: Core, clock: Clock) -> None:
        self._core = core
        self._clock = clock
        self._pending: defaultdict[AccountId, list[MessageId]] = defaultdict(list)
        self._refused: defaultdict[AccountId, list[MessageId]] = defaultdict(list)
        self._something, self._refusal = asyncio.Event(), asyncio.Event()
        self._nothing = asyncio.Event()
        self._nothing.set()

    def mark(self, account_id: AccountId, message_id: MessageId) -> None:
        """Mark a message soon."""
        self._add(account_id, [message_id])

    async def flush(self) -> None:
        """Wait until everything is marked, or was refused."""
        await self._nothing.wait()

    async def run(self) -> None:
        """Mark, until cancelled."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self._retry())
            while True:
                await self._something.wait()
                self._something.clear()
                pending, self._pending = self._pending, defaultdict(list)
                for account_id, message_ids in pending.items():
                    await self._mark(account_id, message_ids)
                if not self._pending:
                    self._nothing.set()

    def _add(self, account_id: AccountId, message_ids: list[MessageId]) -> None:
        self._pending[account_id] += message_ids
        self._nothing.clear()
        self._something.set()

    async def _mark(self, account_id: AccountId, message_ids: list[MessageId]) -> None:
        try:
            await self._core.markseen_msgs(account_id, message_ids)
        except CoreError as problem:
            log.info("%d messages stay unseen for now: %s", len(message_ids), problem)
            refused = self._refused[account_id]
            refused += message_ids[: MOST_REFUSED - len(refused)]
            self._refusal.set()

    async def _retry(self) -> None:
        while True:
            await self._refusal.wait()
            await self._clock.sleep(RETRY_SECONDS)
            self._refusal.clear()
            refused, self._refused = self._refused, defaultdict(list)
            for account_id, message_ids in refused.items():
                self._add(account_id, message_ids)
