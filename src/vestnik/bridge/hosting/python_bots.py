"""Bots in Python that run in the gateway's process, each with a memory of its own.

What their messages are is told as notifications, too; but it is the bot's own ledger that says
what was handled, and so what is marked as seen.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path

from vestnik.bot import Bot, Database, Host, HostOptions
from vestnik.bot.host import Witness
from vestnik.bot.outbox import Outbox
from vestnik.bridge.hosting.options import PythonBot
from vestnik.bridge.model import Hosted
from vestnik.bridge.registry import Registry
from vestnik.chatmail import Core
from vestnik.clock import Clock
from vestnik.errors import VestnikError
from vestnik.ids import AccountId, ResourceId

__all__ = ["PythonBots"]

RETRY_SECONDS = 30.0
"""When a bot that failed is started again."""

log = logging.getLogger("vestnik.bridge")


class PythonBots:
    """Runs those that are there and not paused.

    Args:
        folder: Where they keep their memories.
        is_paused: Whether a bot is to do nothing for now.
        witness: Hears of every message before its bot does.
    """

    def __init__(
        self,
        bots: Sequence[PythonBot],
        core: Core,
        folder: Path,
        registry: Registry,
        is_paused: Callable[[Hosted], bool],
        witness: Witness,
        options: HostOptions,
        clock: Clock,
    ) -> None:
        self._bots: Mapping[ResourceId, Bot] = {one.id: one.bot for one in bots}
        self._core = core
        self._folder = folder
        self._registry = registry
        self._is_paused = is_paused
        self._witness = witness
        self._options = options
        self._clock = clock
        self._hosts: dict[AccountId, Host] = {}
        self._tasks: dict[AccountId, asyncio.Task[None]] = {}
        self._changed = asyncio.Event()

    def has(self, hosted: Hosted) -> bool:
        """Tell whether a bot in this process answers for a hosted one."""
        return hosted.bot in self._bots

    @property
    def waiting(self) -> int:
        """How many messages they still have to send."""
        return sum(host.outbox.waiting for host in self._hosts.values())

    def outbox_of(self, account: AccountId) -> Outbox | None:
        """Return by which way out a bot sends, if it runs here now."""
        host = self._hosts.get(account)
        return host.outbox if host else None

    def look_again(self) -> None:
        """Start and end soon what has come, gone, or was paused."""
        self._changed.set()

    def hurry(self) -> None:
        """Have those end at once that would like to finish something first."""
        for task in self._tasks.values():
            task.cancel()

    async def run(self) -> None:
        """Run them until cancelled; then they may finish what they have begun."""
        async with asyncio.TaskGroup() as group:
            while True:
                self._end_some(wanted := self._wanted())
                for account in wanted.keys() - self._tasks.keys():
                    task = group.create_task(self._serve(wanted[account]))
                    self._tasks[account] = task
                    task.add_done_callback(partial(self._note_end, account))
                await self._changed.wait()
                self._changed.clear()

    def _wanted(self) -> dict[AccountId, Hosted]:
        bots = (one for one in self._registry.all() if self.has(one))
        return {one.account: one for one in bots if not self._is_paused(one)}

    def _end_some(self, wanted: Mapping[AccountId, Hosted]) -> None:
        for account, task in self._tasks.items():
            # A second cancellation would not let it finish.
            if account not in wanted and not task.cancelling():
                task.cancel()

    def _note_end(self, account: AccountId, ended: asyncio.Task[None]) -> None:
        # A bot that was paused and is wanted again before it has ended, begins anew after that.
        del self._tasks[account]
        self._changed.set()

    async def _serve(self, hosted: Hosted) -> None:
        """Run a bot, again after a while if it fails; the other bots go on."""
        while True:
            try:
                await self._serve_once(hosted)
            except VestnikError as problem:
                log.error("The bot %s does not run: %s", hosted.bot, problem)
            except Exception:
                log.exception("The bot %s does not run, by a mistake", hosted.bot)
            await self._clock.sleep(RETRY_SECONDS)

    async def _serve_once(self, hosted: Hosted) -> None:
        async with Database(self._folder / f"{hosted.bot}.sqlite") as database:
            host = Host(
                [self._bots[hosted.bot]],
                self._core,
                database,
                options=self._options,
                clock=self._clock,
                accounts=(hosted.account,),
                witness=self._witness,
            )
            self._hosts[hosted.account] = host
            try:
                await host.run()
            finally:
                del self._hosts[hosted.account]
