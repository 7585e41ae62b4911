"""Options that several commands of `vestnik webhook` share."""

from __future__ import annotations

from typing import Annotated

import typer

from vestnik.errors import BadInput
from vestnik.gateway.model import AddressFamily

__all__ = [
    "BoticordToken",
    "Family",
    "Header",
    "Retries",
    "Sign",
    "WebhookArgument",
    "headers_of",
]

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
BoticordToken = Annotated[
    str | None,
    typer.Option(
        envvar="VESTNIK_BOTICORD_TOKEN",
        help="What goes out as X-Boticord-Token; else one is made and printed.",
    ),
]


def headers_of(given: list[str] | None) -> dict[str, str]:
    """Return headers by their names.

    Raises:
        BadInput: One of them is written another way.
    """
    headers: dict[str, str] = {}
    for header in given or ():
        name, colon, value = header.partition(":")
        if not colon or not name.strip():
            # Not the header itself: it may be a secret.
            raise BadInput("A --header is written as 'Name: value'.")
        headers[name.strip()] = value.strip()
    return headers
