"""The parameters of a command's handler, read from its signature when it is declared."""

from __future__ import annotations

import functools
import inspect
import typing
from collections.abc import Callable
from dataclasses import dataclass
from types import FunctionType, SimpleNamespace

from vestnik.bot.commands.values import Reading, reading_of
from vestnik.bot.filters.callables import name_callable
from vestnik.errors import BadBot

__all__ = ["Parameter", "read_parameters"]

_BY_POSITION = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)


@dataclass(frozen=True)
class Parameter:
    """One argument that a command takes.

    Attributes:
        name: What it is called.
        reading: How words become its value.
        is_required: Whether the command cannot do without it.
        default: Its value if it is not given.
        takes_rest: Whether it takes everything that is left of the line as one text.
        is_many: Whether it takes any number of words (``*rest``).
    """

    name: str
    reading: Reading
    is_required: bool
    default: object = None
    takes_rest: bool = False
    is_many: bool = False

    @property
    def usage(self) -> str:
        """How it is shown in the usage: ``<a>``, ``[b]``, ``[rest…]``."""
        name = "|".join(self.reading.expected.choices) or self.name
        if self.is_many:
            return f"[{name}…]"
        return f"<{name}>" if self.is_required else f"[{name}]"


def read_parameters(handler: Callable[..., object]) -> tuple[Parameter, ...]:
    """Read what a command takes behind its message.

    Raises:
        BadBot: Words cannot become what a parameter asks for.
    """
    given = list(inspect.signature(handler).parameters.values())
    if not given or given[0].kind not in _BY_POSITION:
        raise BadBot(f"The command {name_callable(handler)} must take the message first.")
    followers = given[1:]
    hints = _hints(handler, [one.name for one in followers])
    return tuple(
        _parameter(handler, one, hints.get(one.name, str), is_last=one is followers[-1])
        for one in followers
    )


def _parameter(
    handler: Callable[..., object], given: inspect.Parameter, hint: object, *, is_last: bool
) -> Parameter:
    is_many = given.kind is inspect.Parameter.VAR_POSITIONAL
    if not is_many and given.kind not in _BY_POSITION:
        raise BadBot(
            f"The command {name_callable(handler)} takes {given.name!r} by keyword only: "
            "arguments come by position, put it before any `*`."
        )
    reading = reading_of(hint)
    if reading is None:
        raise BadBot(
            f"The command {name_callable(handler)} wants {given.name!r} as {_show(hint)}, which no "
            "word can become: use str, int, float, bool, an enum, Literal, a union of them, "
            "or a class with from_argument()."
        )
    has_default = given.default is not inspect.Parameter.empty
    return Parameter(
        given.name,
        reading,
        is_required=not (has_default or is_many or reading.optional),
        default=given.default if has_default else None,
        takes_rest=is_last and reading.takes_text and not is_many,
        is_many=is_many,
    )


def _hints(handler: Callable[..., object], names: list[str]) -> dict[str, object]:
    """Resolve the hints of these parameters; the message's may exist for type checkers only.

    Raises:
        BadBot: A hint means nothing where the handler was written.
    """
    bare = _function_of(handler)
    given = {name: hint for name, hint in bare.__annotations__.items() if name in names}
    try:
        return typing.get_type_hints(SimpleNamespace(__annotations__=given), bare.__globals__)
    except (NameError, TypeError, SyntaxError, AttributeError) as error:
        raise BadBot(
            f"A type hint of the command {name_callable(handler)} cannot be read: {error}; "
            "what it names must be importable where the command stands."
        ) from None


def _function_of(handler: Callable[..., object]) -> FunctionType:
    """Find the function that was written, behind decorators, methods and callable objects."""
    bare: object = inspect.unwrap(handler)
    while isinstance(bare, functools.partial):
        bare = inspect.unwrap(bare.func)
    if not inspect.isroutine(bare):
        bare = inspect.unwrap(type(bare).__call__)
    return typing.cast("FunctionType", getattr(bare, "__func__", bare))


def _show(hint: object) -> str:
    return hint.__name__ if isinstance(hint, type) else str(hint)
