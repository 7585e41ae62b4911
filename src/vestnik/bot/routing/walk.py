"""One walk through the tree with one context: the first handler whose filters match has it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any

from vestnik.bot.filters.base import matches_all
from vestnik.bot.routing.middleware import CONTINUE, run_through
from vestnik.bot.routing.observer import Handler
from vestnik.bot.routing.plan import Branch
from vestnik.bot.routing.router import Router

__all__ = ["Walk", "WalkToAll"]


class Walk:
    """Offers a context to one handler after the other; remembers in which router an error arose.

    Args:
        context: What happened.
    """

    __slots__ = ("_error", "context", "failed_in")

    def __init__(self, context: object) -> None:
        self.context = context
        self.failed_in: Router | None = None
        self._error: Exception | None = None

    async def enter(
        self, branch: Branch, inside: Callable[[Branch], Awaitable[bool]] | None = None
    ) -> bool:
        """Do something inside of a branch's outer middlewares: by default, offer the context."""
        inside = inside or self.offer
        try:
            if not branch.outer:
                return await inside(branch)
            return await run_through(branch.outer, self.context, partial(inside, branch))
        except Exception as error:
            self._note(error, branch.router)
            raise

    async def offer(self, branch: Branch) -> bool:
        """Try the handlers of a branch and then its children; tell whether one has taken it."""
        for handler in branch.handlers:
            if await self.try_handler(handler, branch):
                return True
        for child in branch.children:
            if await self.enter(child):
                return True
        return False

    async def try_handler(self, handler: Handler[Any], branch: Branch) -> bool:
        """Call a handler if its filters match; tell whether it has taken the context."""
        if handler.filters and not await matches_all(handler.filters, self.context):
            return False
        if not branch.inner:
            return await handler.call(self.context) is not CONTINUE
        return await run_through(branch.inner, self.context, partial(_call, handler, self.context))

    def _note(self, error: Exception, router: Router) -> None:
        """Keep the innermost router through which an error came."""
        if self._error is not error:
            self._error = error
            self.failed_in = router


class WalkToAll(Walk):
    """Tells every handler that matches; an error of one keeps nobody else from hearing of it.

    Args:
        context: What happened.
        report: Is told of an error, and in which router it arose.
    """

    __slots__ = ("_report",)

    def __init__(
        self, context: object, report: Callable[[Exception, Router], Awaitable[None]]
    ) -> None:
        super().__init__(context)
        self._report = report

    async def offer(self, branch: Branch) -> bool:
        """Tell the handlers of a branch and then its children."""
        told = [
            await self._tell(partial(self.try_handler, one, branch), branch)
            for one in branch.handlers
        ]
        told += [await self._tell(partial(self.enter, child), child) for child in branch.children]
        return any(told)

    async def _tell(self, tell: Callable[[], Awaitable[bool]], branch: Branch) -> bool:
        try:
            return await tell()
        except Exception as error:
            await self._report(error, branch.router)
            return True


async def _call(handler: Handler[Any], context: object) -> bool:
    return await handler.call(context) is not CONTINUE
