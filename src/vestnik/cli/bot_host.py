"""``vestnik bot host``: bots with an account at a gateway, for programs in any language."""

from __future__ import annotations

from typing import Annotated

import typer
from msgspec import UNSET

from vestnik.bridge.model import BotCommand, HostedBot
from vestnik.cli._bot_calls import (
    add_bot,
    bots_of,
    change_bot,
    invite_of,
    one_bot,
    remove_bot,
)
from vestnik.cli._bot_views import cells, print_added, print_invite
from vestnik.cli._gateway_options import (
    DATA,
    AccessToken,
    DataDir,
    GatewayUrl,
    OwnerOption,
    OwnerOrNone,
    Where,
)
from vestnik.cli._gateway_views import print_rows, print_thing
from vestnik.cli._options import AsJson
from vestnik.errors import BadInput
from vestnik.ids import OwnerId
from vestnik.terminal import Password, run
from vestnik.web.bot_shapes import BotChange, NewBot

__all__ = ["app"]

app = typer.Typer(
    help="Host bots at a gateway, for programs in any language.", no_args_is_help=True
)

BotArgument = Annotated[str, typer.Argument(metavar="BOT", help="The bot's id.")]
EventOption = Annotated[
    list[str] | None,
    typer.Option("--event", help="A kind of event to be told of, or default or all; repeatable."),
]
ShowQr = Annotated[
    bool | None,
    typer.Option("--qr/--no-qr", help="Draw it as a QR code, too; by default on a terminal."),
]


@app.command()
def add(
    name: Annotated[str, typer.Argument(help="What people see in Delta Chat.")],
    code: Annotated[
        str | None, typer.Option(help="dcaccount:…, DCACCOUNT:https… or dclogin:…")
    ] = None,
    address: Annotated[str | None, typer.Option(help="Of an account that is there.")] = None,
    password: Password = None,
    owner: Annotated[
        str | None, typer.Option(help="Whose it is, by id; needed if there are several.")
    ] = None,
    id: Annotated[str | None, typer.Option(help="Its id; else one after the name.")] = None,
    event: EventOption = None,
    qr: ShowQr = None,
    as_json: AsJson = False,
    data: DataDir = DATA,
    url: GatewayUrl = None,
    token: AccessToken = None,
) -> None:
    """Add a bot with an account, and print the token for its program, this once."""
    wanted = NewBot(
        name=name,
        owner=None if owner is None else OwnerId(owner),
        id=id,
        code=code,
        address=address,
        # The password of an address may stand in the environment when there is a code.
        password=password if address is not None else None,
        events=event,
    )
    where = Where(data, url, token)
    made = run(add_bot(where, wanted))
    if as_json:
        print_thing(made.issued, as_json=True)
    else:
        print_added(made, where, with_qr=qr)


@app.command("list")
def list_(
    owner: OwnerOrNone = None,
    same: OwnerOption = None,
    as_json: AsJson = False,
    data: DataDir = DATA,
    url: GatewayUrl = None,
    token: AccessToken = None,
) -> None:
    """List the bots."""
    found = run(bots_of(Where(data, url, token), owner or same))
    rows = ((one, cells(one)) for one in found)
    print_rows(rows, as_json=as_json, nothing="There is no bot: `vestnik bot host add NAME`.")


@app.command()
def show(
    id: BotArgument,
    as_json: AsJson = False,
    data: DataDir = DATA,
    url: GatewayUrl = None,
    token: AccessToken = None,
) -> None:
    """Show a bot."""
    print_thing(run(one_bot(Where(data, url, token), id)), as_json=as_json)


@app.command("set")
def set_(
    id: BotArgument,
    name: Annotated[str | None, typer.Option(help="What people see in Delta Chat.")] = None,
    event: EventOption = None,
    command: Annotated[
        list[str] | None,
        typer.Option(
            "--command", help="A line of /help, as '/start Begin anew'; repeatable, '' for none."
        ),
    ] = None,
    as_json: AsJson = False,
    data: DataDir = DATA,
    url: GatewayUrl = None,
    token: AccessToken = None,
) -> None:
    """Change a bot's name, what it is told of, or what /help is answered with."""
    change = BotChange(
        name=UNSET if name is None else name,
        events=UNSET if event is None else event,
        commands=UNSET if command is None else _commands(command),
    )
    changed: HostedBot = run(change_bot(Where(data, url, token), id, change))
    print_thing(changed, as_json=as_json)


@app.command()
def remove(
    id: BotArgument,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    data: DataDir = DATA,
    url: GatewayUrl = None,
    token: AccessToken = None,
) -> None:
    """Remove a bot with its account, its messages, its keys and its tokens."""
    if not yes:
        typer.confirm(f"Remove {id} with its account and all its messages for ever?", abort=True)
    run(remove_bot(Where(data, url, token), id))
    typer.echo(f"removed {id}", err=True)


@app.command()
def invite(
    id: BotArgument,
    qr: ShowQr = None,
    data: DataDir = DATA,
    url: GatewayUrl = None,
    token: AccessToken = None,
) -> None:
    """Print the link that opens a chat with a bot."""
    print_invite(run(invite_of(Where(data, url, token), id)).link, with_qr=qr)


def _commands(lines: list[str]) -> list[BotCommand]:
    return [_command(line) for line in lines if line]


def _command(line: str) -> BotCommand:
    command, _, description = line.strip().partition(" ")
    if not description.strip():
        raise BadInput(f"{line!r} is no line of /help: write it as '/start Begin anew'.")
    return BotCommand(command, description.strip())
