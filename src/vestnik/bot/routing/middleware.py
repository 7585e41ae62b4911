"""Middleware: what runs around filters and handlers, and may keep them from running."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from enum import Enum
from functools import partial
from typing import Any, Final, Generic, TypeVar

from vestnik.bot.filters.callables import (
    is_async,
    name_callable,
    require_callable,
    require_parameters,
)
from vestnik.errors import BadBot

__all__ = ["CONTINUE", "CallNext", "Continue", "Middleware", "check_middleware", "run_through"]

C = TypeVar("C")
C_contra = TypeVar("C_contra", contravariant=True)


class Continue(Enum):
    """The type of `CONTINUE`."""

    CONTINUE = "continue"

    def __repr__(self) -> str:
        return self.name


CONTINUE: Final = Continue.CONTINUE
"""What a handler or a middleware returns to let the next handler have it."""

CallNext = Callable[[], Awaitable[bool]]
"""Runs what the middleware is around, once; tells whether a handler was found for it."""

Middleware = Callable[[C_contra, CallNext], Awaitable[object]]
"""Runs around others: ``async def timing(context, call_next)``.

If it does not call `call_next`, nobody else gets the context. It may catch what `call_next` raises.
"""


def check_middleware(given: Middleware[Any]) -> None:
    """Refuse what is no middleware.

    Raises:
        BadBot: It is not asynchronous, or takes other arguments.
    """
    require_callable(given, "middleware", "a function of (context, call_next)")
    if not is_async(given):
        raise BadBot(f"The middleware {name_callable(given)} must be declared with `async def`.")
    require_parameters(given, "middleware", "context", "call_next")


async def run_through(middlewares: tuple[Middleware[C], ...], context: C, inside: CallNext) -> bool:
    """Run something inside of middlewares, the first is outermost; tell whether it was handled."""
    if not middlewares:
        return await inside()
    first, rest = middlewares[0], middlewares[1:]
    call_next = _Once(first, partial(run_through, rest, context, inside))
    try:
        answer = await first(context, call_next)
    finally:
        call_next.is_over = True
    return answer is not CONTINUE and call_next.was_handled


class _Once(Generic[C]):
    """The `call_next` of one middleware: works once, and only while the middleware runs."""

    __slots__ = ("_inside", "_middleware", "_was_called", "is_over", "was_handled")

    def __init__(self, middleware: Middleware[C], inside: CallNext) -> None:
        self._middleware = middleware
        self._inside = inside
        self._was_called = False
        self.is_over = False
        # One that never calls it, or catches what it raises, has handled the context itself.
        self.was_handled = True

    async def __call__(self) -> bool:
        if self._was_called or self.is_over:
            how = "twice" if self._was_called else "after it has returned"
            name = name_callable(self._middleware)
            raise BadBot(f"The middleware {name} calls call_next {how}: it works once.")
        self._was_called = True
        self.was_handled = await self._inside()
        return self.was_handled
