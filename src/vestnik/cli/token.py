"""``vestnik token``: what programs say to a gateway to be let in."""

from __future__ import annotations

from typing import Annotated

import typer

from vestnik.cli._gateway_client import GatewayClient, gateway_client, path_of
from vestnik.cli._gateway_options import (
    DATA,
    AccessToken,
    DataDir,
    GatewayUrl,
    OwnerOrNone,
    Where,
)
from vestnik.cli._gateway_views import moment, print_rows, print_secret, print_thing
from vestnik.cli._options import AsJson
from vestnik.cli.owner import owners_meant
from vestnik.errors import BadInput
from vestnik.gateway.model import Scope
from vestnik.ids import OwnerId, ResourceId
from vestnik.terminal import run
from vestnik.web.asked import NewToken, Nothing
from vestnik.web.shown import IssuedTokenView, TokenList, TokenView

__all__ = ["app"]

app = typer.Typer(
    help="Create, list, regenerate and delete tokens of a gateway.", no_args_is_help=True
)

OPERATOR = "operator"
ALL_OF_THEM = "all"
SAY_WHOSE = "Say whose: the id of an owner, or --operator."
SAY_WHAT_FOR = "Say whose: the id of an owner, or --operator, or for which --resource."

TokenArgument = Annotated[str, typer.Argument(help="The token's id, see `token list`.")]
Operator = Annotated[bool, typer.Option("--operator", help="The operator's, good for all owners.")]


@app.command()
def create(
    owner: Annotated[str | None, typer.Argument(help="Whose, by id; see `owner list`.")] = None,
    operator: Operator = False,
    scope: Annotated[
        list[Scope] | None, typer.Option(help="What it is good for; can be repeated.")
    ] = None,
    label: Annotated[str, typer.Option(help="What you call it.")] = "",
    resource: Annotated[
        str | None, typer.Option(help="Good for this one only, such as a bot, by id.")
    ] = None,
    as_json: AsJson = False,
    data: DataDir = DATA,
    url: GatewayUrl = None,
    token: AccessToken = None,
) -> None:
    """Create a token and print it, this once; without --scope it is good for notify."""
    whose = _whose(owner, operator=operator, resource=resource)
    wanted = NewToken(
        scopes=scope or [Scope.NOTIFY],
        owner=whose,
        resource=None if resource is None else ResourceId(resource),
        label=label,
    )
    issued = run(_create(Where(data, url, token), wanted))
    _print_issued(issued, as_json=as_json)


@app.command("list")
def list_(
    owner: OwnerOrNone = None,
    operator: Operator = False,
    as_json: AsJson = False,
    data: DataDir = DATA,
    url: GatewayUrl = None,
    token: AccessToken = None,
) -> None:
    """List tokens: of all, of an owner, or of the operator; never the tokens themselves."""
    if owner is not None and operator:
        raise BadInput(SAY_WHOSE)
    found = run(_list(Where(data, url, token), owner, only_one=operator or owner is not None))
    rows = ((one, _cells(one)) for one in found)
    print_rows(
        rows, as_json=as_json, nothing="There is no token: `vestnik token create` makes one."
    )


@app.command()
def show(
    id: TokenArgument,
    as_json: AsJson = False,
    data: DataDir = DATA,
    url: GatewayUrl = None,
    token: AccessToken = None,
) -> None:
    """Show what is known of a token; never the token itself."""
    found = run(_get(Where(data, url, token), id))
    print_thing(found, as_json=as_json, if_none={"owner": OPERATOR, "resource": ALL_OF_THEM})


@app.command()
def regenerate(
    id: TokenArgument,
    as_json: AsJson = False,
    data: DataDir = DATA,
    url: GatewayUrl = None,
    token: AccessToken = None,
) -> None:
    """Replace a token by a new one; connections with the old one are dropped."""
    _print_issued(run(_regenerate(Where(data, url, token), id)), as_json=as_json)


@app.command()
def delete(
    id: TokenArgument,
    data: DataDir = DATA,
    url: GatewayUrl = None,
    token: AccessToken = None,
) -> None:
    """Delete a token; connections with it are dropped."""
    run(_delete(Where(data, url, token), id))


async def _create(where: Where, wanted: NewToken) -> IssuedTokenView:
    # An owner has to be there already; the operator is the first in every gateway.
    is_operators = wanted.owner is None and wanted.resource is None
    async with gateway_client(where, making=is_operators) as gateway:
        return await gateway.post(path_of("tokens"), wanted, IssuedTokenView)


async def _list(where: Where, owner: str | None, *, only_one: bool) -> list[TokenView]:
    async with gateway_client(where) as gateway:
        whose = [] if only_one else await owners_meant(gateway, None)
        found = [one for each in (owner, *whose) for one in await _tokens_of(gateway, each)]
        # Without an owner they are the operator's, or those of the owner whose token we show.
        return list({one.id: one for one in found}.values())


async def _tokens_of(gateway: GatewayClient, owner: str | None) -> list[TokenView]:
    return (await gateway.get(path_of("tokens"), TokenList, owner=owner)).items


async def _get(where: Where, id: str) -> TokenView:
    async with gateway_client(where) as gateway:
        return await gateway.get(path_of("tokens", id), TokenView)


async def _regenerate(where: Where, id: str) -> IssuedTokenView:
    async with gateway_client(where) as gateway:
        return await gateway.post(path_of("tokens", id, "regenerate"), Nothing(), IssuedTokenView)


async def _delete(where: Where, id: str) -> None:
    async with gateway_client(where) as gateway:
        await gateway.delete(path_of("tokens", id))
        typer.echo(f"deleted {id}", err=True)


def _whose(owner: str | None, *, operator: bool, resource: str | None) -> OwnerId | None:
    is_said = owner is not None or resource is not None
    if is_said == operator:
        raise BadInput(SAY_WHAT_FOR)
    return OwnerId(owner) if owner is not None else None


def _print_issued(issued: IssuedTokenView, *, as_json: bool) -> None:
    if as_json:
        print_thing(issued, as_json=True)
        return
    scopes = ", ".join(issued.token.scopes)
    print_secret(
        issued.secret,
        f"token {issued.token.id} ({scopes}); keep it, it is not shown again:",
    )


def _cells(token: TokenView) -> dict[str, str]:
    return {
        "id": token.id,
        "owner": token.owner or OPERATOR,
        "resource": token.resource or ALL_OF_THEM,
        "scopes": ",".join(token.scopes),
        "label": token.label,
        "since": moment(token.created),
    }
