"""``vestnik service-bot``: the bot that tells owners what happens, in Delta Chat."""

from __future__ import annotations

from typing import Annotated

import typer

from vestnik.bridge.channel.model import ServiceBot
from vestnik.cli._bot_calls import LOGIN_SECONDS, waiting
from vestnik.cli._gateway_client import gateway_client, path_of
from vestnik.cli._gateway_options import DATA, AccessToken, DataDir, GatewayUrl, Where
from vestnik.cli._gateway_views import print_next, print_thing
from vestnik.cli._options import AsJson
from vestnik.terminal import run
from vestnik.web.channel_shapes import NewServiceBot

__all__ = ["app"]

app = typer.Typer(
    help="Make, show and remove the bot that tells owners in Delta Chat.", no_args_is_help=True
)

PATH = path_of("service-bot")


@app.command()
def init(
    code: Annotated[
        str | None, typer.Option(help="An account code, such as dcaccount:nine.testrun.org.")
    ] = None,
    address: Annotated[
        str | None, typer.Option(help="Instead of a code: the address of an account.")
    ] = None,
    password: Annotated[
        str | None,
        typer.Option(help="Its password.", envvar="VESTNIK_PASSWORD", show_envvar=True),
    ] = None,
    name: Annotated[str, typer.Option(help="What people see.")] = "Notifications",
    as_json: AsJson = False,
    data: DataDir = DATA,
    url: GatewayUrl = None,
    token: AccessToken = None,
) -> None:
    """Make the service bot with an account of its own."""
    wanted = NewServiceBot(name=name, code=code, address=address, password=password)
    print_thing(run(_make(Where(data, url, token), wanted)), as_json=as_json)
    if not as_json:
        print_next("vestnik owner invite OWNER")


@app.command()
def show(
    as_json: AsJson = False,
    data: DataDir = DATA,
    url: GatewayUrl = None,
    token: AccessToken = None,
) -> None:
    """Show the service bot."""
    print_thing(run(_show(Where(data, url, token))), as_json=as_json)


@app.command()
def remove(
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    data: DataDir = DATA,
    url: GatewayUrl = None,
    token: AccessToken = None,
) -> None:
    """Remove the service bot with its account; nobody is told in its chats any more."""
    if not yes:
        typer.confirm("Remove the service bot and all of its chats for ever?", abort=True)
    run(_remove(Where(data, url, token)))


async def _make(where: Where, wanted: NewServiceBot) -> ServiceBot:
    async with gateway_client(where) as gateway:
        with waiting("logging in at the relay"):
            return await gateway.post(PATH, wanted, ServiceBot, seconds=LOGIN_SECONDS)


async def _show(where: Where) -> ServiceBot:
    async with gateway_client(where) as gateway:
        return await gateway.get(PATH, ServiceBot)


async def _remove(where: Where) -> None:
    async with gateway_client(where) as gateway:
        await gateway.delete(PATH)
        typer.echo("removed the service bot", err=True)
