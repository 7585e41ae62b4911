"""``vestnik owner``: who has bots at a gateway and is told about them."""

from __future__ import annotations

import contextlib
import re
from typing import Annotated

import msgspec
import typer
from msgspec import UNSET

from vestnik.cli._gateway_client import GatewayClient, gateway_client, path_of
from vestnik.cli._gateway_options import DATA, AccessToken, DataDir, GatewayUrl, Where
from vestnik.cli._gateway_views import moment, print_rows, print_thing
from vestnik.cli._options import AsJson
from vestnik.cli.owner_invite import invite
from vestnik.errors import Taken
from vestnik.gateway.model import Owner
from vestnik.terminal import run
from vestnik.web.asked import NewOwner, OwnerChange
from vestnik.web.shown import MeView, OwnerList
from vestnik.wire import Dialect

__all__ = ["app"]

app = typer.Typer(
    help="Add, list, change and remove owners of a gateway, and invite them to be told.",
    no_args_is_help=True,
)

OwnerArgument = Annotated[str, typer.Argument(help="The owner's id, see `owner list`.")]
TYPEABLE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,127}")
"""Names that are ids, too, and that no shell takes for something else."""


@app.command()
def add(
    name: Annotated[str, typer.Argument(help="What people call the owner.")],
    id: Annotated[
        str | None,
        typer.Option(help="An id of your choice; else the name if that can be one, or a new one."),
    ] = None,
    dialect: Annotated[
        Dialect, typer.Option(help="named for clients that were published for BotiCord.")
    ] = Dialect.NUMERIC,
    as_json: AsJson = False,
    data: DataDir = DATA,
    url: GatewayUrl = None,
    token: AccessToken = None,
) -> None:
    """Add an owner, and print the id."""
    wanted = NewOwner(name=name, id=id, dialect=dialect)
    owner = run(_post(Where(data, url, token), wanted))
    if as_json:
        print_thing(owner, as_json=True)
    else:
        typer.echo(owner.id)


@app.command("list")
def list_(
    as_json: AsJson = False,
    data: DataDir = DATA,
    url: GatewayUrl = None,
    token: AccessToken = None,
) -> None:
    """List the owners."""
    owners = run(_all(Where(data, url, token)))
    rows = ((one, _cells(one)) for one in owners)
    print_rows(rows, as_json=as_json, nothing="There is no owner yet: `vestnik owner add NAME`.")


@app.command()
def show(
    owner: OwnerArgument,
    as_json: AsJson = False,
    data: DataDir = DATA,
    url: GatewayUrl = None,
    token: AccessToken = None,
) -> None:
    """Show an owner."""
    print_thing(run(_get(Where(data, url, token), owner)), as_json=as_json)


@app.command("set")
def set_(
    owner: OwnerArgument,
    name: Annotated[str | None, typer.Option(help="What people call the owner.")] = None,
    dialect: Annotated[Dialect | None, typer.Option(help="How notifications are spelled.")] = None,
    data: DataDir = DATA,
    url: GatewayUrl = None,
    token: AccessToken = None,
) -> None:
    """Change the name or the dialect of an owner."""
    change = OwnerChange(
        name=UNSET if name is None else name, dialect=UNSET if dialect is None else dialect
    )
    print_thing(run(_patch(Where(data, url, token), owner, change)), as_json=False)


@app.command()
def remove(
    owner: OwnerArgument,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    data: DataDir = DATA,
    url: GatewayUrl = None,
    token: AccessToken = None,
) -> None:
    """Remove an owner with all resources, tokens, webhooks and notifications."""
    run(_remove(Where(data, url, token), owner, sure=yes))


app.command()(invite)


async def _post(where: Where, wanted: NewOwner) -> Owner:
    async with gateway_client(where, making=True) as gateway:
        if wanted.id is None and TYPEABLE.fullmatch(wanted.name):
            with contextlib.suppress(Taken):
                named = msgspec.structs.replace(wanted, id=wanted.name)
                return await gateway.post(path_of("owners"), named, Owner)
        return await gateway.post(path_of("owners"), wanted, Owner)


async def _all(where: Where) -> list[Owner]:
    async with gateway_client(where) as gateway:
        return await all_owners(gateway)


async def all_owners(gateway: GatewayClient) -> list[Owner]:
    """Return all owners, page by page."""
    return await gateway.all_of(path_of("owners"), OwnerList)


async def owners_meant(gateway: GatewayClient, owner: str | None) -> list[str]:
    """Return whose things are meant: of the one who was named, or of all that one reaches."""
    if owner:
        return [owner]
    me = await gateway.get(path_of("me"), MeView)
    return [me.owner.id] if me.owner else [one.id for one in await all_owners(gateway)]


async def _get(where: Where, owner: str) -> Owner:
    async with gateway_client(where) as gateway:
        return await gateway.get(path_of("owners", owner), Owner)


async def _patch(where: Where, owner: str, change: OwnerChange) -> Owner:
    async with gateway_client(where) as gateway:
        return await gateway.patch(path_of("owners", owner), change, Owner)


async def _remove(where: Where, id: str, *, sure: bool) -> None:
    async with gateway_client(where) as gateway:
        owner = await gateway.get(path_of("owners", id), Owner)
        if not sure:
            typer.confirm(f"Remove {owner.name} ({owner.id}) and all of it for ever?", abort=True)
        await gateway.delete(path_of("owners", id))
        typer.echo(f"removed {owner.id}", err=True)


def _cells(owner: Owner) -> dict[str, str]:
    return {
        "id": owner.id,
        "name": owner.name,
        "dialect": owner.dialect.value,
        "since": moment(owner.created),
    }
