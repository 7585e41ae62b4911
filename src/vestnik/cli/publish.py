"""``vestnik publish``: put one notification in, by hand or from a script."""

from __future__ import annotations

from typing import Annotated

import msgspec
import typer
from msgspec import UNSET

from vestnik.cli._gateway_client import gateway_client, path_of
from vestnik.cli._gateway_options import DATA, DataDir, GatewayUrl, PublishToken, Where
from vestnik.errors import BadInput
from vestnik.terminal import run
from vestnik.web.notification_shapes import NewNotification
from vestnik.wire import NULL

__all__ = ["publish"]


def publish(
    resource: Annotated[str, typer.Argument(help="What it is about, such as a bot, by id.")],
    type: Annotated[str, typer.Argument(help="A number, or a word such as up_added.")],
    payload: Annotated[str | None, typer.Option(help="Anything more, as JSON.")] = None,
    user: Annotated[str, typer.Option(help="Who caused it.")] = "",
    affected: Annotated[
        str | None, typer.Option(help="The comment or message; else the resource itself.")
    ] = None,
    data: DataDir = DATA,
    url: GatewayUrl = None,
    token: PublishToken = None,
) -> None:
    """Put a notification in; it is stored when this ends."""
    number = int(type) if type.isascii() and type.isdigit() and len(type) < 10 else None
    wanted = NewNotification(
        type=type if number is None else number,
        resource=resource,
        affected=UNSET if affected is None else affected,
        user=user,
        payload=NULL if payload is None else _json(payload),
    )
    run(_publish(Where(data, url, token), wanted))


async def _publish(where: Where, wanted: NewNotification) -> None:
    async with gateway_client(where) as gateway:
        receipt = await gateway.post(path_of("notifications"), wanted, dict)
        if receipt.get("muted"):
            typer.echo(
                f"Nobody is told: the notifications of {wanted.resource} are switched off.",
                err=True,
            )


def _json(text: str) -> msgspec.Raw:
    try:
        return msgspec.Raw(msgspec.json.encode(msgspec.json.decode(text)))
    except msgspec.DecodeError as error:
        raise BadInput(
            f"--payload is no JSON ({error}): quote it for the shell, as '{{…}}'."
        ) from error
