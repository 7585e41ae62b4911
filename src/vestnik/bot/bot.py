"""A bot: what it does, as its author declares it."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Sequence

import msgspec

from vestnik.bot.builtin import settings_router
from vestnik.bot.jobs import JobHandler, ScheduledHandler
from vestnik.bot.mistakes import tell_mistakes_in_main_as_sentences
from vestnik.bot.routing import Router
from vestnik.bot.settings import Settings
from vestnik.bot.words import Dictionary

__all__ = ["Bot"]


class Bot(Router):
    """The root of a tree of routers, with what holds for the whole bot.

    ::

        bot = Bot()

        @bot.on_message()
        async def echo(message: Message) -> None:
            await message.reply(message.text)
    """

    def __init__(
        self,
        name: str = "bot",
        *,
        accounts: Iterable[str] = (),
        settings: Sequence[type[Settings]] = (),
        prefixes: tuple[str, ...] = ("/",),
        language: str = "en",
        answer_bots: bool = False,
        help: bool = True,
        report_errors: bool = False,
    ) -> None:
        """Begin a bot.

        Args:
            name: What it is called in the log, in metrics and for its admins.
            accounts: The addresses of its accounts; by default all that no other bot of the same
                process claims.
            settings: What people may set, see `/settings`.
            prefixes: What a command begins with.
            language: What it speaks where nobody has chosen another language.
            answer_bots: Handle messages of other bots, too; two such bots may never stop.
            help: Whether there is a `/help` if none is declared.
            report_errors: Tell the group of admins of errors in handlers, where and which, never
                what people wrote.
        """
        tell_mistakes_in_main_as_sentences(sys._getframe(1).f_globals.get("__name__", ""))
        super().__init__(name)
        self.accounts = frozenset(accounts)
        self.settings = tuple(settings)
        self.prefixes = prefixes
        self.dictionary = Dictionary(language)
        self.answer_bots = answer_bots
        self.has_help = help
        self.report_errors = report_errors
        self.jobs: list[ScheduledHandler] = []
        if settings:
            self.include(settings_router())

    def on_schedule(
        self, name: str, payload: type[msgspec.Struct] | None = None
    ) -> Callable[[JobHandler], JobHandler]:
        """Declare what is done when a job of this name is due.

        Args:
            name: What it is scheduled by.
            payload: A frozen struct that is given along when it is scheduled.
        """

        def declare(handler: JobHandler) -> JobHandler:
            self.jobs.append(ScheduledHandler(name, payload, handler))
            return handler

        return declare

    def load_plugins(self, *names: str) -> None:
        """Add what other packages offer to bots by entry points of the group ``vestnik.bots``.

        Args:
            names: Those to take; by default all that are installed.

        Raises:
            BadBot: A plugin cannot be loaded, or is neither a router nor a function.
            BadInput: A named one is not installed.
        """
        from vestnik.bot.plugins import load_plugins

        load_plugins(self, names or None)

    def run(self, arguments: Sequence[str] | None = None) -> None:
        """Be a whole command line: init, serve, link, config, list, remove and more.

        Args:
            arguments: What was typed; by default what this program was started with.
        """
        from vestnik.bot.command_line import run_command_line  # typer is not for importers

        run_command_line(self, arguments)
