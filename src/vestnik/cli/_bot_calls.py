"""What the commands around hosted bots ask a gateway."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NamedTuple

import msgspec
import typer

from vestnik.bridge.model import HostedBot
from vestnik.cli._gateway_client import GatewayClient, gateway_client, path_of
from vestnik.cli._gateway_options import Where
from vestnik.cli.owner import all_owners
from vestnik.errors import BadInput, NotFound
from vestnik.gateway.model import Owner, Resource
from vestnik.ids import OwnerId
from vestnik.web.asked import NewOwner
from vestnik.web.bot_shapes import BotChange, BotList, InviteView, IssuedBotView, NewBot

__all__ = [
    "LOGIN_SECONDS",
    "Added",
    "add_bot",
    "bots_of",
    "change_bot",
    "id_after",
    "invite_of",
    "one_bot",
    "remove_bot",
    "waiting",
]

LOGIN_SECONDS = 300.0
"""A relay may take its time, and the core tries several ways to reach it."""

FIRST_OWNER = "me"
_NO_ID = re.compile(r"[^a-z0-9]+")
_LONGEST = 40


class Added(NamedTuple):
    """A bot that was just added.

    Attributes:
        is_running: Whether there is a gateway that goes on running it.
    """

    issued: IssuedBotView
    is_running: bool


async def add_bot(where: Where, wanted: NewBot) -> Added:
    """Add a bot, and an owner if there is none at all.

    Raises:
        BadInput: There are several owners, and none was named.
    """
    async with gateway_client(where, making=True) as gateway:
        owner = await _owner(gateway, wanted.owner)
        id = wanted.id or await _free_id(gateway, wanted.name)
        whole = msgspec.structs.replace(wanted, owner=owner, id=id)
        with waiting("logging in at the relay"):
            made = await gateway.post(path_of("bots"), whole, IssuedBotView, seconds=LOGIN_SECONDS)
        return Added(made, gateway.is_running)


async def bots_of(where: Where, owner: str | None) -> list[HostedBot]:
    """Return the bots of an owner, or all that one reaches, page by page."""
    async with gateway_client(where) as gateway:
        return await gateway.all_of(path_of("bots"), BotList, owner=owner)


async def one_bot(where: Where, id: str) -> HostedBot:
    """Return a bot."""
    async with gateway_client(where) as gateway:
        return await gateway.get(path_of("bots", id), HostedBot)


async def change_bot(where: Where, id: str, change: BotChange) -> HostedBot:
    """Change a bot."""
    async with gateway_client(where) as gateway:
        return await gateway.patch(path_of("bots", id), change, HostedBot)


async def remove_bot(where: Where, id: str) -> None:
    """Remove a bot."""
    async with gateway_client(where) as gateway:
        await gateway.delete(path_of("bots", id))


async def invite_of(where: Where, id: str) -> InviteView:
    """Return how people get to a bot."""
    async with gateway_client(where) as gateway:
        return await gateway.get(path_of("bots", id, "invite"), InviteView)


def id_after(name: str) -> str:
    """Return an id that a person can type and that looks like a name; it may be empty."""
    return _NO_ID.sub("-", name.lower()).strip("-")[:_LONGEST].strip("-")


async def _owner(gateway: GatewayClient, named: OwnerId | None) -> OwnerId:
    """Return whose the bot is to be; the first owner of all is made."""
    owners = await all_owners(gateway)
    if not owners:
        id = named or FIRST_OWNER
        made = await gateway.post(path_of("owners"), NewOwner(name=id, id=id), Owner)
        typer.echo(f"made the owner {made.id}, as there was none", err=True)
        return made.id
    if named is not None:
        return named
    if len(owners) > 1:
        known = ", ".join(sorted(one.id for one in owners)[:10])
        raise BadInput(f"Say whose the bot is, by --owner: there are several ({known}).")
    return owners[0].id


async def _free_id(gateway: GatewayClient, name: str) -> str | None:
    """Return an id after the name, if nothing has it yet."""
    id = id_after(name)
    if not id:
        return None
    try:
        await gateway.get(path_of("resources", id), Resource)
    except NotFound:
        return id
    return None


@contextmanager
def waiting(what: str) -> Iterator[None]:
    """Show on stderr that something takes its time."""
    if not sys.stderr.isatty():
        typer.echo(f"{what} …", err=True)
        yield
        return
    from rich.console import Console  # only a terminal needs it, and it takes its time to load

    with Console(stderr=True).status(f"{what} …"):
        yield
