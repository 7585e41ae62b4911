"""``vestnik webhook``: addresses that get a POST for what happens, and what became of it."""

from __future__ import annotations

from typing import Annotated

import typer
from msgspec import UNSET

from vestnik.cli._gateway_options import (
    DATA,
    AccessToken,
    DataDir,
    GatewayUrl,
    OwnerOption,
    OwnerOrNone,
    Where,
)
from vestnik.cli._gateway_views import print_next, print_rows, print_secret, print_thing
from vestnik.cli._options import AsJson
from vestnik.cli._webhook_calls import (
    add_webhook,
    all_webhooks,
    attempt,
    change_webhook,
    latest_deliveries,
    remove_webhook,
    replace_token,
    show_webhook,
    switch_webhook,
)
from vestnik.cli._webhook_options import (
    BoticordToken,
    Family,
    Header,
    Retries,
    Sign,
    WebhookArgument,
    headers_of,
)
from vestnik.cli._webhook_views import (
    KEEP,
    delivery_cells,
    print_attempt,
    print_issued,
    print_webhook,
    webhook_cells,
)
from vestnik.gateway.model import AddressFamily
from vestnik.ids import OwnerId, ResourceId
from vestnik.terminal import run
from vestnik.web.webhook_shapes import NewWebhook, NewWebhookToken, WebhookPatch

__all__ = ["app"]

app = typer.Typer(
    help="Add, list, change, test and remove webhooks, and look at deliveries.",
    no_args_is_help=True,
)


@app.command()
def add(
    owner: Annotated[str, typer.Argument(help="Whose, by id; see `owner list`.")],
    address: Annotated[str, typer.Argument(metavar="URL", help="Where requests go.")],
    resource: Annotated[str | None, typer.Option(help="Only for this resource.")] = None,
    header: Header = None,
    sign: Sign = None,
    retries: Retries = None,
    family: Family = None,
    boticord_token: BoticordToken = None,
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
        headers=headers_of(header),
        signed=bool(sign),
        family=family or AddressFamily.ANY,
        retries=bool(retries),
    )
    where = Where(data, url, token)
    issued = run(add_webhook(where, wanted))
    if as_json:
        print_thing(issued, as_json=True)
    else:
        print_issued(issued)
        print_next(f"vestnik webhook test {issued.webhook.id}{where.again}")


@app.command("list")
def list_(
    owner: OwnerOrNone = None,
    same: OwnerOption = None,
    as_json: AsJson = False,
    data: DataDir = DATA,
    url: GatewayUrl = None,
    token: AccessToken = None,
) -> None:
    """List the webhooks."""
    found = run(all_webhooks(Where(data, url, token), owner or same))
    rows = ((one, webhook_cells(one)) for one in found)
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
    print_webhook(run(show_webhook(Where(data, url, token), id)), as_json=as_json)


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
        headers=UNSET if header is None else headers_of(header),
        signed=UNSET if sign is None else sign,
        retries=UNSET if retries is None else retries,
        family=UNSET if family is None else family,
    )
    print_issued(run(change_webhook(Where(data, url, token), id, change)))


@app.command("token")
def token_(
    id: WebhookArgument,
    boticord_token: BoticordToken = None,
    as_json: AsJson = False,
    data: DataDir = DATA,
    url: GatewayUrl = None,
    token: AccessToken = None,
) -> None:
    """Replace what goes out as X-Boticord-Token, and print it, this once."""
    wanted = NewWebhookToken(token=boticord_token)
    issued = run(replace_token(Where(data, url, token), id, wanted))
    if as_json:
        print_thing(issued, as_json=True)
    else:
        print_secret(str(issued.token), f"X-Boticord-Token of {id}; {KEEP}")


@app.command()
def enable(
    id: WebhookArgument,
    on: Annotated[bool, typer.Option("--on/--off", help="On, or off.")] = True,
    data: DataDir = DATA,
    url: GatewayUrl = None,
    token: AccessToken = None,
) -> None:
    """Switch a webhook on again, also after it was switched off for failing; or off."""
    run(switch_webhook(Where(data, url, token), id, on=on))
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
    run(remove_webhook(Where(data, url, token), id))
    typer.echo(f"removed {id}", err=True)


@app.command("test")
def send_test(
    id: WebhookArgument,
    as_json: AsJson = False,
    data: DataDir = DATA,
    url: GatewayUrl = None,
    token: AccessToken = None,
) -> None:
    """Send a notification of type 0, and show what came back; exit code 1 if it failed."""
    print_attempt(run(attempt(Where(data, url, token), "webhooks", id, "test")), as_json=as_json)


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
    found = run(latest_deliveries(Where(data, url, token), id, limit))
    rows = ((one, delivery_cells(one)) for one in found)
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
    made = run(attempt(Where(data, url, token), "deliveries", str(delivery), "resend"))
    print_attempt(made, as_json=as_json)
