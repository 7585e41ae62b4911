"""Bots that run: one core, one memory, one way out, any number of bots and accounts."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable, Collection, Coroutine, Sequence
from functools import partial
from pathlib import Path

import msgspec

from vestnik.bot.bot import Bot
from vestnik.bot.contexts import Shutdown, Startup
from vestnik.bot.intake.intake import Arrival, Intake
from vestnik.bot.intake.seen import SeenMarker
from vestnik.bot.ledger import Ledger
from vestnik.bot.outbox import Outbox, Pace
from vestnik.bot.owners import Owners, claims_of
from vestnik.bot.runtime import BotRuntime
from vestnik.bot.store import Database
from vestnik.chatmail import Core, CoreRestarted, Event, EventStream
from vestnik.clock import Clock, SystemClock
from vestnik.errors import CoreDied
from vestnik.ids import AccountId, MessageId

__all__ = ["Host", "HostOptions", "Witness", "memory_file"]

log = logging.getLogger("vestnik.bot")

ACCOUNT_MANAGER = AccountId(0)

DAY_SECONDS = 24 * 60 * 60.0

Witness = Callable[[Arrival], Awaitable[None]]
"""Hears of every message before its bot does; an error means that it is to come again."""


class HostOptions(msgspec.Struct, frozen=True, kw_only=True):
    """How bots are run.

    Attributes:
        pace: How fast an account may send; ``None`` for relays without limits.
        side_by_side: How many chats are worked on at once.
        waiting: How many messages may wait in memory; more wait in the core.
        drain_seconds: How long handlers that run may go on when the bots are to end.
        remember_days: How long it is known that a message was handled.
    """

    pace: Pace | None = Pace()
    side_by_side: int = 500
    waiting: int = 10_000
    drain_seconds: float = 10.0
    remember_days: float = 30.0


def memory_file(accounts_dir: Path) -> Path:
    """Return where bots remember what they did: beside the accounts, not in the core's folder."""
    return accounts_dir.with_name(f"{accounts_dir.name}.vestnik.sqlite")


class Host:
    """Runs bots on a core until it is cancelled, and lets them finish what they have begun."""

    def __init__(
        self,
        bots: Sequence[Bot],
        core: Core,
        database: Database,
        *,
        options: HostOptions | None = None,
        clock: Clock | None = None,
        accounts: Collection[AccountId] | None = None,
        witness: Witness | None = None,
    ) -> None:
        """Prepare to run.

        Args:
            bots: The bots; an account belongs to the one that claims its address, or else to the
                one that claims none.
            core: A core that runs.
            database: Their memory, open.
            options: How they are run.
            clock: What tells the time.
            accounts: Serve only these, whatever address the first bot claims, by that one.
            witness: Hears of every message first.

        Raises:
            BadBot: A bot's declarations do not go together, or two bots claim the same account.
        """
        self.core = core
        self.options = options or HostOptions()
        self.clock = clock or SystemClock()
        self.ledger = Ledger(database, self.clock)
        self.outbox = Outbox(database, core, self.options.pace, self.clock)
        self.seen = SeenMarker(core, self.clock)
        self.runtimes = [BotRuntime(bot, self, database) for bot in bots]
        self.intake = Intake(
            core,
            lambda: list(self._owners),
            self,
            self.clock,
            side_by_side=self.options.side_by_side,
            waiting=self.options.waiting,
        )
        self._witness = witness
        self._owners = Owners(self.runtimes, claims_of(bots), accounts)

    @property
    def accounts(self) -> Sequence[AccountId]:
        """The accounts that are served."""
        return list(self._owners)

    async def run(self, ready: asyncio.Event | None = None) -> None:
        """Serve all configured accounts until cancelled.

        Args:
            ready: Set once everything runs.

        Raises:
            BadInput: There is no account to serve.
            CoreDied: The core died and nobody restarts it.
            LedgerFailed: The memory cannot be used.
        """
        await self._with_a_core(self._find_accounts)
        async with asyncio.TaskGroup() as group:
            listening = asyncio.Event()
            intake = group.create_task(self.intake.run(listening))
            tasks = [group.create_task(job) for job in self._background()]
            await listening.wait()
            try:
                await self._begin()
                if ready is not None:
                    ready.set()
                await asyncio.shield(intake)
            finally:
                await self._end(intake)
                for task in (intake, *tasks):
                    task.cancel()

    # What the intake wants of us: the work of the bot whose account it is.

    async def handle_message(self, arrival: Arrival) -> None:
        """Let the account's bot handle a message."""
        if self._witness is not None:
            await self._witness(arrival)
        await self._owners[arrival.account_id].handling.handle_message(arrival)

    async def handle_event(self, event: Event) -> None:
        """Let the account's bot hear of an event; those of account 0 concern all."""
        for runtime in self._owners.concerned(event):
            await runtime.handling.handle_event(event)

    async def unfinished(self, account_id: AccountId) -> Sequence[MessageId]:
        """Return what was begun and not finished before a crash."""
        return await self._owners[account_id].handling.unfinished(account_id)

    def is_interesting(self, event: Event) -> bool:
        """Tell whether any bot wants the event."""
        return any(r.handling.is_interesting(event) for r in self._owners.concerned(event))

    # From the start to the end.

    def _background(self) -> list[Coroutine[None, None, None]]:
        of_bots = [job for runtime in self.runtimes for job in runtime.background()]
        return [self.outbox.run(), self.seen.run(), self._prune(), *of_bots]

    async def _with_a_core(self, step: Callable[[], Awaitable[None]]) -> None:
        """Take a step of the start, again if the core dies under it."""
        async with self.core.events(ACCOUNT_MANAGER) as events:
            while True:
                try:
                    return await step()
                except CoreDied:
                    if not await _is_restarted(events):
                        raise

    async def _find_accounts(self) -> None:
        await self._owners.find(self.core)
        for account_id in self._owners:
            await self.ledger.adopt(account_id, await self._identity(account_id))
        for runtime in self.runtimes:
            first = self._owners.first_of(runtime)
            if first is not None:
                runtime.register_jobs(first)

    async def _identity(self, account_id: AccountId) -> str:
        blobs = await self.core.get_blob_dir(account_id)
        return Path(blobs).parent.name if blobs else ""

    async def _begin(self) -> None:
        for account_id, runtime in self._owners.items():
            await runtime.listening.tell(Startup(runtime.services, account_id))
            await self._with_a_core(partial(self.core.start_io, account_id))
        log.info("serving %d account(s)", len(self._owners))

    async def _end(self, intake: asyncio.Task[None]) -> None:
        """Take in nothing more, and give what was begun some time to end."""
        self.intake.close()
        log.info("finishing what has begun, for at most %g s", self.options.drain_seconds)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(self.options.drain_seconds):
                await asyncio.wait([intake])
                for account_id, runtime in self._owners.items():
                    await runtime.listening.tell(Shutdown(runtime.services, account_id))
                await self.outbox.drain()
                await self.seen.flush()

    async def _prune(self) -> None:
        while True:
            age = self.options.remember_days * DAY_SECONDS
            await self.ledger.prune(age)
            await self.outbox.prune(age)
            for runtime in self.runtimes:
                await runtime.prune(age)
            await self.clock.sleep(DAY_SECONDS)


async def _is_restarted(events: EventStream) -> bool:
    """Wait for the core's next life; tell whether there is one."""
    async for event in events:
        if isinstance(event.payload, CoreRestarted):
            return True
    return False
