"""The walk with a message: commands first, then handlers, then a hint on an unknown command."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from vestnik.bot.commands.arguments import read_arguments
from vestnik.bot.commands.problems import UsageProblem
from vestnik.bot.commands.registry import Called
from vestnik.bot.routing.middleware import CONTINUE, run_through
from vestnik.bot.routing.plan import Branch
from vestnik.bot.routing.reception import Hint, Reception
from vestnik.bot.routing.router import Router
from vestnik.bot.routing.walk import Walk

if TYPE_CHECKING:
    from vestnik.bot.contexts import Message

__all__ = ["MessageWalk"]


class MessageWalk(Walk):
    """Offers a message to the command that it calls, and else to the handlers.

    The outer middlewares of the root run once around it all; those of routers below run once on
    the way to a command, and again if its handler returns `CONTINUE` and handlers are asked.

    Args:
        message: The message.
        reception: Finds the command that it calls.
    """

    __slots__ = ("_message", "_reception")

    def __init__(self, message: Message, reception: Reception) -> None:
        super().__init__(message)
        self._message = message
        self._reception = reception

    async def offer_to_commands_first(self, root: Branch) -> bool:
        """Try the command that the message calls, and else the handlers of the tree."""
        found = await self._reception.receive(self._message)
        if isinstance(found, Called) and await self._descend(found, root.path_to(found.home)):
            return True
        if not (isinstance(found, Hint) and found.is_final) and await self.offer(root):
            return True
        if isinstance(found, Hint):
            await self._reception.give(found, self._message)
            return True
        return False

    async def _descend(self, called: Called[Router], path: tuple[Branch, ...]) -> bool:
        """Go down to the router where the command is at home, through every outer middleware."""
        here, below = path[0], path[1:]
        if not below:
            return await self._run(called, here)
        return await self.enter(below[0], lambda _: self._descend(called, below))

    async def _run(self, called: Called[Router], home: Branch) -> bool:
        try:
            arguments = await read_arguments(called.command, called.invocation, self._message)
        except UsageProblem as problem:
            await self._reception.explain(problem, self._message)
            return True
        call = partial(_call, called, self._message, arguments)
        return await run_through(home.inner, self._message, call)


async def _call(called: Called[Router], message: Message, arguments: list[object]) -> bool:
    return await called.command.handler(message, *arguments) is not CONTINUE
