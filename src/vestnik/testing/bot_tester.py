"""What a bot's author writes tests with: people who talk to the bot, and a clock to move."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from vestnik.chatmail import Core, open_core
from vestnik.testing.stage.person import Person
from vestnik.testing.stage.stage import SECONDS, Stage

if TYPE_CHECKING:
    from vestnik.bot import Bot
    from vestnik.testing.clock import FakeClock

__all__ = ["BotTester", "testing_on_fake_core", "testing_on_real_core"]


class BotTester:
    """A bot that runs, and those who talk to it.

    Attributes:
        is_real: Whether it runs on the real core.
    """

    def __init__(self, bot: Bot, stage: Stage, *, is_real: bool) -> None:
        self.is_real = is_real
        self._bot = bot
        self._stage = stage
        self._people: dict[str, Person] = {}

    @property
    def clock(self) -> FakeClock:
        """The bot's clock; the real core and the relay have their own."""
        return self._stage.clock

    def contact(self, address: str, *, name: str = "", is_bot: bool = False) -> Person:
        """Return somebody who can talk to the bot.

        Args:
            address: The mail address; on the real core the relay gives another one.
            name: The name that the bot sees; by default made of the address.
            is_bot: Whether it is a program.
        """
        if address not in self._people:
            name = name or address.partition("@")[0].capitalize()
            actor = self._stage.actor(address, name, is_bot=is_bot)
            self._people[address] = Person(self._stage, actor)
        return self._people[address]

    async def advance(self, span: timedelta) -> None:
        """Let time pass for the bot; returns when it has done everything that was due."""
        until = self.clock.now() + span.total_seconds()
        while due := [moment for moment in await self._moments() if moment <= until]:
            await self.clock.advance(max(0.0, min(due) - self.clock.now()))
            await self._until_done(min(due))
        await self.clock.advance(until - self.clock.now())

    async def admin_code(self) -> str:
        """Return the code by which somebody becomes an admin: ``await alice.scans(code)``."""
        from vestnik.bot.admins import AdminGroup

        admins = AdminGroup(self._stage.core, self._bot.name)
        return await admins.invite_code(self._stage.account_id)

    async def restart(self) -> None:
        """End the bot as SIGTERM does, and start it again with what it remembers."""
        await self._stage.stop()
        await self._stage.start(self._bot)

    async def _until_done(self, moment: float) -> None:
        try:
            async with asyncio.timeout(SECONDS):
                while moment in await self._moments():
                    await self.clock.advance(0)
        except TimeoutError:
            raise AssertionError("A scheduled job of the bot does not end.") from None

    async def _moments(self) -> list[float]:
        """Tell when the jobs are due for which the bot has a handler."""
        handled = {job.name for job in self._bot.jobs}
        jobs = await self._stage.host.runtimes[0].schedule.jobs()
        return [job.due.timestamp() for job in jobs if job.name in handled and not job.is_parked]


@asynccontextmanager
async def testing_on_fake_core(directory: Path, bot: Bot) -> AsyncIterator[BotTester]:
    """Run a bot on a fake core.

    Args:
        directory: Where the bot keeps its memory.
        bot: The bot.
    """
    from vestnik.testing.fake.core import FakeCore
    from vestnik.testing.stage.fake import FakeStage

    fake = FakeCore()
    async with Core(fake.transport) as core:
        stage = FakeStage(fake, core, directory)
        async with stage.watched(), _running(stage, bot):
            yield BotTester(bot, stage, is_real=False)


@asynccontextmanager
async def testing_on_real_core(directory: Path, bot: Bot) -> AsyncIterator[BotTester]:
    """Run a bot on a real core, and people on another one, with a relay in between.

    Args:
        directory: Where the bot keeps its memory, and all of them their accounts.
        bot: The bot.
    """
    from vestnik.relay import Relay, RelayConfig
    from vestnik.testing.stage.real import RealStage

    async with (
        Relay(RelayConfig()) as relay,
        open_core(directory / "bot") as core,
        open_core(directory / "people") as peoples_core,
        AsyncExitStack() as running,
    ):
        stage = RealStage(relay, core, peoples_core, directory, running)
        await stage.log_in()
        async with _running(stage, bot):
            yield BotTester(bot, stage, is_real=True)


@asynccontextmanager
async def _running(stage: Stage, bot: Bot) -> AsyncIterator[None]:
    try:
        await stage.start(bot)
        yield
    finally:
        await stage.stop()
