"""A core with bots, at work: what comes in is told, what is ordered is done."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Callable

from vestnik.bot.ledger import Ledger
from vestnik.bot.store import Database
from vestnik.bridge.calls import Calls
from vestnik.bridge.channel import Channel, ChannelOptions
from vestnik.bridge.hosting.counts import HostingCounts
from vestnik.bridge.hosting.describing import Describing
from vestnik.bridge.hosting.directory import Directory
from vestnik.bridge.hosting.invites import Invites
from vestnik.bridge.hosting.making import Making
from vestnik.bridge.hosting.memory import Memory
from vestnik.bridge.hosting.messages import Messages
from vestnik.bridge.hosting.options import HostingOptions
from vestnik.bridge.hosting.reacting import Reacting
from vestnik.bridge.hosting.surroundings import Surroundings
from vestnik.bridge.hosting.upkeep import serve_channel, sweep
from vestnik.bridge.hosting.watching import Watching
from vestnik.bridge.model import BotRecord, Hosted
from vestnik.bridge.undertakings import Undertakings
from vestnik.chatmail import Core
from vestnik.errors import CoreError

__all__ = ["Engine"]

log = logging.getLogger("vestnik.bridge")


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
        self._invites = Invites(core)
        self.describing = Describing(core, self._invites)
        self._undertakings = Undertakings()
        self.making = Making(
            gateway, core, self.directory, memory, self._undertakings, self.look_again
        )
        self._watching = Watching(core, registry, around.tallies)
        self._reacting = Reacting(gateway, self.directory, self.forget, self.look_again)
        self._messages = Messages(around, core, self.directory, database)
        self.channel = Channel(
            core,
            gateway,
            channels_database,
            undertakings=self._undertakings,
            options=_channel_options(around.options),
            clock=clock,
        )
        self.calls = Calls(
            core, registry, self._messages.outbox_of, around.uploads, around.links, self
        )
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
        self._messages.close()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._undertakings.close()
                if self._helpers:
                    await self._finish(seconds / 2)

    def hurry(self) -> None:
        """Give up what goes on though all was cancelled."""
        self._messages.hurry()

    def look_again(self) -> None:
        """Take note that bots have come, gone, or were changed."""
        self._messages.look_again()

    async def change(self, hosted: Hosted, change: Callable[[BotRecord], BotRecord]) -> None:
        """Change what is kept of a bot.

        Args:
            change: Makes the new record of the one that is kept now.

        Raises:
            CoreError: The core did not do it.
            NotFound: The bot is no longer there.
        """
        await self.directory.change(hosted, change)
        self.look_again()

    async def invite(self, hosted: Hosted) -> str:
        """Return the link that opens a chat with a bot.

        Raises:
            CoreError: The core does not say.
        """
        return (await self._invites.of(hosted.account)).link

    async def forget(self, hosted: Hosted) -> None:
        """Remove the account and the files of a bot.

        Raises:
            CoreError: The core did not do it; the bot is there still.
        """
        with contextlib.suppress(CoreError):
            await self.core.stop_io(hosted.account)
        try:
            await self.directory.remove(hosted)
        except CoreError:
            is_there = self._around.registry.of_account(hosted.account) is not None
            if is_there and not self._around.options.is_offline:
                await self._start_io(hosted)
            raise
        self.describing.forget(hosted.account)
        self.look_again()
        await self._around.uploads.forget(hosted.bot)

    def counts(self) -> HostingCounts:
        """Return the numbers of now."""
        return HostingCounts(
            happened=self._around.tallies,
            bots=self._watching.states(self.directory.paused()),
            outbox_waiting=self._messages.waiting_out,
            intake_waiting=self._messages.waiting_in,
        )

    # What runs.

    async def _begin(self, group: asyncio.TaskGroup) -> None:
        # It listens before any I/O starts: nothing that comes is missed.
        intake = await self._messages.begin(group)
        for job in (
            self._watching.run(),
            self._reacting.run(),
            sweep(self._around.uploads, self._around.clock),
        ):
            group.create_task(job)
        for hosted in self._around.registry.all():
            await self._start_io(hosted)
        bots = group.create_task(self._messages.run_python_bots())
        channel = group.create_task(serve_channel(self.channel, self._around.clock))
        self._helpers = [intake, bots, channel]

    async def _finish(self, seconds_for_calls: float) -> None:
        _, *others = self._helpers
        for other in others:
            other.cancel()
        await asyncio.wait(self._helpers)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds_for_calls):
                await self.calls.drain()
        await self._messages.drain()

    async def _start_io(self, hosted: Hosted) -> None:
        try:
            await self.core.start_io(hosted.account)
        except CoreError as problem:
            log.warning("The bot %s is not online: %s", hosted.bot, problem)


def _channel_options(options: HostingOptions) -> ChannelOptions:
    return ChannelOptions(
        per_minute=options.per_minute or None,
        burst=options.burst,
        drain_seconds=options.drain_seconds,
    )
