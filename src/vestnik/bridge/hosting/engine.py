"""A core with bots, at work: what comes in is told, what is ordered is done.

The order of its parts is what keeps messages: the intake listens before any I/O starts, and is
closed before what has begun is brought to its end.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from vestnik.bot.host import HostOptions
from vestnik.bot.intake.intake import Intake
from vestnik.bot.intake.seen import SeenMarker
from vestnik.bot.ledger import Ledger
from vestnik.bot.outbox import Outbox, Pace
from vestnik.bot.store import Database
from vestnik.bridge.calls import Calls
from vestnik.bridge.channel import Channel, ChannelOptions
from vestnik.bridge.files.links import Links
from vestnik.bridge.files.uploads import Uploads
from vestnik.bridge.forwarding import Forwarding
from vestnik.bridge.hosting.counting import CountedWork
from vestnik.bridge.hosting.counts import HostingCounts, Tallies
from vestnik.bridge.hosting.describing import Describing
from vestnik.bridge.hosting.directory import Directory
from vestnik.bridge.hosting.making import Making
from vestnik.bridge.hosting.memory import Memory
from vestnik.bridge.hosting.options import HostingOptions
from vestnik.bridge.hosting.python_bots import PythonBots
from vestnik.bridge.hosting.reacting import Reacting
from vestnik.bridge.hosting.watching import Watching
from vestnik.bridge.model import BotRecord, Hosted
from vestnik.bridge.registry import Registry
from vestnik.chatmail import Core
from vestnik.chatmail.types import MessageData
from vestnik.clock import Clock
from vestnik.errors import CoreError, VestnikError
from vestnik.gateway import Gateway
from vestnik.ids import AccountId, ChatId

__all__ = ["Engine", "Surroundings"]

DAY = 86_400.0
REMEMBERED = 30 * DAY
"""How long keys of what was sent are known."""

SWEEP_SECONDS = 600.0
CHANNEL_SECONDS = 30.0
"""When the service bot is tried again after it failed."""

log = logging.getLogger("vestnik.bridge")


class Surroundings(NamedTuple):
    """What outlives an engine.

    Attributes:
        folder: Of the gateway.
    """

    gateway: Gateway
    registry: Registry
    uploads: Uploads
    links: Links
    folder: Path
    options: HostingOptions
    clock: Clock
    tallies: Tallies


class Engine:
    """Everything that runs while a core runs; made anew when it has failed.

    Args:
        core: Runs already.
        database: The bridge's memory, open.
        channels_database: That of the service bot, who has an outbox of his own.
    """

    def __init__(
        self, around: Surroundings, core: Core, database: Database, channels_database: Database
    ) -> None:
        gateway, registry, clock = around.gateway, around.registry, around.clock
        self.core = core
        self._around = around
        memory = Memory(database, Ledger(database, clock), core)
        self.directory = Directory(core, registry, gateway.roster, memory)
        self.describing = Describing(core)
        self.making = Making(gateway, core, self.directory, memory, self.look_again)
        self._watching = Watching(core, registry, around.tallies)
        self._reacting = Reacting(gateway, self.directory, self.forget, self.look_again)
        self._outbox = Outbox(database, core, _pace(around.options), clock)
        self._seen = SeenMarker(core, clock)
        telling = Forwarding(core, gateway, registry, around.links, self._seen, self._post)
        self._intake = Intake(core, self._told, CountedWork(telling, around.tallies), clock)
        self._python_bots = self._make_python_bots(telling)
        self.channel = Channel(
            core,
            gateway,
            channels_database,
            options=_channel_options(around.options),
            clock=clock,
        )
        self.calls = Calls(core, registry, self._outbox_of, around.uploads, around.links, self)
        self._helpers: list[asyncio.Task[None]] = []
        """What ends by itself once it is told to: the intake, the Python bots, the channel."""

    async def run(self, ready: Callable[[Engine], None]) -> None:
        """Work until cancelled.

        Args:
            ready: Told once everything runs.

        Raises:
            CoreError: The core cannot be used.
            LedgerFailed: The memory cannot be used.
        """
        try:
            async with self._reacting, asyncio.TaskGroup() as group:
                await self.directory.load()
                if not self._around.options.is_offline:
                    await self._begin(group)
                ready(self)
                await asyncio.get_running_loop().create_future()
        finally:
            await self.calls.close()

    async def drain(self, seconds: float) -> None:
        """Take in nothing more, and return when what has begun is done, or the time is over.

        Sends that wait for their turn stay in the outbox, and go when the gateway is back.
        """
        self._intake.close()
        if self._helpers:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(seconds):
                    await self._finish(seconds / 2)

    def hurry(self) -> None:
        """Give up what goes on though all was cancelled."""
        self._python_bots.hurry()

    def look_again(self) -> None:
        """Take note that bots have come, gone, or were changed."""
        self._intake.refresh()
        self._python_bots.look_again()

    async def change(self, hosted: Hosted, record: BotRecord) -> None:
        """Store a changed record.

        Raises:
            CoreError: The core did not do it.
            NotFound: The bot is no longer there.
        """
        await self.directory.change(hosted, record)
        self.look_again()

    async def forget(self, hosted: Hosted) -> None:
        """Remove the account and the files of a bot.

        Raises:
            CoreError: The core did not do it; the bot is there still.
        """
        with contextlib.suppress(CoreError):
            await self.core.stop_io(hosted.account)
        await self.directory.remove(hosted)
        self.describing.forget(hosted.account)
        self.look_again()
        await self._around.uploads.forget(hosted.bot)

    def counts(self) -> HostingCounts:
        """Return the numbers of now."""
        return HostingCounts(
            happened=self._around.tallies,
            bots=self._watching.states(self.directory.paused()),
            outbox_waiting=self._outbox.waiting + self._python_bots.waiting,
            intake_waiting=self._intake.lanes.depth,
        )

    # What runs.

    def _make_python_bots(self, telling: Forwarding) -> PythonBots:
        around, options = self._around, self._around.options
        return PythonBots(
            options.python_bots,
            self.core,
            around.folder / "bots",
            around.registry,
            self.directory.is_paused,
            telling.tell_message,
            HostOptions(pace=_pace(options), drain_seconds=options.drain_seconds),
            around.clock,
        )

    async def _begin(self, group: asyncio.TaskGroup) -> None:
        listening = asyncio.Event()
        intake = group.create_task(self._intake.run(listening))
        for job in (
            self._outbox.run(),
            self._seen.run(),
            self._watching.run(),
            self._reacting.run(),
            self._prune(),
            self._sweep(),
        ):
            group.create_task(job)
        await listening.wait()
        for hosted in self._around.registry.all():
            await self._start_io(hosted)
        bots = group.create_task(self._python_bots.run())
        channel = group.create_task(self._serve_channel())
        self._helpers = [intake, bots, channel]

    async def _finish(self, seconds_for_calls: float) -> None:
        _, *others = self._helpers
        for other in others:
            other.cancel()
        await asyncio.wait(self._helpers)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds_for_calls):
                await self.calls.drain()
        await self._outbox.drain()
        await self._seen.flush()

    async def _serve_channel(self) -> None:
        """Tell owners in chats; when that fails, the bots go on."""
        while True:
            try:
                await self.channel.run()
            except VestnikError as problem:
                log.error("The service bot does not run: %s", problem)
            except Exception:
                log.exception("The service bot does not run, by a mistake in Vestnik")
            await self._around.clock.sleep(CHANNEL_SECONDS)

    async def _start_io(self, hosted: Hosted) -> None:
        try:
            await self.core.start_io(hosted.account)
        except CoreError as problem:
            log.warning("The bot %s is not online: %s", hosted.bot, problem)

    def _outbox_of(self, account: AccountId) -> Outbox:
        """Return by which way out an account sends."""
        return self._python_bots.outbox_of(account) or self._outbox

    def _told(self) -> list[AccountId]:
        """Return whose messages are told, and marked as seen, by nobody but us."""
        return [
            one.account
            for one in self._around.registry.all()
            if not self._python_bots.has(one) and not self.directory.is_paused(one)
        ]

    async def _post(
        self, account_id: AccountId, chat_id: ChatId, data: MessageData, *, key: str, urgent: bool
    ) -> None:
        outbox = self._outbox_of(account_id)
        await outbox.post(account_id, chat_id, data, key=key, urgent=urgent)

    async def _prune(self) -> None:
        while True:
            await self._outbox.prune(REMEMBERED)
            await self._around.clock.sleep(DAY)

    async def _sweep(self) -> None:
        while True:
            try:
                await self._around.uploads.sweep()
            except Exception:
                log.exception("Old uploads could not be deleted; it is tried again later")
            await self._around.clock.sleep(SWEEP_SECONDS)


def _channel_options(options: HostingOptions) -> ChannelOptions:
    return ChannelOptions(
        per_minute=options.per_minute or None,
        burst=options.burst,
        drain_seconds=options.drain_seconds,
    )


def _pace(options: HostingOptions) -> Pace | None:
    if not options.per_minute:
        return None
    return Pace(per_minute=options.per_minute, burst=options.burst)
