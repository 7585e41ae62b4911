"""The operations of the REST API that are about the service bot and its chats."""

from __future__ import annotations

from vestnik.bridge.channel.model import ServiceBot
from vestnik.web import channel
from vestnik.web.asked import Nothing
from vestnik.web.channel_shapes import ChatInvitation, ChatList, NewServiceBot
from vestnik.web.operations import Operation, operation

__all__ = ["CHANNEL"]

CHANNEL: tuple[Operation, ...] = (
    operation(
        "POST",
        "/owners/{owner}/chats",
        channel.invite_owner,
        "Invite an owner to a chat with the service bot; the code works once, for a day.",
        asks=Nothing,
        gives=ChatInvitation,
        status=201,
        errors=(502,),
    ),
    operation(
        "GET",
        "/owners/{owner}/chats",
        channel.list_chats,
        "List the chats in which an owner is told.",
        asks=Nothing,
        gives=ChatList,
        errors=(502,),
    ),
    operation(
        "DELETE",
        "/owners/{owner}/chats/{chat}",
        channel.remove_chat,
        "End a chat: the service bot says so there, and leaves.",
        asks=Nothing,
        gives=type(None),
        status=204,
        errors=(502,),
    ),
    operation(
        "POST",
        "/service-bot",
        channel.make_service_bot,
        "Make the service bot with an account of its own.",
        asks=NewServiceBot,
        gives=ServiceBot,
        is_operators=True,
        # As with other bots: who does not wait for the login wants none.
        is_patient=True,
        status=201,
        errors=(404, 409, 502),
    ),
    operation(
        "GET",
        "/service-bot",
        channel.read_service_bot,
        "Show the service bot.",
        asks=Nothing,
        gives=ServiceBot,
        is_operators=True,
        errors=(404, 502),
    ),
    operation(
        "DELETE",
        "/service-bot",
        channel.remove_service_bot,
        "Remove the service bot with its account; nobody is told in its chats any more.",
        asks=Nothing,
        gives=type(None),
        is_operators=True,
        status=204,
        errors=(404, 502),
    ),
)
"""By which owners get to chats with the service bot."""
