"""The chats in which owners are told what happens, as they are kept and shown."""

from __future__ import annotations

from enum import StrEnum

import msgspec

from vestnik.bridge.channel.choice import Choice
from vestnik.ids import AccountId, ChatId, ContactId, OwnerId

__all__ = [
    "FOREVER",
    "NO_SERVICE_BOT",
    "ChannelChat",
    "ChannelOptions",
    "ChatState",
    "ChatView",
    "Ending",
    "Invitation",
    "ServiceBot",
    "view_of",
]

FOREVER = 253_402_300_799_000
"""A moment that does not come: the end of the year 9999."""


NO_SERVICE_BOT = (
    "There is no service bot yet: the operator makes one with "
    "`vestnik service-bot init --code dcaccount:…`."
)


class ChatState(StrEnum):
    """How far a chat is."""

    WAITING = "waiting"
    """Nobody has come by its code yet."""
    JOINED = "joined"
    """Somebody has come, and is about to be greeted."""
    OPEN = "open"
    """Its owner is told there what happens."""
    ENDING = "ending"
    """It is over; what is left to do is to say so and to leave."""


class Ending(StrEnum):
    """Why a chat ends."""

    STOPPED = "stopped"
    """Somebody in it wanted that."""
    REMOVED = "removed"
    """It was removed at the gateway."""
    OWNER = "owner"
    """Its owner was deleted."""
    EXPIRED = "expired"
    """Nobody came in time."""


class ChannelOptions(msgspec.Struct, frozen=True, kw_only=True):
    """How the service bot works.

    Attributes:
        language: What it speaks where nobody has chosen another language.
        hours: How long an invitation is good.
        most_chats: Chats of one owner, those that wait for somebody included.
        per_minute: How many messages it may send, in all its chats together; ``None`` for relays
            without limits.
        burst: How many of them may follow each other at once.
        drain_seconds: How long what was begun may go on at the end.
    """

    language: str = "en"
    hours: float = 24.0
    most_chats: int = 10
    per_minute: float | None = 60.0
    burst: int = 10
    drain_seconds: float = 5.0


class ChannelChat(msgspec.Struct, frozen=True, kw_only=True):
    """A chat as it is kept.

    Attributes:
        link: The code by which one joins; it works once.
        member: Who came by the code.
        muted_until: Not told before this moment; ``None`` if it is not muted.
        skipped: How many notifications were not told because it was muted.
        epoch: Of which stream `position` is.
        position: Everything up to this offset is done with.
        planned: What is being told now goes up to this offset.
    """

    account: AccountId
    chat: ChatId
    owner: OwnerId
    state: ChatState
    reason: str
    link: str
    created: int
    expires: int
    member: ContactId | None
    choice: Choice
    muted_until: int | None
    skipped: int
    epoch: str
    position: int
    planned: int | None


class Invitation(msgspec.Struct, frozen=True):
    """How an owner comes to a chat.

    Attributes:
        link: To be opened, or scanned as a QR code, in Delta Chat; it works once.
        expires: Until when, in milliseconds since 1970.
        chat: The chat that it leads to.
    """

    link: str
    expires: int
    chat: ChatId


class ChatView(msgspec.Struct, frozen=True, kw_only=True):
    """A chat as it is shown; its code is not.

    Attributes:
        types: Which types are told, as `/types` takes them.
        muted_until: Not told before this moment.
        position: Everything up to this offset was told or passed over.
        waiting: How many notifications wait to be looked at.
    """

    id: ChatId
    owner: OwnerId
    state: ChatState
    types: str
    created: int
    expires: int | None
    muted_until: int | None
    position: int
    waiting: int


class ServiceBot(msgspec.Struct, frozen=True, kw_only=True):
    """The bot of the server's own.

    Attributes:
        account: Its number in the core.
        chats: How many chats it has, those that wait for somebody included.
    """

    account: AccountId
    address: str
    name: str
    chats: int


def view_of(chat: ChannelChat, waiting: int) -> ChatView:
    """Show a chat without its code."""
    return ChatView(
        id=chat.chat,
        owner=chat.owner,
        state=chat.state,
        types=chat.choice.spelled(),
        created=chat.created,
        expires=chat.expires if chat.state is ChatState.WAITING else None,
        muted_until=chat.muted_until,
        position=chat.position,
        waiting=waiting,
    )
