"""The operations of the REST API that are about hosted bots."""

from __future__ import annotations

from vestnik.bridge.model import HostedBot
from vestnik.gateway import Scope
from vestnik.web import bots, rpc
from vestnik.web.asked import ListQuery, Nothing
from vestnik.web.bot_shapes import (
    BotChange,
    BotList,
    InviteView,
    IssuedBotView,
    NewBot,
    OpenRpc,
    RpcAnswer,
    RpcRequest,
)
from vestnik.web.operations import Operation, operation, raw_operation
from vestnik.web.uploading import UPLOAD

__all__ = ["BOTS", "ORDERS"]

_ORDERS = (Scope.BOT, Scope.CORE)

ORDERS: tuple[Operation, ...] = (
    raw_operation(
        "POST",
        "/rpc",
        rpc.call_methods,
        "Give orders to a bot by JSON-RPC 2.0, one or a batch of them; 204 if none has an id.",
        gives=RpcAnswer | list[RpcAnswer],
        scopes=_ORDERS,
        bodies=(RpcRequest, list[RpcRequest]),
        takes_key=True,
        may_say_nothing=True,
        errors=(404,),
    ),
    raw_operation(
        "GET",
        "/openrpc.json",
        rpc.describe_methods,
        "Describe exactly what the token may call, as an OpenRPC document.",
        gives=OpenRpc,
        scopes=_ORDERS,
        errors=(404, 502),
    ),
    UPLOAD,
)
"""By which a bot's program gives orders."""

BOTS: tuple[Operation, ...] = (
    operation(
        "GET",
        "/bots",
        bots.list_bots,
        "List the hosted bots of an owner; the operator's token without an owner lists all.",
        asks=ListQuery,
        gives=BotList,
        errors=(404, 502),
    ),
    operation(
        "POST",
        "/bots",
        bots.add_bot,
        "Add a bot with an account of its own; its token is shown once, in this answer.",
        asks=NewBot,
        gives=IssuedBotView,
        # An account costs the machine, and its code may name any server to talk to.
        is_operators=True,
        # Whoever does not hear of the token any more could do nothing with the bot.
        is_patient=True,
        status=201,
        errors=(404, 409, 502),
    ),
    operation(
        "GET",
        "/bots/{bot}",
        bots.read_bot,
        "Show a bot.",
        asks=Nothing,
        gives=HostedBot,
        errors=(502,),
    ),
    operation(
        "PATCH",
        "/bots/{bot}",
        bots.change_bot,
        "Change a bot's name, what it is told of, or its commands.",
        asks=BotChange,
        gives=HostedBot,
        errors=(502,),
    ),
    operation(
        "DELETE",
        "/bots/{bot}",
        bots.remove_bot,
        "Remove a bot with its account, its messages, its resource and its tokens.",
        asks=Nothing,
        gives=type(None),
        status=204,
        errors=(502,),
    ),
    operation(
        "GET",
        "/bots/{bot}/invite",
        bots.read_invite,
        "Show the link that opens a chat with a bot, and its QR code.",
        asks=Nothing,
        gives=InviteView,
        errors=(502,),
    ),
)
"""By which bots are added and changed."""
