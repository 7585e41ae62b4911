"""How webhooks and their deliveries are printed."""

from __future__ import annotations

import unicodedata

import typer

from vestnik.cli._gateway_views import moment, one_line, print_secret, print_thing, yes
from vestnik.gateway.model import Attempt, AttemptState
from vestnik.web.webhook_shapes import IssuedWebhookView, WebhookView

__all__ = [
    "KEEP",
    "delivery_cells",
    "print_attempt",
    "print_issued",
    "print_webhook",
    "webhook_cells",
]

KEEP = "keep this, it is not shown again:"
ALL = "all"
"""The resources of a webhook that is for no single one."""


def print_webhook(webhook: WebhookView, *, as_json: bool) -> None:
    """Print a webhook, without its secrets."""
    print_thing(webhook, as_json=as_json, if_none={"resource": ALL})


def print_issued(issued: IssuedWebhookView) -> None:
    """Print a webhook, and the secrets that are new."""
    print_webhook(issued.webhook, as_json=False)
    if issued.token is not None:
        print_secret(f"X-Boticord-Token\t{issued.token}", KEEP)
    if issued.signing_secret is not None:
        print_secret(f"signing secret\t{issued.signing_secret}", KEEP)


def print_attempt(attempt: Attempt, *, as_json: bool) -> None:
    """Print what came of an attempt, and end with exit code 1 if it failed."""
    if as_json:
        print_thing(attempt, as_json=True)
    else:
        cells = delivery_cells(attempt)
        typer.echo(f"{cells['state']}\tstatus {cells['status']}\t{cells['ms']} ms")
        for told in filter(None, (attempt.error, _plain(attempt.excerpt))):
            typer.echo(one_line(told))
    raise typer.Exit(0 if attempt.state is AttemptState.DELIVERED else 1)


def webhook_cells(webhook: WebhookView) -> dict[str, str]:
    """Return a webhook's cells in a list."""
    return {
        "id": webhook.id,
        "owner": webhook.owner,
        "resource": webhook.resource or ALL,
        "url": webhook.url,
        "on": yes(webhook.enabled),
        "signed": yes(webhook.signed),
        "retries": yes(webhook.retries),
        "failing since": moment(webhook.failing_since),
    }


def delivery_cells(attempt: Attempt) -> dict[str, str]:
    """Return a delivery's cells in a list."""
    took = "-" if attempt.milliseconds is None else f"{attempt.milliseconds:.0f}"
    return {
        "id": str(attempt.id),
        "when": moment(attempt.begun or attempt.planned),
        "kind": attempt.kind.value,
        "state": attempt.state.value,
        "status": str(attempt.status or "-"),
        "ms": took,
        "answer": attempt.error or _plain(attempt.excerpt),
    }


def _plain(excerpt: str) -> str:
    """Make a line of what somebody answered, which often ends with a newline."""
    spaced = (" " if unicodedata.category(char) == "Cc" else char for char in excerpt)
    return " ".join("".join(spaced).split())
