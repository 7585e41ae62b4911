"""``vestnik owner invite``: an owner's way to a chat with the service bot."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from vestnik.cli._gateway_client import gateway_client, path_of
from vestnik.cli._gateway_options import DATA, AccessToken, DataDir, GatewayUrl, Where
from vestnik.cli._gateway_views import moment, print_thing
from vestnik.cli._options import AsJson
from vestnik.terminal import run
from vestnik.web.asked import Nothing
from vestnik.web.channel_shapes import ChatInvitation

__all__ = ["invite"]


def invite(
    owner: Annotated[str, typer.Argument(help="The owner's id, see `owner list`.")],
    qr: Annotated[
        bool | None, typer.Option("--qr/--no-qr", help="Draw the code; by default on a terminal.")
    ] = None,
    as_json: AsJson = False,
    data: DataDir = DATA,
    url: GatewayUrl = None,
    token: AccessToken = None,
) -> None:
    """Print a link, good once, to a chat in which the owner is told what happens."""
    made = run(_invite(Where(data, url, token), owner))
    if as_json:
        print_thing(made, as_json=True)
        return
    if qr if qr is not None else sys.stdout.isatty():
        from vestnik.bot.objects import QrCode  # only who wants a picture loads it

        typer.echo(QrCode(made.link).terminal())
    typer.echo(made.link)
    typer.echo(
        f"open it or scan it in Delta Chat until {moment(made.expires)}; it works once, and while "
        "`vestnik serve` runs",
        err=True,
    )


async def _invite(where: Where, owner: str) -> ChatInvitation:
    async with gateway_client(where) as gateway:
        return await gateway.post(path_of("owners", owner, "chats"), Nothing(), ChatInvitation)
