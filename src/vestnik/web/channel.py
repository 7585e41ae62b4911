"""The service bot over HTTP: made, shown, removed, and the chats in which it tells owners."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vestnik.bridge.channel.model import NO_SERVICE_BOT, ServiceBot
from vestnik.errors import NotFound
from vestnik.ids import ChatId
from vestnik.web.asked import Nothing
from vestnik.web.bot_shapes import NewBot
from vestnik.web.bots import login_of
from vestnik.web.call import Call
from vestnik.web.channel_shapes import ChatInvitation, ChatList, NewServiceBot

if TYPE_CHECKING:
    from vestnik.web.hosting import Channels

__all__ = [
    "invite_owner",
    "list_chats",
    "make_service_bot",
    "read_service_bot",
    "remove_chat",
    "remove_service_bot",
]

_MOST_DIGITS = 10


async def invite_owner(call: Call, asked: Nothing) -> ChatInvitation:
    owner = call.owner().id
    made = await (await _channel(call)).invite(owner)
    from vestnik.bot.objects import QrCode  # where there is a channel, this is there already

    svg = QrCode(made.link).svg()
    return ChatInvitation(chat=made.chat, link=made.link, svg=svg, expires=made.expires)


async def list_chats(call: Call, asked: Nothing) -> ChatList:
    owner = call.owner().id
    channel = await call.hosting.channel()
    return ChatList([] if channel is None else [*await channel.chats(owner)])


async def remove_chat(call: Call, asked: Nothing) -> None:
    owner, chat = call.owner().id, _chat(call)
    await (await _channel(call)).remove(owner, chat)


async def make_service_bot(call: Call, asked: NewServiceBot) -> ServiceBot:
    login = login_of(
        NewBot(name=asked.name, code=asked.code, address=asked.address, password=asked.password)
    )
    return await (await call.hosting.started_channel()).set_up(login, asked.name)


async def read_service_bot(call: Call, asked: Nothing) -> ServiceBot:
    return await (await _channel(call)).show()


async def remove_service_bot(call: Call, asked: Nothing) -> None:
    await (await _channel(call)).tear_down()


async def _channel(call: Call) -> Channels:
    """Return who tells owners, without starting a core where there is no account."""
    channel = await call.hosting.channel()
    if channel is None:
        raise NotFound(NO_SERVICE_BOT)
    return channel


def _chat(call: Call) -> ChatId:
    text = call.path["chat"]
    if not (text.isascii() and text.isdigit() and len(text) <= _MOST_DIGITS):
        raise NotFound(f"There is no chat {text!r}.")
    return ChatId(int(text))
