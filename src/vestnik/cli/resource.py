"""``vestnik resource``: the bots, and whatever else notifications of a gateway are about."""

from __future__ import annotations

import shlex
from typing import Annotated

import typer
from msgspec import UNSET

from vestnik.cli._gateway_client import GatewayClient, gateway_client, path_of
from vestnik.cli._gateway_options import (
    DATA,
    AccessToken,
    DataDir,
    GatewayUrl,
    OwnerOption,
    OwnerOrNone,
    Where,
)
from vestnik.cli._gateway_views import moment, print_next, print_rows, print_thing, yes
from vestnik.cli._options import AsJson
from vestnik.cli.owner import owners_meant
from vestnik.gateway.model import Resource
from vestnik.ids import OwnerId
from vestnik.terminal import run
from vestnik.web.asked import NewResource, ResourceChange
from vestnik.web.shown import ResourceList

__all__ = ["app"]

app = typer.Typer(help="Add, list, change and remove resources (bots).", no_args_is_help=True)

ResourceArgument = Annotated[str, typer.Argument(help="The resource's id, such as a bot's.")]


@app.command()
def add(
    id: ResourceArgument,
    owner: Annotated[str, typer.Option(help="Whose it is, by id; see `owner list`.")],
    name: Annotated[str | None, typer.Option(help="What people call it; else the id.")] = None,
    notify: Annotated[bool, typer.Option(help="Whether the owner is told about it.")] = True,
    as_json: AsJson = False,
    data: DataDir = DATA,
    url: GatewayUrl = None,
    token: AccessToken = None,
) -> None:
    """Add a resource, and print the id."""
    wanted = NewResource(name=name or id, owner=OwnerId(owner), id=id, notify=notify)
    where = Where(data, url, token)
    made = run(_post(where, wanted))
    if as_json:
        print_thing(made, as_json=True)
    else:
        typer.echo(made.id)
        print_next(f"vestnik publish {shlex.quote(made.id)} up_added{where.again}")


@app.command("list")
def list_(
    owner: OwnerOrNone = None,
    same: OwnerOption = None,
    as_json: AsJson = False,
    data: DataDir = DATA,
    url: GatewayUrl = None,
    token: AccessToken = None,
) -> None:
    """List the resources."""
    found = run(_list(Where(data, url, token), owner or same))
    rows = ((one, _cells(one)) for one in found)
    print_rows(rows, as_json=as_json, nothing="There is no resource: `vestnik resource add ID`.")


@app.command()
def show(
    id: ResourceArgument,
    as_json: AsJson = False,
    data: DataDir = DATA,
    url: GatewayUrl = None,
    token: AccessToken = None,
) -> None:
    """Show a resource."""
    print_thing(run(_get(Where(data, url, token), id)), as_json=as_json)


@app.command("set")
def set_(
    id: ResourceArgument,
    name: Annotated[str | None, typer.Option(help="What people call it.")] = None,
    notify: Annotated[
        bool | None, typer.Option("--notify/--no-notify", help="Whether its owner is told.")
    ] = None,
    data: DataDir = DATA,
    url: GatewayUrl = None,
    token: AccessToken = None,
) -> None:
    """Change the name of a resource, or switch its notifications on or off."""
    change = ResourceChange(
        name=UNSET if name is None else name, notify=UNSET if notify is None else notify
    )
    print_thing(run(_patch(Where(data, url, token), id, change)), as_json=False)


@app.command()
def remove(
    id: ResourceArgument,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    data: DataDir = DATA,
    url: GatewayUrl = None,
    token: AccessToken = None,
) -> None:
    """Remove a resource, with the tokens and webhooks that are only for it."""
    if not yes:
        typer.confirm(f"Remove {id} with its tokens and webhooks for ever?", abort=True)
    run(_remove(Where(data, url, token), id))


async def _post(where: Where, wanted: NewResource) -> Resource:
    async with gateway_client(where) as gateway:
        return await gateway.post(path_of("resources"), wanted, Resource)


async def _list(where: Where, owner: str | None) -> list[Resource]:
    async with gateway_client(where) as gateway:
        owners = await owners_meant(gateway, owner)
        return [one for each in owners for one in await _resources_of(gateway, each)]


async def _resources_of(gateway: GatewayClient, owner: str) -> list[Resource]:
    return await gateway.all_of(path_of("resources"), ResourceList, owner=owner)


async def _get(where: Where, id: str) -> Resource:
    async with gateway_client(where) as gateway:
        return await gateway.get(path_of("resources", id), Resource)


async def _patch(where: Where, id: str, change: ResourceChange) -> Resource:
    async with gateway_client(where) as gateway:
        return await gateway.patch(path_of("resources", id), change, Resource)


async def _remove(where: Where, id: str) -> None:
    async with gateway_client(where) as gateway:
        await gateway.delete(path_of("resources", id))
        typer.echo(f"removed {id}", err=True)


def _cells(resource: Resource) -> dict[str, str]:
    return {
        "id": resource.id,
        "name": resource.name,
        "owner": resource.owner,
        "notify": yes(resource.notify),
        "since": moment(resource.created),
    }
