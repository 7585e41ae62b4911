"""What an author hands over is checked when it is declared, and named by its file and line."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable

from vestnik.errors import BadBot

__all__ = ["is_async", "name_callable", "require_callable", "require_parameters"]


def name_callable(given: object) -> str:
    """Name what an author wrote, with the place where it stands: ``echo (bot.py:5)``."""
    bare = _bare(given)
    name = getattr(bare, "__qualname__", None) or repr(given)
    code = getattr(bare, "__code__", None)
    if code is None:
        return str(name)
    return f"{name} ({code.co_filename}:{code.co_firstlineno})"


def is_async(given: object) -> bool:
    """Tell whether calling it gives something to await."""
    bare = given.func if isinstance(given, functools.partial) else given
    if inspect.iscoroutinefunction(bare):
        return True
    if inspect.isroutine(bare) or isinstance(bare, type):
        return False
    return inspect.iscoroutinefunction(getattr(bare, "__call__", None))  # noqa: B004


def require_callable(given: object, role: str, example: str) -> None:
    """Refuse what cannot be called, and classes that somebody forgot to call.

    Raises:
        BadBot: It is neither a function nor an object that acts like one.
    """
    if isinstance(given, type):
        raise BadBot(f"{given.__name__} as {role} lacks its brackets: write {given.__name__}(…).")
    if not callable(given):
        raise BadBot(f"{given!r} is no {role}: give {example}.")


def require_parameters(given: Callable[..., object], role: str, *names: str) -> None:
    """Refuse what cannot be called with exactly these positional arguments.

    Raises:
        BadBot: It takes fewer, more, or others.
    """
    signature = _signature(given)
    if signature is None:
        return
    try:
        signature.bind(*names)
    except TypeError:
        raise BadBot(
            f"The {role} {name_callable(given)} is called with ({', '.join(names)}), "
            f"but it takes {signature}."
        ) from None


def _signature(given: Callable[..., object]) -> inspect.Signature | None:
    """Read the signature; some built-in functions have none to read."""
    try:
        return inspect.signature(given)
    except ValueError:
        return None


def _bare(given: object) -> object:
    while isinstance(given, functools.partial):
        given = given.func
    if inspect.isroutine(given):
        return inspect.unwrap(given)
    return type(given)
