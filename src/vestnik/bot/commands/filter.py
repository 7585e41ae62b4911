"""A filter for those who want a command as a message: its words, not its arguments."""

from __future__ import annotations

from vestnik.bot.commands.invocation import Invocation, is_name, parse_invocation
from vestnik.bot.filters.base import Filter
from vestnik.bot.filters.readable import Written
from vestnik.errors import BadBot

__all__ = ["IsCommand"]


class IsCommand(Filter[Invocation, Written]):
    """The message calls one of these commands, or any if none is given; what is found is the call.

    Such a message is not in the help, and its words are not checked: `Router.command` does that.

    Args:
        names: Names of commands, without prefix.
        prefixes: What commands begin with.
    """

    def __init__(self, *names: str, prefixes: tuple[str, ...] = ("/",)) -> None:
        for name in names:
            if not is_name(name):
                raise BadBot(f"No command can be called {name!r}: give its name without prefix.")
        self._names = frozenset(name.casefold() for name in names)
        self._prefixes = prefixes

    async def __call__(self, context: Written, /) -> Invocation | None:
        """Take the text apart."""
        called = parse_invocation(context.text, self._prefixes)
        if called is None or (self._names and called.name.casefold() not in self._names):
            return None
        return called
