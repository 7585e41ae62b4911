"""From what happened to the handler that takes it; an error stops here, whoever made it."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, cast

from vestnik.bot.commands.registry import CommandRegistry
from vestnik.bot.happening import Happening
from vestnik.bot.routing.command_rules import CommandRules
from vestnik.bot.routing.help_command import HELP, make_help
from vestnik.bot.routing.message_walk import MessageWalk
from vestnik.bot.routing.plan import Branch, check, plan, plan_errors, seal
from vestnik.bot.routing.reception import Reception
from vestnik.bot.routing.router import Router
from vestnik.bot.routing.walk import Walk, WalkToAll
from vestnik.errors import CoreDied, LedgerFailed, OutboxClosed

if TYPE_CHECKING:
    from vestnik.bot.contexts import Context, Message

__all__ = ["Dispatcher"]

Offer = Callable[[Branch], Awaitable[bool]]

NOBODYS_FAULT = (CoreDied, LedgerFailed, OutboxClosed)
"""What interrupts a handler without being its error: it is to be run again, as after a kill."""

_log = logging.getLogger("vestnik.bot")


class Dispatcher:
    """Finds the handler for whatever happens to a bot.

    Args:
        root: The tree of routers; it is complete, later declarations are refused.
        problem: Makes the context of an error: of the error, the context in which it arose, and the
            name of the router.
        commands: How commands are treated.

    Raises:
        BadBot: The declarations of the tree do not go together.
    """

    def __init__(
        self,
        root: Router,
        *,
        problem: Callable[[Exception, Context, str], Context],
        commands: CommandRules | None = None,
    ) -> None:
        self._rules = commands or CommandRules()
        self._make_problem = problem
        self.commands = self._check(root)
        self._reception = Reception(self.commands, self._rules)
        self._plans = {happening: plan(root, happening) for happening in Happening}
        self._error_plans = plan_errors(root)
        seal(root)

    def listens_to(self, happening: Happening) -> bool:
        """Tell whether anybody would hear of such a thing; messages are always looked at."""
        return self._plans[happening] is not None

    async def dispatch(self, context: Context) -> bool:
        """Give a context to the handler that it is for.

        Errors go to the nearest `on_error`, and to the log if there is none; they are never
        raised. A cancellation is none of them and passes.

        Returns:
            Whether anybody has handled it, be it with an error.

        Raises:
            CoreDied: The core died under the handler of a message or of another single thing.
            LedgerFailed: The bot's memory could not be used by it.
            OutboxClosed: The bot is about to end, and takes nothing more to send.
        """
        branch = self._plans[context.happening]
        if branch is None:
            return False
        if context.happening.is_for_all:
            return await self._tell_all(branch, context)
        return await self._find_one(branch, context)

    async def _find_one(self, branch: Branch, context: Context) -> bool:
        walk, offer = self._walk(context)
        try:
            return await walk.enter(branch, offer)
        except NOBODYS_FAULT:
            raise
        except Exception as error:
            await self._report(error, context, walk.failed_in or branch.router)
            return True

    def _walk(self, context: Context) -> tuple[Walk, Offer | None]:
        if context.happening is Happening.MESSAGE:
            message = cast("Message", context)
            if message.text.lstrip().startswith(self._rules.prefixes):
                walk = MessageWalk(message, self._reception)
                return walk, walk.offer_to_commands_first
        return Walk(context), None

    async def _tell_all(self, branch: Branch, context: Context) -> bool:
        async def report(error: Exception, router: Router) -> None:
            await self._report(error, context, router)

        walk = WalkToAll(context, report)
        try:
            return await walk.enter(branch)
        except Exception as error:
            await report(error, walk.failed_in or branch.router)
            return True

    async def _report(self, error: Exception, context: Context, router: Router) -> None:
        """Give an error to the nearest router that takes it."""
        try:
            if await self._is_taken(error, context, router):
                return
        except Exception:
            # With the first error as its context.
            _log.exception("An error handler of the bot has itself failed.")
            return
        _log.error(
            "A handler of the router %r has failed with what happened: %s.",
            router.name,
            context.happening,
            exc_info=error,
        )

    async def _is_taken(self, error: Exception, context: Context, router: Router) -> bool:
        problem = self._make_problem(error, context, router.name)
        for nearest in router.lineage():
            branch = self._error_plans.get(nearest)
            if branch and await Walk(problem).enter(branch):
                return True
        return False

    def _check(self, root: Router) -> CommandRegistry[Router]:
        registry = check(root)
        if self._rules.has_help and HELP not in registry:
            registry.add(make_help(registry, self._rules), root)
        return registry
