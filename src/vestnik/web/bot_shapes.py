"""The shapes of what is said over HTTP about hosted bots, and to them."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec
from msgspec import UNSET, Meta, UnsetType

from vestnik.bridge.model import BotCommand, HostedBot
from vestnik.gateway import Scope
from vestnik.ids import OwnerId
from vestnik.web.asked import Id, Name
from vestnik.web.shown import TokenView

__all__ = [
    "TOKEN_SCOPES",
    "BotChange",
    "BotList",
    "InviteView",
    "IssuedBotView",
    "NewBot",
    "OpenRpc",
    "RpcAnswer",
    "RpcError",
    "RpcRequest",
]

TOKEN_SCOPES = (Scope.NOTIFY, Scope.BOT)
"""What the token of a new bot is good for."""

Events = Annotated[
    list[Annotated[str, Meta(min_length=1, max_length=64)]],
    Meta(max_length=200, description="Kinds of the core's events, or `default` or `all`."),
]
Commands = Annotated[list[BotCommand], Meta(max_length=100)]
Code = Annotated[str, Meta(min_length=1, max_length=4096)]
Address = Annotated[str, Meta(min_length=3, max_length=320)]
Password = Annotated[str, Meta(min_length=1, max_length=1024)]


class NewBot(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A bot to be: it gets an account by a code, or takes one by its address and password.

    Attributes:
        name: What people see in Delta Chat.
        owner: Who is told about it.
        id: Of the resource that stands for it; one is made if none is given.
        code: Such as `dcaccount:nine.testrun.org`, or a `dclogin:` code.
        address: Of an account that is there already; needs `password`.
        events: What it is told of; what a bot cares about, if left out.
    """

    name: Name
    owner: OwnerId | None = None
    id: Id | None = None
    code: Code | None = None
    address: Address | None = None
    password: Password | None = None
    events: Events | None = None


class BotChange(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is to be another way; what is left out stays.

    Attributes:
        events: What it is told of, all of it.
        commands: What `/help` is answered with, all of it; none leaves `/help` to the bot.
    """

    name: Name | UnsetType = UNSET
    events: Events | UnsetType = UNSET
    commands: Commands | UnsetType = UNSET


class BotList(msgspec.Struct, frozen=True):
    """Some hosted bots; `next` is what to ask after for more."""

    items: list[HostedBot]
    next: str | None


class IssuedBotView(msgspec.Struct, frozen=True):
    """A bot right after it was made, and the token for its program.

    Attributes:
        token: What is known of the token: good for this bot only, with `notify` and `bot`.
        secret: The token itself, which is never shown again.
    """

    bot: HostedBot
    token: TokenView
    secret: str


class InviteView(msgspec.Struct, frozen=True):
    """How people get to a bot.

    Attributes:
        link: Opens a chat with it in Delta Chat.
        svg: The same as a QR code: an image to be put into a page.
    """

    link: str
    svg: str


class RpcRequest(msgspec.Struct, frozen=True, kw_only=True):
    """An order by JSON-RPC 2.0; several of them in an array are a batch.

    Attributes:
        jsonrpc: Always `2.0`, as text.
        method: One of those in `openrpc.json`.
        params: By name, or by position as the core takes them.
        id: Comes back in the answer; without one there is none.
        key: The same order with the same key, within 30 days, is not done again.
    """

    jsonrpc: Literal["2.0"]
    method: str
    params: dict[str, msgspec.Raw] | list[msgspec.Raw] | UnsetType = UNSET
    id: str | int | UnsetType | None = UNSET
    key: str | UnsetType = UNSET


class RpcAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """What came of an order: `result`, or `error` with a code and a sentence.

    Attributes:
        jsonrpc: Always `2.0`, as text.
        id: That of the order; null if it could not be read.
        result: What the method gives.
        error: What went wrong; the status is 200 all the same.
    """

    jsonrpc: Literal["2.0"]
    id: str | int | float | None
    result: msgspec.Raw | UnsetType = UNSET
    error: RpcError | UnsetType = UNSET


class RpcError(msgspec.Struct, frozen=True, kw_only=True):
    """Why an order was not carried out: a number for programs, a sentence for people."""

    code: int
    message: str
    data: msgspec.Raw | UnsetType = UNSET


class OpenRpc(msgspec.Struct, frozen=True):
    """An OpenRPC document; its own specification says what is in it."""

    openrpc: str
    methods: list[msgspec.Raw]
