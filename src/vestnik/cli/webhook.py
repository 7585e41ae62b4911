"""``vestnik webhook``: addresses that get a POST for what happens, and what became of it."""

from __future__ import annotations

from typing import Annotated

import typer
from msgspec import UNSET

from vestnik.cli._gateway_client import GatewayClient, gateway_client, path_of
from vestnik.cli._gateway_options import DATA, AccessToken, DataDir, GatewayUrl, Where
from vestnik.cli._gateway_views import moment, print_rows, print_secret, print_thing, yes
from vestnik.cli._options import AsJson
from vestnik.cli.owner import all_owners
from vestnik.errors import BadInput
from vestnik.gateway.model import AddressFamily, Attempt, AttemptState
from vestnik.ids import OwnerId, ResourceId
from vestnik.terminal import run
from vestnik.web.asked import NewWebhook, Nothing, WebhookPatch
from vestnik.web.shown import AttemptList, IssuedWebhookView, WebhookList, WebhookView

__all__ = ["app"]

app = typer.Typer(
    help="Add, list, change, test and remove webhooks, and look at deliveries.",
    no_args_is_help=True,
)

WebhookArgument = Annotated[str, typer.Argument(help="The webhook's id, see `webhook list`.")]
Header = Annotated[
    list[str] | None,
    typer.Option("--header", help="'Name: value', sent with every request; up to ten."),
]
Sign = Annotated[
    bool | None, typer.Option("--sign/--no-sign", help="Sign requests by Standard Webhooks.")
]
Retries = Annotated[
    bool | None, typer.Option("--retries/--no-retries", help="Try again after a failure.")
]
Family = Annotated[
    AddressFamily | None, typer.Option(help="By which kind of address it is reached.")
]


@app.command()
def add(
    owner: Annotated[str, typer.Argument(help="Whose, by id; see `owner list`.")],
    address: Annotated[str, typer.Argument(metavar="URL", help="Where requests go.")],
    resource: Annotated[str | None, typer.Option(help="Only for this resource.")] = None,
    header: Header = None,
    sign: Sign = None,
    retries: Retries = None,
    family: Family = None,
    boticord_token: Annotated[
        str | None,
        typer.Option(
            envvar="VESTNIK_BOTICORD_TOKEN",
            help="What goes out as X-Boticord-Token; else one is made and printed.",
        ),
    ] = None,
    as_json: AsJson = False,
    data: DataDir = DATA,
    url: GatewayUrl = None,
    token: AccessToken = None,
) -> None:
    """Add a webhook; prints what the receiver needs to check requests."""
    wanted = NewWebhook(
        url=address,
        owner=OwnerId(owner),
        resource=None if resource is None else ResourceId(resource),
        token=boticord_token,
        headers=_headers(header),
        signed=bool(sign),
        family=family or AddressFamily.ANY,
        retries=bool(retries),
    )
    issued = run(_add(Where(data, url, token), wanted))
    if as_json:
        print_thing(issued, as_json=True)
    else:
        _print_issued(issued)


@app.command("list")
def list_(
    owner: Annotated[str | None, typer.Option(help="Only of this owner, by id.")] = None,
    as_json: AsJson = False,
    data: DataDir = DATA,
    url: GatewayUrl = None,
    token: AccessToken = None,
) -> None:
    """List the webhooks."""
    found = run(_list(Where(data, url, token), owner))
    rows = ((one, _cells(one)) for one in found)
    print_rows(rows, as_json=as_json, nothing="There is no webhook: `vestnik webhook add`.")


@app.command()
def show(
    id: WebhookArgument,
    as_json: AsJson = False,
    data: DataDir = DATA,
    url: GatewayUrl = None,
    token: AccessToken = None,
) -> None:
    """Show a webhook, without its secrets."""
    print_thing(run(_show(Where(data, url, token), id)), as_json=as_json)


@app.command("set")
def set_(
    id: WebhookArgument,
    address: Annotated[str | None, typer.Option("--to", help="Where requests go.")] = None,
    header: Header = None,
    sign: Sign = None,
    retries: Retries = None,
    family: Family = None,
    data: DataDir = DATA,
    url: GatewayUrl = None,
    token: AccessToken = None,
) -> None:
    """Change a webhook; headers replace all that it had."""
    change = WebhookPatch(
        url=UNSET if address is None else address,
        headers=UNSET if header is None else _headers(header),
        signed=UNSET if sign is None else sign,
        retries=UNSET if retries is None else retries,
        family=UNSET if family is None else family,
    )
    _print_issued(run(_change(Where(data, url, token), id, change)))


@app.command()
def enable(
    id: WebhookArgument,
    on: Annotated[bool, typer.Option("--on/--off", help="On, or off.")] = True,
    data: DataDir = DATA,
    url: GatewayUrl = None,
    token: AccessToken = None,
) -> None:
    """Switch a webhook on again, also after it was switched off for failing; or off."""
    run(_switch(Where(data, url, token), id, on=on))
    typer.echo(f"{id} is {'on' if on else 'off'}", err=True)


@app.command()
def remove(
    id: WebhookArgument,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    data: DataDir = DATA,
    url: GatewayUrl = None,
    token: AccessToken = None,
) -> None:
    """Remove a webhook with its deliveries."""
    if not yes:
        typer.confirm(f"Remove {id} and its deliveries for ever?", abort=True)
    run(_remove(Where(data, url, token), id))


@app.command("test")
def send_test(
    id: WebhookArgument,
    as_json: AsJson = False,
    data: DataDir = DATA,
    url: GatewayUrl = None,
    token: AccessToken = None,
) -> None:
    """Send a notification of type 0, and show what came back; exit code 1 if it failed."""
    _print_attempt(
        run(_attempt(Where(data, url, token), path_of("webhooks", id, "test"))), as_json=as_json
    )


@app.command()
def deliveries(
    id: WebhookArgument,
    limit: Annotated[int, typer.Option(min=1, max=1000, help="How many.")] = 20,
    as_json: AsJson = False,
    data: DataDir = DATA,
    url: GatewayUrl = None,
    token: AccessToken = None,
) -> None:
    """List the latest deliveries of a webhook, the newest first."""
    found = run(_deliveries(Where(data, url, token), id, limit))
    rows = ((one, _attempt_cells(one)) for one in found)
    print_rows(rows, as_json=as_json, nothing="Nothing was delivered yet.")


@app.command()
def resend(
    delivery: Annotated[int, typer.Argument(help="Its number, see `webhook deliveries`.")],
    as_json: AsJson = False,
    data: DataDir = DATA,
    url: GatewayUrl = None,
    token: AccessToken = None,
) -> None:
    """Send a delivery once more, and show what came back; exit code 1 if it failed."""
    path = path_of("deliveries", str(delivery), "resend")
    _print_attempt(run(_attempt(Where(data, url, token), path)), as_json=as_json)


async def _add(where: Where, wanted: NewWebhook) -> IssuedWebhookView:
    async with gateway_client(where) as gateway:
        return await gateway.post(path_of("webhooks"), wanted, IssuedWebhookView)


async def _list(where: Where, owner: str | None) -> list[WebhookView]:
    async with gateway_client(where) as gateway:
        owners = [owner] if owner else [one.id for one in await all_owners(gateway)]
        return [one for each in owners for one in await _webhooks_of(gateway, each)]


async def _webhooks_of(gateway: GatewayClient, owner: str) -> list[WebhookView]:
    return (await gateway.get(path_of("webhooks"), WebhookList, owner=owner)).items


async def _show(where: Where, id: str) -> WebhookView:
    async with gateway_client(where) as gateway:
        return await gateway.get(path_of("webhooks", id), WebhookView)


async def _change(where: Where, id: str, change: WebhookPatch) -> IssuedWebhookView:
    async with gateway_client(where) as gateway:
        return await gateway.patch(path_of("webhooks", id), change, IssuedWebhookView)


async def _switch(where: Where, id: str, *, on: bool) -> None:
    async with gateway_client(where) as gateway:
        if on:
            await gateway.post(path_of("webhooks", id, "enable"), Nothing(), WebhookView)
        else:
            change = WebhookPatch(enabled=False)
            await gateway.patch(path_of("webhooks", id), change, IssuedWebhookView)


async def _remove(where: Where, id: str) -> None:
    async with gateway_client(where) as gateway:
        await gateway.delete(path_of("webhooks", id))
        typer.echo(f"removed {id}", err=True)


async def _attempt(where: Where, path: str) -> Attempt:
    async with gateway_client(where) as gateway:
        return await gateway.post(path, Nothing(), Attempt)


async def _deliveries(where: Where, id: str, limit: int) -> list[Attempt]:
    async with gateway_client(where) as gateway:
        page = await gateway.get(path_of("webhooks", id, "deliveries"), AttemptList, limit=limit)
        return page.items


def _headers(given: list[str] | None) -> dict[str, str]:
    headers: dict[str, str] = {}
    for header in given or ():
        name, colon, value = header.partition(":")
        if not colon or not name.strip():
            # Not the header itself: it may be a secret.
            raise BadInput("A --header is written as 'Name: value'.")
        headers[name.strip()] = value.strip()
    return headers


def _print_issued(issued: IssuedWebhookView) -> None:
    print_thing(issued.webhook, as_json=False)
    if issued.token is not None:
        print_secret(f"X-Boticord-Token\t{issued.token}", "keep this, it is not shown again:")
    if issued.signing_secret is not None:
        print_secret(
            f"signing secret\t{issued.signing_secret}", "keep this, it is not shown again:"
        )


def _print_attempt(attempt: Attempt, *, as_json: bool) -> None:
    print_thing(attempt, as_json=as_json)
    raise typer.Exit(0 if attempt.state is AttemptState.DELIVERED else 1)


def _cells(webhook: WebhookView) -> dict[str, str]:
    return {
        "id": webhook.id,
        "owner": webhook.owner,
        "resource": webhook.resource or "all",
        "url": webhook.url,
        "on": yes(webhook.enabled),
        "signed": yes(webhook.signed),
        "retries": yes(webhook.retries),
        "failing since": moment(webhook.failing_since),
    }


def _attempt_cells(attempt: Attempt) -> dict[str, str]:
    took = "-" if attempt.milliseconds is None else f"{attempt.milliseconds:.0f}"
    return {
        "id": str(attempt.id),
        "when": moment(attempt.begun or attempt.planned),
        "kind": attempt.kind.value,
        "state": attempt.state.value,
        "status": str(attempt.status or "-"),
        "ms": took,
        "answer": attempt.error or attempt.excerpt,
    }
