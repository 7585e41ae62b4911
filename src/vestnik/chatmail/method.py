"""What is known about one method of the core."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Generic, NamedTuple, TypeVar

import msgspec

__all__ = ["Method", "Param"]

T_co = TypeVar("T_co", covariant=True)


class Param(NamedTuple):
    """One positional parameter."""

    name: str
    type: str
    """The Python type, as one would write it."""

    optional: bool = False
    """Whether it may be left out, together with all after it."""

    def __str__(self) -> str:
        return f"{self.name}: {self.type}{' = None' if self.optional else ''}"


@dataclass(frozen=True, eq=False)
class Method(Generic[T_co]):
    """One method of the core; ``await core.call(METHOD, …)`` gives a `T_co`."""

    name: str
    params: tuple[Param, ...]
    result: object
    """The type of the answer, as msgspec understands it."""

    result_text: str
    """The type of the answer, as one would write it."""

    summary: str
    """One sentence; the whole description is the docstring of the method of `CoreMethods`."""

    deprecated: str = ""
    """Why it should not be used any more, in the core's words; empty for most."""

    seconds: float = 60.0
    """How long a call may take unless its caller says otherwise; infinite where it just waits."""

    @cached_property
    def decoder(self) -> msgspec.json.Decoder[T_co]:
        """The decoder of the answer, built at first use: all at once would slow every start."""
        return msgspec.json.Decoder(self.result)

    @property
    def signature(self) -> str:
        """How one would declare it in Python."""
        return f"{self.name}({', '.join(map(str, self.params))}) -> {self.result_text}"
