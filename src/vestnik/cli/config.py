"""``vestnik config``: what can be set, and whether it can work."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer

from vestnik.app.serve import (
    Config,
    commented_defaults,
    load_config,
    warnings_about,
    what_it_does,
)
from vestnik.app.serve.folder import ACCOUNTS_NAME, CONFIG_NAME
from vestnik.cli._gateway_options import DATA, ConfigFile, DataDir
from vestnik.errors import BadInput

__all__ = ["app"]

app = typer.Typer(help="Show and check the settings of `vestnik serve`.", no_args_is_help=True)


@app.command()
def show() -> None:
    """Print a file of settings with everything in it as comments."""
    typer.echo(commented_defaults(), nl=False)


@app.command()
def init(data: DataDir = DATA) -> None:
    """Write that file into the folder of a gateway; one that is there stays as it is."""
    path = data / CONFIG_NAME
    try:
        data.mkdir(mode=0o700, parents=True, exist_ok=True)
        with path.open("x", encoding="utf-8") as file:
            file.write(commented_defaults())
    except FileExistsError as error:
        raise BadInput(f"There is {path} already: edit it, or move it away first.") from error
    except OSError as error:
        raise BadInput(
            f"{path} cannot be written ({error.strerror}): choose another --data."
        ) from error
    typer.echo(str(path))


@app.command()
def check(
    data: DataDir = DATA,
    config: ConfigFile = None,
    quiet: Annotated[bool, typer.Option("--quiet", help="Say only what is wrong.")] = False,
) -> None:
    """Say whether the settings can work, and what the gateway would do with them."""
    read = load_config(data, config, os.environ)
    for warning in (*warnings_about(read), *_about_bots(read, data)):
        typer.echo(f"warning: {warning}", err=True)
    if not quiet:
        typer.echo("\n".join(("fine", *what_it_does(read))))
        if not data.exists():
            typer.echo(f"there is no folder {data} yet: `vestnik serve` will make it")


def _about_bots(config: Config, data: Path) -> Iterator[str]:
    """Load the bots of the settings, and say if there can be no accounts for them yet.

    Raises:
        BadInput: One cannot be loaded.
    """
    if not config.bots:
        return
    # Who has none need not load it.
    from vestnik.app.serve.python_bots import python_bots
    from vestnik.bridge.hosting.accounts_file import has_accounts

    python_bots(config)
    if data.exists() and not has_accounts(data / ACCOUNTS_NAME):
        for bot in config.bots:
            yield (
                f"The bot {bot.id!r} of [[bots]] was never added: "
                f"`vestnik bot host add NAME --id {bot.id} --code …`."
            )
