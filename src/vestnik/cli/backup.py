"""``vestnik backup``: everything of a gateway, also while it runs."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from vestnik.app.serve.folder import ACCOUNTS_NAME, BACKUP_PATH, BackUp
from vestnik.cli._gateway_client import gateway_client
from vestnik.cli._gateway_options import DATA, DataDir, Where
from vestnik.terminal import run

__all__ = ["backup"]


def backup(
    to: Annotated[Path, typer.Argument(help="A folder that is not there yet.")],
    data: DataDir = DATA,
) -> None:
    """Write a folder that `vestnik serve --data` can start from, with the key to all secrets."""
    run(_backup(Where(data), to.absolute()))
    typer.echo(
        f"{to} has everything of the gateway, with the key that opens the secrets of webhooks: "
        f"keep it as safe as {data} itself. `vestnik serve --data {to}` starts from it.",
        err=True,
    )
    if (data / ACCOUNTS_NAME).exists():
        typer.echo(
            "The accounts of hosted bots are not in it: for these copy the whole folder "
            f"{data} while no gateway runs.",
            err=True,
        )
    typer.echo(str(to))


async def _backup(where: Where, to: Path) -> None:
    async with gateway_client(where) as gateway:
        await gateway.post(BACKUP_PATH, BackUp(str(to)), BackUp)
