"""What the ready filters read: each asks for what it needs, and so its type tells where it fits.

The protocols extend each other in one line, from what every context has to what only a message
has. That is what lets a type checker join two filters: who asks for more contains the other.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

from vestnik.chatmail.types import ChatType, Viewtype
from vestnik.ids import ContactId

if TYPE_CHECKING:
    from vestnik.bot.states import ConversationState

__all__ = [
    "FromSomebody",
    "InChat",
    "Matchable",
    "MessageLike",
    "ProblemLike",
    "SomebodyLike",
    "Stateful",
    "Written",
]


class Matchable(Protocol):
    """A context: keeps what filters found in it."""

    _matches: dict[int, Any]


class ProblemLike(Matchable, Protocol):
    """An error that somebody's handler raised."""

    @property
    def error(self) -> Exception:
        """What was raised."""


class Stateful(Matchable, Protocol):
    """Happens where a conversation may be going on."""

    @property
    def state(self) -> ConversationState:
        """The state of the conversation."""


class InChat(Stateful, Protocol):
    """Happens in a chat."""

    async def chat_type(self) -> ChatType:
        """Tell what sort of chat it is."""


class SomebodyLike(Protocol):
    """A contact."""

    @property
    def id(self) -> ContactId:
        """Its number in the account."""

    @property
    def address(self) -> str:
        """Its mail address."""


class FromSomebody(InChat, Protocol):
    """Is done by somebody in a chat."""

    @property
    def sender(self) -> SomebodyLike:
        """Who did it."""

    async def is_from_admin(self) -> bool:
        """Tell whether an admin of the bot did it."""


class Written(FromSomebody, Protocol):
    """Is written by somebody: a message, new or edited."""

    @property
    def text(self) -> str:
        """What is written in it."""


class MessageLike(Written, Protocol):
    """A message."""

    @property
    def file(self) -> object | None:
        """What is attached."""

    @property
    def view_type(self) -> Viewtype:
        """What it contains."""

    async def is_reply_to_me(self) -> bool:
        """Tell whether it quotes a message of the bot."""
