"""Filters that look at the chat, at the sender, and at what a message carries."""

from __future__ import annotations

from typing import TYPE_CHECKING, Generic, TypeVar

from vestnik.bot.filters.base import Filter
from vestnik.bot.filters.readable import (
    FromSomebody,
    InChat,
    MessageLike,
    ProblemLike,
    SomebodyLike,
    Stateful,
)
from vestnik.chatmail.types import ChatType, Viewtype
from vestnik.errors import BadBot

if TYPE_CHECKING:
    import msgspec

    from vestnik.bot.states import Entered, State

__all__ = [
    "ChatKind",
    "ErrorIs",
    "FromAdmin",
    "FromContact",
    "HasFile",
    "InDirectChat",
    "InGroup",
    "InNoState",
    "InState",
    "IsReplyToMe",
    "ViewKind",
]

D = TypeVar("D", bound="msgspec.Struct | None")
E = TypeVar("E", bound=Exception)
T = TypeVar("T")


class ChatKind(Filter[ChatType, InChat]):
    """The chat is of one of these types; what is found is its type."""

    def __init__(self, *types: ChatType) -> None:
        self._types = frozenset(_some(types, "ChatKind", "ChatType.GROUP"))

    async def __call__(self, context: InChat, /) -> ChatType | None:
        """Look at the type of the chat."""
        chat_type = await context.chat_type()
        return chat_type if chat_type in self._types else None


class InDirectChat(ChatKind):
    """The chat is with one person only."""

    def __init__(self) -> None:
        super().__init__(ChatType.SINGLE)


class InGroup(ChatKind):
    """The chat is a group."""

    def __init__(self) -> None:
        super().__init__(ChatType.GROUP)


class ViewKind(Filter[Viewtype, MessageLike]):
    """The message is of one of these types; what is found is its type."""

    def __init__(self, *types: Viewtype) -> None:
        self._types = frozenset(_some(types, "ViewKind", "Viewtype.IMAGE"))

    async def __call__(self, context: MessageLike, /) -> Viewtype | None:
        """Look at the type of the message."""
        return context.view_type if context.view_type in self._types else None


class HasFile(Filter[bool, MessageLike]):
    """Something is attached to the message."""

    async def __call__(self, context: MessageLike, /) -> bool:
        """Look for a file."""
        return context.file is not None


class FromAdmin(Filter[bool, FromSomebody]):
    """An admin of the bot does it."""

    async def __call__(self, context: FromSomebody, /) -> bool:
        """Ask the bot for its admins."""
        return await context.is_from_admin()


class FromContact(Filter[SomebodyLike, FromSomebody]):
    """One of these contacts does it, given by number or address; what is found is the contact."""

    def __init__(self, *contacts: int | str) -> None:
        self._contacts = frozenset(
            one.casefold() if isinstance(one, str) else one
            for one in _some(contacts, "FromContact", '"ann@example.org"')
        )

    async def __call__(self, context: FromSomebody, /) -> SomebodyLike | None:
        """Look at the sender."""
        sender = context.sender
        known = sender.id in self._contacts or sender.address.casefold() in self._contacts
        return sender if known else None


class IsReplyToMe(Filter[bool, MessageLike]):
    """The message quotes one of the bot's own."""

    async def __call__(self, context: MessageLike, /) -> bool:
        """Look whose message is quoted."""
        return await context.is_reply_to_me()


class InState(Filter["Entered[D]", Stateful], Generic[D]):
    """The conversation is in this state; what is found are the data that the state carries."""

    def __init__(self, state: State[D]) -> None:
        self._state = state

    async def __call__(self, context: Stateful, /) -> Entered[D] | None:
        """Ask for the state."""
        return await context.state.get(self._state)


class InNoState(Filter[bool, Stateful]):
    """No conversation is going on."""

    async def __call__(self, context: Stateful, /) -> bool:
        """Ask for the name of the state."""
        return await context.state.name() is None


class ErrorIs(Filter[E, ProblemLike], Generic[E]):
    """The error is of one of these types; what is found is the error."""

    def __init__(self, *types: type[E]) -> None:
        self._types = _some(types, "ErrorIs", "ValueError")

    async def __call__(self, context: ProblemLike, /) -> E | None:
        """Look at the type of the error."""
        error = context.error
        return error if isinstance(error, self._types) else None


def _some(given: tuple[T, ...], name: str, example: str) -> tuple[T, ...]:
    """Refuse a filter without a choice: it could never match."""
    if not given:
        raise BadBot(
            f"{name}() without anything to look for never matches: write {name}({example})."
        )
    return given
