"""An observer collects the handlers of one router for one kind of thing that happens."""

from __future__ import annotations

import itertools
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from vestnik.bot.filters.base import Filter, Predicate, as_filter
from vestnik.bot.filters.callables import (
    is_async,
    name_callable,
    require_callable,
    require_parameters,
)
from vestnik.bot.routing.middleware import Middleware, check_middleware
from vestnik.errors import BadBot

__all__ = ["Declaration", "Handler", "Observer"]

C = TypeVar("C")
R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class Handler(Generic[C]):
    """A function of the author's, and the filters that must all match before it is called."""

    call: Callable[[C], Awaitable[object]]
    filters: tuple[Filter[object, C], ...] = ()


class Observer(Generic[C]):
    """Declares handlers: ``@router.on_message(Text("hi"))``.

    Several filters must all match. The middlewares of an observer run for what happens of its
    kind, in its router and all below.

    Args:
        name: What authors call it: ``on_message``.
    """

    def __init__(self, name: str) -> None:
        self.name = name
        self.handlers: list[Handler[C]] = []
        self.inner: list[Middleware[C]] = []
        self.outer: list[Middleware[C]] = []
        self.is_sealed = False
        self._unfinished: dict[int, str] = {}
        self._numbers = itertools.count()

    def __repr__(self) -> str:
        return f"<{self.name} with {len(self.handlers)} handlers>"

    def __call__(self, *filters: Predicate[C]) -> Declaration[C]:
        """Declare a handler for contexts that all the filters match.

        Raises:
            BadBot: A filter is no filter, or the handler no handler.
        """
        number = next(self._numbers)
        self._unfinished[number] = name_callable(filters[0]) if filters else ""
        return Declaration(self, number, tuple(as_filter(one) for one in filters))

    def middleware(self, function: Middleware[C]) -> Middleware[C]:
        """Run a function around each handler, once its filters have matched."""
        self.require_open(function)
        check_middleware(function)
        self.inner.append(function)
        return function

    def outer_middleware(self, function: Middleware[C]) -> Middleware[C]:
        """Run a function around the search for a handler, before any filter is asked."""
        self.require_open(function)
        check_middleware(function)
        self.outer.append(function)
        return function

    def require_open(self, declared: object) -> None:
        """Refuse a declaration that nobody would hear of.

        Raises:
            BadBot: The bot is already running.
        """
        if self.is_sealed:
            raise BadBot(f"{name_callable(declared)} is declared after the bot has started.")

    def check(self) -> None:
        """Refuse declarations that never got their handler.

        Raises:
            BadBot: A decorator was written without its brackets.
        """
        for name in self._unfinished.values():
            raise BadBot(
                f"A declaration of {self.name} has no handler{name and f', see {name}'}: "
                f"a decorator needs its brackets, @{self.name}()."
            )

    def finish(self, number: int, handler: Handler[C]) -> None:
        """Take a handler in for a declaration."""
        self._unfinished.pop(number, None)
        self.handlers.append(handler)


class Declaration(Generic[C]):
    """What is written above a handler."""

    def __init__(
        self, observer: Observer[C], number: int, filters: tuple[Filter[object, C], ...]
    ) -> None:
        self._observer = observer
        self._number = number
        self._filters = filters

    def __call__(self, handler: Callable[[C], Awaitable[R]], /) -> Callable[[C], Awaitable[R]]:
        """Declare the handler; it stays what it was.

        Raises:
            BadBot: It is not asynchronous, or does not take exactly the context.
        """
        self._observer.require_open(handler)
        _check_handler(handler)
        self._observer.finish(self._number, Handler(handler, self._filters))
        return handler


def _check_handler(handler: Callable[[Any], Awaitable[object]]) -> None:
    require_callable(handler, "handler", "a function declared with `async def`")
    if not is_async(handler):
        raise BadBot(f"The handler {name_callable(handler)} must be declared with `async def`.")
    require_parameters(handler, "handler", "context")
