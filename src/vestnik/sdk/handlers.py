"""Functions that want notifications of some types."""

from __future__ import annotations

import inspect
import logging
from collections.abc import Awaitable, Callable
from typing import TypeAlias, TypeVar

from vestnik.errors import BadInput
from vestnik.sdk.notification import Notification
from vestnik.wire import number_of

__all__ = ["Handler", "Handlers"]

Handler: TypeAlias = Callable[[Notification], Awaitable[object] | object]
H = TypeVar("H", bound=Handler)

_log = logging.getLogger("vestnik.sdk")


class Handlers:
    """Who wants to be called for which type."""

    def __init__(self) -> None:
        self._handlers: list[tuple[frozenset[int | str], Handler]] = []

    def add(self, types: tuple[int | str, ...], handler: Handler) -> None:
        """Call `handler` for these types, given as numbers or words; for every one if none is."""
        self._handlers.append((frozenset(map(_known_as, types)), handler))

    def decorator(self, types: tuple[int | str, ...]) -> Callable[[H], H]:
        """Return what adds a function that it decorates."""

        def add(handler: H) -> H:
            self.add(types, handler)
            return handler

        return add

    async def handle(self, notification: Notification) -> None:
        """Call each one that wants it, in the order they were added; failures are logged."""
        for handler in self._wanting(notification):
            try:
                outcome = handler(notification)
                if inspect.isawaitable(outcome):
                    await outcome
            except Exception:
                _log.exception("A handler of %r has failed.", notification.name)

    def handle_sync(self, notification: Notification) -> None:
        """Call each plain function that wants it; failures are logged."""
        for handler in self._wanting(notification):
            try:
                handler(notification)
            except Exception:
                _log.exception("A handler of %r has failed.", notification.name)

    def refuse_coroutines(self) -> None:
        """Make sure that nobody has to be awaited.

        Raises:
            BadInput: A handler is a coroutine function.
        """
        for _, handler in self._handlers:
            if inspect.iscoroutinefunction(handler):
                name = getattr(handler, "__name__", "?")
                raise BadInput(f"The handler {name} is async: use connect, or make it a plain def.")

    def _wanting(self, notification: Notification) -> list[Handler]:
        known_as = notification.name if notification.type is None else notification.type
        return [handler for types, handler in self._handlers if not types or known_as in types]


def _known_as(type_: int | str) -> int | str:
    number = number_of(type_) if isinstance(type_, str) else type_
    return type_ if number is None else number
