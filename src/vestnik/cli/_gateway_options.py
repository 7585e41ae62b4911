"""Options that the commands around a gateway share."""

from __future__ import annotations

import os
import shlex
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, NamedTuple

import typer

__all__ = [
    "DATA",
    "AccessToken",
    "ConfigFile",
    "DataDir",
    "GatewayUrl",
    "OwnerOption",
    "OwnerOrNone",
    "PublishToken",
    "Where",
]

DATA = Path("vestnik-data")
"""Where a gateway keeps everything, if nobody says otherwise."""

DataDir = Annotated[
    Path,
    typer.Option(
        "--data", envvar="VESTNIK_DATA", help="The folder where the gateway keeps everything."
    ),
]

ConfigFile = Annotated[
    Path | None,
    typer.Option(
        "--config", envvar="VESTNIK_CONFIG", help="The settings, if not DATA/vestnik.toml."
    ),
]

GatewayUrl = Annotated[
    str | None,
    typer.Option("--url", envvar="VESTNIK_URL", help="A gateway elsewhere, such as https://HOST."),
]

AccessToken = Annotated[
    str | None,
    typer.Option(
        "--token",
        envvar="VESTNIK_TOKEN",
        help="For --url: a token with the scope manage; better in the environment.",
    ),
]

PublishToken = Annotated[
    str | None,
    typer.Option(
        "--token",
        envvar="VESTNIK_TOKEN",
        help="For --url: a token with the scope publish; better in the environment.",
    ),
]

OwnerOrNone = Annotated[str | None, typer.Argument(help="Only of this owner, by id.")]

OwnerOption = Annotated[str | None, typer.Option("--owner", hidden=True)]
"""The same as an option, for who is used to it."""


class Where(NamedTuple):
    """Which gateway is meant."""

    data: Path
    url: str | None = None
    token: str | None = None
    config: Path | None = None

    @property
    def again(self) -> str:
        """What another command needs to reach the same gateway, to be put behind it."""
        if self.url is not None:
            # With it comes a token, which is nothing to be shown.
            return "" if "VESTNIK_URL" in os.environ else f" --url {shlex.quote(self.url)}"
        if self.data == DATA or "VESTNIK_DATA" in os.environ:
            return ""
        return f" --data {shlex.quote(str(self.data))}"

    @property
    def environment(self) -> Mapping[str, str]:
        """The variables that may set something."""
        return os.environ
