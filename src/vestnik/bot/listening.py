"""Who listens to what: between what happens and the tree of routers."""

from __future__ import annotations

from collections.abc import Callable

from vestnik.bot import contexts
from vestnik.bot.contexts import Context, Message, Problem
from vestnik.bot.routing import CommandRules, Dispatcher, Happening, Router
from vestnik.bot.translate import kinds_of
from vestnik.chatmail import Event

__all__ = ["Listening", "OnProblem", "OnTold"]

OnTold = Callable[[Context, bool, float], None]
"""Hears what was told, whether anybody has handled it, and how many seconds that took."""

OnProblem = Callable[[Problem], None]
"""Hears of every error of a handler, filter or middleware."""

_ALL: tuple[type[Context], ...] = tuple(
    found
    for name in contexts.__all__
    if isinstance(found := getattr(contexts, name), type)
    and issubclass(found, Context)
    and hasattr(found, "happening")
)


class Listening:
    """A bot's routers, ready to be told; what nobody listens to is not even fetched."""

    def __init__(self, root: Router, rules: CommandRules) -> None:
        """Check the tree of routers and close it.

        Raises:
            BadBot: Its declarations do not go together.
        """
        self._dispatcher = Dispatcher(root, commands=rules, problem=self._problem)
        self.on_told: list[OnTold] = []
        self.on_problem: list[OnProblem] = []
        self.wanted: frozenset[type[Context]] = frozenset(
            kind for kind in _ALL if self._dispatcher.listens_to(Happening(kind.happening))
        )
        """The contexts that handlers listen to."""
        self._wanted_payloads: dict[type[object], bool] = {}

    def wants(self, kind: type[Context]) -> bool:
        """Tell whether any handler listens to such contexts."""
        return kind in self.wanted

    def wants_event(self, event: Event) -> bool:
        """Tell whether any handler would hear of an event that is no incoming message."""
        kind = type(event.payload)
        if kind not in self._wanted_payloads:
            self._wanted_payloads[kind] = self._would_want(event)
        return self._wanted_payloads[kind]

    def _would_want(self, event: Event) -> bool:
        if contexts.RawEvent in self.wanted:
            return True
        return any(kind in self.wanted and kind is not Message for kind in kinds_of(event))

    async def tell(self, context: Context) -> bool:
        """Give a context to the handler that it is for; tell whether there was one."""
        if not self.on_told:
            return await self._dispatcher.dispatch(context)
        began = context.services.clock.monotonic()
        handled = await self._dispatcher.dispatch(context)
        seconds = context.services.clock.monotonic() - began
        for hear in self.on_told:
            hear(context, handled, seconds)
        return handled

    def _problem(self, error: Exception, context: Context, router: str) -> Problem:
        problem = Problem.of(error, context, router)
        for hear in self.on_problem:
            hear(problem)
        return problem
