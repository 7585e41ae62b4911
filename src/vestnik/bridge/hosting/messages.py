"""The way of messages in and out: who takes in what for a bot, and by which outbox it sends."""

from __future__ import annotations

import asyncio

from vestnik.bot.host import HostOptions
from vestnik.bot.intake.intake import Intake
from vestnik.bot.intake.seen import SeenMarker
from vestnik.bot.outbox import Outbox, Pace
from vestnik.bot.store import Database
from vestnik.bridge.forwarding import Forwarding
from vestnik.bridge.hosting.counting import CountedWork
from vestnik.bridge.hosting.directory import Directory
from vestnik.bridge.hosting.options import HostingOptions
from vestnik.bridge.hosting.python_bots import PythonBots
from vestnik.bridge.hosting.surroundings import Surroundings
from vestnik.bridge.hosting.upkeep import prune
from vestnik.chatmail import Core
from vestnik.chatmail.types import MessageData
from vestnik.ids import AccountId, ChatId

__all__ = ["Messages"]


class Messages:
    """Has what comes in told, and what goes out sent.

    The order of its parts is what keeps messages: the intake listens before any I/O starts, and
    is closed before what has begun is brought to its end.
    """

    def __init__(
        self, around: Surroundings, core: Core, directory: Directory, database: Database
    ) -> None:
        self._around = around
        self._directory = directory
        self._outbox = Outbox(database, core, _pace(around.options), around.clock)
        self._seen = SeenMarker(core, around.clock)
        telling = Forwarding(
            core, around.gateway, around.registry, around.links, self._seen, self._post
        )
        work = CountedWork(telling, around.tallies)
        self._intake = Intake(core, self._told, work, around.clock)
        self._python_bots = self._make_python_bots(core, telling)

    @property
    def waiting_in(self) -> int:
        """How many messages and events wait to be told."""
        return self._intake.lanes.depth

    @property
    def waiting_out(self) -> int:
        """How many messages are still to be sent."""
        return self._outbox.waiting + self._python_bots.waiting

    async def begin(self, group: asyncio.TaskGroup) -> asyncio.Task[None]:
        """Begin to listen and to send; return the task that ends once the intake is closed."""
        listening = asyncio.Event()
        intake = group.create_task(self._intake.run(listening))
        for job in (
            self._outbox.run(),
            self._seen.run(),
            prune(self._outbox, self._around.clock),
        ):
            group.create_task(job)
        await listening.wait()
        return intake

    async def run_python_bots(self) -> None:
        """Run the bots of this process until cancelled; then they may finish what they do."""
        await self._python_bots.run()

    def look_again(self) -> None:
        """Take note that bots have come, gone, or were changed."""
        self._intake.refresh()
        self._python_bots.look_again()

    def close(self) -> None:
        """Take in nothing more."""
        self._intake.close()

    def hurry(self) -> None:
        """Give up what bots of this process would like to finish."""
        self._python_bots.hurry()

    async def drain(self) -> None:
        """Let what is being sent arrive, and mark as seen what was told."""
        await self._outbox.drain()
        await self._seen.flush()

    def outbox_of(self, account: AccountId) -> Outbox:
        """Return by which way out an account sends."""
        return self._python_bots.outbox_of(account) or self._outbox

    def _make_python_bots(self, core: Core, telling: Forwarding) -> PythonBots:
        around, options = self._around, self._around.options
        return PythonBots(
            options.python_bots,
            core,
            around.python_memories,
            around.registry,
            self._directory.is_paused,
            telling.tell_message,
            HostOptions(pace=_pace(options), drain_seconds=options.drain_seconds),
            around.clock,
        )

    def _told(self) -> list[AccountId]:
        """Return whose messages are told, and marked as seen, by nobody but us."""
        return [
            one.account
            for one in self._around.registry.all()
            if not self._python_bots.has(one) and not self._directory.is_paused(one)
        ]

    async def _post(
        self, account_id: AccountId, chat_id: ChatId, data: MessageData, *, key: str, urgent: bool
    ) -> None:
        outbox = self.outbox_of(account_id)
        await outbox.post(account_id, chat_id, data, key=key, urgent=urgent)


def _pace(options: HostingOptions) -> Pace | None:
    if not options.per_minute:
        return None
    return Pace(per_minute=options.per_minute, burst=options.burst)
