"""How an author declares the states of a conversation, and the data that each of them carries."""

from __future__ import annotations

from typing import Generic, Literal, TypeVar, cast, overload

import msgspec

from vestnik.bot.payloads import require_frozen_struct
from vestnik.errors import BadBot

__all__ = ["State", "States"]

D = TypeVar("D", bound=msgspec.Struct | None)


class States:
    """A group of states, such as the questions of a form.

    A state is remembered by the name of its group and its own: who renames one forgets the
    conversations that are in it. `name` keeps a group's name when the class gets another.

    Args:
        name: What the group is remembered by; by default the name of the class.
        unreadable: What to do when a conversation was remembered with other data than the state
            has now: raise ``UnreadableData``, or forget that the conversation was in the state.
    """

    _group: str
    _unreadable: Literal["error", "reset"]

    def __init_subclass__(
        cls, *, name: str | None = None, unreadable: Literal["error", "reset"] = "error"
    ) -> None:
        super().__init_subclass__()
        cls._group = name or cls.__name__
        cls._unreadable = unreadable


class State(Generic[D]):
    """One state of a group, which carries data of the given type, or none.

    Args:
        data: A frozen struct of the author's.

    Attributes:
        data: The type of the data, if it carries any.

    Raises:
        BadBot: `data` is something else.
    """

    data: type[msgspec.Struct] | None

    @overload
    def __init__(self: State[None]) -> None: ...
    @overload
    def __init__(self, data: type[D]) -> None: ...
    def __init__(self, data: type[D] | None = None) -> None:
        if data is not None:
            require_frozen_struct(data, "A State")
        self.data = cast("type[msgspec.Struct] | None", data)
        self._owner: type[object] = object
        self._attribute = ""

    def __set_name__(self, owner: type[object], attribute: str) -> None:
        self._owner, self._attribute = owner, attribute

    def __repr__(self) -> str:
        return f"State({self._owner.__name__}.{self._attribute})"

    @property
    def name(self) -> str:
        """What it is remembered by: ``Form.age``.

        Raises:
            BadBot: It stands outside of a group.
        """
        return f"{self._states._group}.{self._attribute}"

    @property
    def resets_unreadable(self) -> bool:
        """Whether data that cannot be read any more is forgotten instead of being an error."""
        return self._states._unreadable == "reset"

    @property
    def _states(self) -> type[States]:
        if not issubclass(self._owner, States):
            raise BadBot("A State stands in a class of States: class Form(States): name = State()")
        return self._owner
