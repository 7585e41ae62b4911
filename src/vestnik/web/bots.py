"""Hosted bots over HTTP: added, shown, changed, removed, and how people get to them."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from typing import TYPE_CHECKING

import msgspec
from msgspec import UNSET

from vestnik.bridge.model import BotCommand, HostedBot
from vestnik.ids import ResourceId
from vestnik.web.asked import ListQuery, Nothing
from vestnik.web.bot_shapes import (
    TOKEN_SCOPES,
    BotChange,
    BotList,
    InviteView,
    IssuedBotView,
    NewBot,
)
from vestnik.web.call import Call
from vestnik.web.http import Problem
from vestnik.web.settings import given, part_of
from vestnik.web.shown import token_view

if TYPE_CHECKING:
    from vestnik.chatmail.logins import Login

__all__ = [
    "add_bot",
    "change_bot",
    "commands_of",
    "list_bots",
    "login_of",
    "read_bot",
    "read_invite",
    "remove_bot",
]


async def list_bots(call: Call, asked: ListQuery) -> BotList:
    # One more than is shown, by which is known whether there are more.
    found = await call.hosting.list(
        call.whose(asked.owner), after=asked.after, most=asked.limit + 1
    )
    return BotList(*part_of(found, asked))


async def add_bot(call: Call, asked: NewBot) -> IssuedBotView:
    hosting, owner = call.hosting, call.some_owner(asked.owner)
    id = ResourceId(f"bot_{secrets.token_hex(10)}" if asked.id is None else asked.id)
    bot = await hosting.add(owner, id, asked.name, login_of(asked), asked.events)
    tokens = call.gateway.administration.tokens
    issued = await tokens.create(bot.owner, TOKEN_SCOPES, bot.name, bot.id)
    return IssuedBotView(bot, token_view(issued.token), issued.secret)


async def read_bot(call: Call, asked: Nothing) -> HostedBot:
    return await call.hosting.show(call.bot())


async def change_bot(call: Call, asked: BotChange) -> HostedBot:
    return await call.hosting.change(
        call.bot(),
        name=given(asked.name),
        events=given(asked.events),
        commands=None if asked.commands is UNSET else commands_of(asked.commands),
    )


async def remove_bot(call: Call, asked: Nothing) -> None:
    await call.hosting.remove(call.bot())


async def read_invite(call: Call, asked: Nothing) -> InviteView:
    bot = await call.hosting.show(call.bot())
    if not bot.invite:
        raise Problem(503, "The core does not run just now: ask again in a moment.")
    from vestnik.bot.objects import QrCode  # where there are bots, this is there already

    return InviteView(bot.invite, QrCode(bot.invite).svg())


def commands_of(asked: Sequence[BotCommand]) -> Sequence[BotCommand]:
    """Return commands as they are kept: by the same rules as if the bot's program set them.

    Raises:
        Problem: It cannot be told to people like that.
    """
    from vestnik.bridge.calls import convenience, problems  # who hosts no bots does not pay for it

    try:
        return convenience.commands_of([msgspec.to_builtins(one) for one in asked])
    except problems.Problem as refusal:
        raise Problem(422, refusal.sentence) from None


def login_of(asked: NewBot) -> Login:
    """Return what a new bot logs in with.

    Raises:
        BadAccountCode: It is no code and no address.
        Problem: It is too little or too much.
    """
    from vestnik.chatmail.logins import parse_login  # a gateway without bots does not pay for it

    if (asked.code is None) == (asked.address is None):
        raise Problem(422, "Give an account code, or an address and its password.")
    if (asked.address is None) != (asked.password is None):
        raise Problem(422, "A password goes with an address, and an address with its password.")
    return parse_login(asked.code or asked.address or "", asked.password)
