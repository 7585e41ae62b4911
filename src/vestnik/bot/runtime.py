"""A bot with everything it needs to run."""

from __future__ import annotations

from collections.abc import Coroutine
from typing import TYPE_CHECKING

from vestnik.bot.admins import AdminGroup
from vestnik.bot.bot import Bot
from vestnik.bot.handling import Handling
from vestnik.bot.jobs import register
from vestnik.bot.languages import Languages
from vestnik.bot.listening import Listening
from vestnik.bot.objects import Services
from vestnik.bot.reports import ErrorReports
from vestnik.bot.routing import CommandRules
from vestnik.bot.schedule import Schedule
from vestnik.bot.settings import SettingsStore
from vestnik.bot.states import SqliteStates
from vestnik.bot.store import Database
from vestnik.ids import AccountId

if TYPE_CHECKING:
    from vestnik.bot.host import Host

__all__ = ["BotRuntime"]


class BotRuntime:
    """One bot on a host: its routers closed, its memory open."""

    def __init__(self, bot: Bot, host: Host, database: Database) -> None:
        """Put the bot together.

        Raises:
            BadBot: Its declarations do not go together.
        """
        bot.dictionary.check()
        self.bot = bot
        admins = AdminGroup(host.core, bot.name)
        languages = Languages(bot.dictionary)
        settings = SettingsStore(database, languages.settings, *bot.settings)
        languages.store = settings
        self.states = SqliteStates(database, host.clock)
        self.schedule = Schedule(database, host.clock)
        self.services = Services(
            core=host.core,
            outbox=host.outbox,
            database=database,
            clock=host.clock,
            bot=bot.name,
            dictionary=bot.dictionary,
            states=self.states,
            admins=admins,
            schedule=self.schedule,
            settings=settings,
            languages=languages,
        )
        rules = CommandRules(prefixes=bot.prefixes, has_help=bot.has_help)
        self.listening = Listening(bot, rules)
        self.reports = ErrorReports(self.services, admins)
        if bot.report_errors:
            self.listening.on_problem.append(self.reports.note)
        self.handling = Handling(
            self.services, host.ledger, self.listening, host.seen, answer_bots=bot.answer_bots
        )

    def background(self) -> list[Coroutine[None, None, None]]:
        """Return what runs beside its handlers."""
        return [self.schedule.run(), self.reports.run()]

    def register_jobs(self, default: AccountId) -> None:
        """Let the schedule find the bot's handlers.

        Args:
            default: The account of jobs that are for none in particular.

        Raises:
            BadBot: Two have the same name, or a payload is no frozen struct.
        """
        for job in self.bot.jobs:
            register(job, self.schedule, self.services, default)

    async def prune(self, older_than_seconds: float) -> None:
        """Forget what is that old and over."""
        await self.states.prune(older_than_seconds)
        await self.schedule.prune(older_than_seconds)
