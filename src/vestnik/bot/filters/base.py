"""A filter decides whether a handler is meant, and keeps what it found for the handler."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Awaitable, Callable, Iterable
from inspect import isawaitable
from typing import Any, Generic, Never, NoReturn, cast, overload

from typing_extensions import TypeVar

from vestnik.bot.filters.callables import require_callable, require_parameters
from vestnik.bot.filters.readable import Matchable
from vestnik.errors import BadBot

__all__ = ["Filter", "Predicate", "as_filter", "filter_by", "matches_all", "recall", "remember"]

Found_co = TypeVar("Found_co", covariant=True)
Context_contra = TypeVar("Context_contra", contravariant=True, default=Never)
Found = TypeVar("Found")
Other = TypeVar("Other")
C = TypeVar("C")

Predicate = Callable[[C], object]
"""What decorators take for a filter: a `Filter`, or any function of the context, sync or async."""


class Filter(Generic[Found_co, Context_contra]):
    """Looks at a context and returns what it found, or ``None`` if the handler is not meant.

    Filters are joined with ``&``, ``|`` and ``~``. A handler reads what a filter found by the
    filter itself: ``context[number]``. A subclass writes `__call__`; its two types are what it
    finds and what it looks at, as in ``class Long(Filter[int, Message])``. ``False`` counts as
    not found; anything else that is not ``None``, an empty text or a zero too, is a match.
    """

    @abstractmethod
    async def __call__(self, context: Context_contra, /) -> Found_co | None:
        """Return what is found in the context, or ``None``."""

    async def matches(self, context: Context_contra, /) -> bool:
        """Tell whether something is found, and let the context keep it."""
        found = await self(context)
        if found is None or found is False:
            return False
        remember(context, self, found)
        return True

    @overload
    def __and__(
        self: Filter[Found, C], other: Filter[Other, C], /
    ) -> Filter[tuple[Found, Other], C]: ...
    @overload
    def __and__(
        self: Filter[Found, C], other: Predicate[C], /
    ) -> Filter[tuple[Found, object], C]: ...
    def __and__(self, other: object, /) -> object:
        """Match if both do; what is found is the pair of what they found."""
        return Both(self, _any_filter(other))

    # For two filters this is never run; to a type checker it tells who asks for more of the two.
    @overload
    def __rand__(  # type: ignore[misc]
        self: Filter[Found, C], other: Filter[Other, C], /
    ) -> Filter[tuple[Other, Found], C]: ...
    @overload
    def __rand__(
        self: Filter[Found, C], other: Predicate[C], /
    ) -> Filter[tuple[object, Found], C]: ...
    def __rand__(self, other: object, /) -> object:
        """Match if both do, a plain function first."""
        return Both(_any_filter(other), self)

    @overload
    def __or__(self: Filter[Found, C], other: Filter[Other, C], /) -> Filter[Found | Other, C]: ...
    @overload
    def __or__(self: Filter[Found, C], other: Predicate[C], /) -> Filter[object, C]: ...
    def __or__(self, other: object, /) -> object:
        """Match if one does; what is found is what the first that matches found."""
        return Either(self, _any_filter(other))

    # As for `__rand__`.
    @overload
    def __ror__(  # type: ignore[misc]
        self: Filter[Found, C], other: Filter[Other, C], /
    ) -> Filter[Other | Found, C]: ...
    @overload
    def __ror__(self: Filter[Found, C], other: Predicate[C], /) -> Filter[object, C]: ...
    def __ror__(self, other: object, /) -> object:
        """Match if one does, a plain function first."""
        return Either(_any_filter(other), self)

    def __invert__(self) -> Filter[bool, Context_contra]:
        """Match if this does not."""
        return Inverted(self)

    def __bool__(self) -> NoReturn:
        """Refuse ``and``, ``or`` and ``not``, which would forget one of the filters.

        Raises:
            BadBot: Always.
        """
        raise BadBot("Filters are joined with &, | and ~, not with `and`, `or` and `not`.")


class Both(Filter[tuple[object, object], C]):
    """Two filters that must both match; the second is not asked when the first does not."""

    def __init__(self, first: Filter[object, C], second: Filter[object, C]) -> None:
        self.first = first
        self.second = second

    async def __call__(self, context: C, /) -> tuple[object, object] | None:
        """Ask the first, then the second."""
        if await self.first.matches(context) and await self.second.matches(context):
            return (recall(context, self.first), recall(context, self.second))
        return None


class Either(Filter[object, C]):
    """Two filters of which one must match; the second is not asked when the first does."""

    def __init__(self, first: Filter[object, C], second: Filter[object, C]) -> None:
        self.first = first
        self.second = second

    async def __call__(self, context: C, /) -> object | None:
        """Ask the first, then the second."""
        for one in (self.first, self.second):
            if await one.matches(context):
                return recall(context, one)
        return None


class Inverted(Filter[bool, C]):
    """A filter that must not match."""

    def __init__(self, inner: Filter[object, C]) -> None:
        self.inner = inner

    async def __call__(self, context: C, /) -> bool:
        """Turn the answer round."""
        return not await self.inner.matches(context)


class OwnPredicate(Filter[Found, C]):
    """A function of the author's as a filter; as usual in Python, empty answers mean no."""

    def __init__(self, predicate: Predicate[C]) -> None:
        require_callable(
            predicate, "filter", 'a filter like Text("hi"), or a function of the context'
        )
        require_parameters(predicate, "filter", "context")
        self.predicate = predicate

    async def __call__(self, context: C, /) -> Found | None:
        """Ask the function, and wait for its answer if it is asynchronous."""
        found = self.predicate(context)
        if not isinstance(found, bool) and isawaitable(found):
            found = await found
        return cast("Found", found) if found else None


@overload
def filter_by(predicate: Callable[[C], Awaitable[Found | None]]) -> Filter[Found, C]: ...
@overload
def filter_by(predicate: Callable[[C], Found | None]) -> Filter[Found, C]: ...
def filter_by(predicate: Predicate[C]) -> Filter[object, C]:
    """Make a filter of a function of the context, also as a decorator.

    Decorators take bare functions, too; as a filter it can be joined with others, and the handler
    can ask for what it found.

    Args:
        predicate: Returns something true if the handler is meant; may be asynchronous.
    """
    return OwnPredicate(predicate)


def as_filter(given: Predicate[C]) -> Filter[object, C]:
    """Take a filter as it is, and make one of a function.

    Raises:
        BadBot: It is neither.
    """
    return given if isinstance(given, Filter) else OwnPredicate(given)


async def matches_all(filters: Iterable[Filter[object, C]], context: C) -> bool:
    """Tell whether every filter matches; those after one that does not are not asked."""
    for one in filters:
        if not await one.matches(context):
            return False
    return True


def remember(context: object, matched: Filter[object], found: object) -> None:
    """Let a context keep what a filter found in it."""
    cast("Matchable", context)._matches[id(matched)] = found


def recall(context: object, matched: Filter[object]) -> object:
    """Return what a filter found in a context."""
    return cast("Matchable", context)._matches[id(matched)]


def _any_filter(other: object) -> Filter[object, Any]:
    return as_filter(cast("Predicate[Any]", other))
