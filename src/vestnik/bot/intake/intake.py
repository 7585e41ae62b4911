"""Every message that is there reaches the work on messages, in the order of its chat.

Rules:

- Who reads the core's events never waits for the work on messages; the core's own reader is yet
  another, so that only this intake's stream can overflow, and it is told when it does.
- Whatever may have been missed (before the start, while the core was dead, by an overflow, when
  the lanes were full, when work on a message failed) is asked for again, oldest first.
- A message is in the lanes once at a time; whether it was handled before is the ledger's to say.
- While a message waits to be worked on again, its chat waits with it: none overtakes another.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence
from typing import TypeGuard

from vestnik.bot.intake.lanes import Lanes
from vestnik.bot.intake.perseverance import Perseverance
from vestnik.bot.intake.work import Arrival, Work
from vestnik.chatmail import Core, CoreRestarted, Event, EventStream
from vestnik.chatmail.events import EventChannelOverflow, IncomingMsg
from vestnik.chatmail.types import DownloadState, MessageLoadResultMessage
from vestnik.clock import Clock
from vestnik.errors import CoreDied, CoreError, LedgerFailed
from vestnik.ids import AccountId

__all__ = ["Arrival", "Intake", "Work"]

MESSAGES_AT_ONCE = 100
"""How many messages a catch-up asks for in one call."""

FIRST_RETRY_SECONDS, RETRY_SECONDS = 1.0, 30.0
"""When to ask again for messages that could not be asked for, or on which the work failed all the
same: soon at first, then more and more seldom."""

log = logging.getLogger("vestnik.bot")


class Intake:
    """Reads the events of the bot's accounts and keeps the lanes busy."""

    def __init__(
        self,
        core: Core,
        accounts: Callable[[], Sequence[AccountId]],
        work: Work,
        clock: Clock,
        *,
        side_by_side: int = 500,
        waiting: int = 10_000,
    ) -> None:
        """Prepare to read.

        Args:
            core: The core of the accounts.
            accounts: The accounts that are the bot's, now.
            work: What to do with what comes.
            clock: The time that retries are measured by.
            side_by_side: How many chats are worked on at once.
            waiting: How many jobs may wait in memory.
        """
        self._core = core
        self._accounts = accounts
        self._work = work
        self._clock = clock
        self.lanes: Lanes[Arrival | Event] = Lanes(
            self._do, side_by_side=side_by_side, waiting=waiting, name=_name
        )
        self._events: EventStream | None = None
        self._present: set[Arrival] = set()
        # Between a look at what is fresh and the offering of it, nothing newer may be offered.
        self._order = asyncio.Lock()
        self._failed = asyncio.Event()
        self._is_stale = asyncio.Event()
        # Of these accounts older messages are missing than those that events tell of.
        self._behind: set[AccountId] = set()
        self._perseverance = Perseverance(core, work.handle_message, clock)
        self._wanted: dict[tuple[AccountId, type[object]], bool] = {}

    async def run(self, listening: asyncio.Event) -> None:
        """Read events until `close`, or until the core has ended for good; then finish the work.

        Args:
            listening: Set once nothing is missed any more; I/O may be started then.
        """
        async with self._core.events() as self._events, asyncio.TaskGroup() as group:
            lives = self._perseverance.count_lives()
            jobs = (self.lanes.run(), self._retry(), self._renew(), lives)
            helpers = [group.create_task(job) for job in jobs]
            listening.set()
            await self._catch_up()
            async for event in self._events:
                await self._take(event)
            await self.lanes.idle()
            for helper in helpers:
                helper.cancel()

    def close(self) -> None:
        """Take in nothing more."""
        if self._events is not None:
            self._events.close()

    def refresh(self) -> None:
        """Take note that accounts came or went, or that other events are interesting now.

        Messages that wait in the accounts are taken in soon, before any that come from now on.
        """
        self._wanted.clear()
        self._behind.update(self._accounts())
        self._is_stale.set()

    async def _take(self, event: Event) -> None:
        payload = event.payload
        if isinstance(payload, CoreRestarted | EventChannelOverflow):
            await self._catch_up()
        elif isinstance(payload, IncomingMsg):
            await self._arrive(Arrival(event.account_id, payload.chat_id, payload.msg_id))
        if self._is_interesting(event):
            lane = (event.account_id, getattr(payload, "chat_id", 0))
            if not self.lanes.offer(lane, event):
                log.warning("too much to do: lost the event %s", payload.kind)

    def _is_interesting(self, event: Event) -> bool:
        # Most events are of a few kinds that nobody wants: each message brings eight of them.
        kind = (event.account_id, type(event.payload))
        wanted = self._wanted.get(kind)
        if wanted is None:
            wanted = self._wanted[kind] = self._work.is_interesting(event)
        return wanted

    async def _arrive(self, arrival: Arrival) -> None:
        if arrival.account_id not in self._accounts():
            return
        async with self._order:
            # Who is behind finds it when he catches up, after what came before it.
            accepted = arrival.account_id in self._behind or self._offer(arrival)
        if not accepted:
            await self.lanes.room()
            await self._catch_up()

    def _offer(self, arrival: Arrival) -> bool:
        if arrival in self._present:
            return True
        if not self.lanes.offer((arrival.account_id, arrival.chat_id), arrival):
            return False
        self._present.add(arrival)
        return True

    async def _catch_up(self) -> None:
        """Take in every message that is fresh or was begun, of all accounts."""
        async with self._order:
            accounts = self._accounts()
            self._behind.update(accounts)
            for account_id in accounts:
                try:
                    await self._catch_up_account(account_id)
                except CoreDied:
                    return  # the next life begins with a catch-up
                except (CoreError, LedgerFailed):
                    log.exception("could not ask for missed messages; trying again")
                    self._failed.set()
                else:
                    self._behind.discard(account_id)

    async def _catch_up_account(self, account_id: AccountId) -> None:
        fresh = await self._core.get_fresh_msgs(account_id)
        begun = await self._work.unfinished(account_id)
        missed = sorted({*begun, *fresh})
        for start in range(0, len(missed), MESSAGES_AT_ONCE):
            some = missed[start : start + MESSAGES_AT_ONCE]
            loaded = await self._core.get_messages(account_id, some)
            for message in (loaded[message_id] for message_id in some if message_id in loaded):
                # What is not whole yet is told by an event of its own later.
                if _is_whole(message):
                    await self._offer_patiently(Arrival(account_id, message.chat_id, message.id))

    async def _offer_patiently(self, arrival: Arrival) -> None:
        while not self._offer(arrival):
            await self.lanes.room()

    async def _do(self, job: Arrival | Event) -> None:
        if isinstance(job, Event):
            await self._work.handle_event(job)
            return
        try:
            await self._perseverance.handle(job)
        except Exception:
            self._failed.set()
            raise
        finally:
            self._present.discard(job)

    async def _renew(self) -> None:
        while True:
            await self._is_stale.wait()
            self._is_stale.clear()
            await self._catch_up()

    async def _retry(self) -> None:
        pause = FIRST_RETRY_SECONDS
        while True:
            await self._failed.wait()
            self._failed.clear()
            await self._clock.sleep(pause)
            await self._catch_up()
            pause = min(2 * pause, RETRY_SECONDS) if self._failed.is_set() else FIRST_RETRY_SECONDS


def _name(job: Arrival | Event) -> str:
    if isinstance(job, Event):
        return f"{job.payload.kind} of account {job.account_id}"
    return f"message {job.message_id} of account {job.account_id}"


def _is_whole(message: object) -> TypeGuard[MessageLoadResultMessage]:
    return (
        isinstance(message, MessageLoadResultMessage)
        and message.download_state == DownloadState.DONE
    )
