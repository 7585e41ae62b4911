"""How hosted bots are printed."""

from __future__ import annotations

import sys

import typer

from vestnik.bridge.model import HostedBot
from vestnik.cli._bot_calls import Added
from vestnik.cli._gateway_options import Where
from vestnik.cli._gateway_views import one_line, print_next, print_secret

__all__ = ["cells", "print_added", "print_invite"]


def print_added(made: Added, where: Where, *, with_qr: bool | None) -> None:
    """Print the token of a new bot alone on stdout, and on stderr what a person wants to know."""
    bot, token = made.issued.bot, made.issued.token
    typer.echo(f"{one_line(bot.id)} of {one_line(bot.owner)} is {one_line(bot.address)}", err=True)
    if bot.invite:
        typer.echo("people write to it by this link:", err=True)
        print_invite(bot.invite, with_qr=with_qr, err=True)
    print_secret(
        made.issued.secret,
        f"token {token.id} for its program ({', '.join(token.scopes)}); "
        "keep it, it is not shown again:",
    )
    if made.is_running:
        print_next(f"VESTNIK_TOKEN=… vestnik listen{where.again}")
    else:
        print_next(f"vestnik serve{where.again}")


def print_invite(link: str, *, with_qr: bool | None, err: bool = False) -> None:
    """Print how people get to a bot.

    Args:
        with_qr: ``None`` draws it on a terminal only.
    """
    stream = sys.stderr if err else sys.stdout
    if stream.isatty() if with_qr is None else with_qr:
        from vestnik.bot.objects import QrCode  # it takes its time to load

        typer.echo(QrCode(link).terminal(), err=err)
    typer.echo(link, err=err)


def cells(bot: HostedBot) -> dict[str, str]:
    """Return a line of the list."""
    return {
        "id": bot.id,
        "name": bot.name,
        "address": bot.address,
        "owner": bot.owner,
        "state": bot.state.value,
    }
