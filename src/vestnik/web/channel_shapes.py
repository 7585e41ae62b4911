"""The shapes of what is said over HTTP about the service bot and its chats."""

from __future__ import annotations

import msgspec

from vestnik.bridge.channel.model import ChatView
from vestnik.ids import ChatId
from vestnik.web.asked import Name
from vestnik.web.bot_shapes import Address, Code, Password

__all__ = ["ChatInvitation", "ChatList", "NewServiceBot"]


class NewServiceBot(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The service bot to be: it gets an account by a code, or takes one by its address.

    Attributes:
        name: What people see in Delta Chat.
        code: Such as `dcaccount:nine.testrun.org`, or a `dclogin:` code.
        address: Of an account that is there already; needs `password`.
    """

    name: Name = "Notifications"
    code: Code | None = None
    address: Address | None = None
    password: Password | None = None


class ChatInvitation(msgspec.Struct, frozen=True, kw_only=True):
    """How an owner comes to a chat with the service bot.

    Attributes:
        chat: The chat that it leads to.
        link: To be opened in Delta Chat; it works once.
        svg: The same as a QR code: an image to be put into a page.
        expires: Until when.
    """

    chat: ChatId
    link: str
    svg: str
    expires: int


class ChatList(msgspec.Struct, frozen=True):
    """All chats of an owner with the service bot, those that wait for somebody included."""

    items: list[ChatView]
