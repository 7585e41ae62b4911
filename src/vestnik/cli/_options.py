"""Options that several commands share."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

__all__ = ["AccountNumber", "AccountsDir", "AsJson"]

AccountsDir = Annotated[
    Path,
    typer.Option(
        "--accounts",
        envvar=["VESTNIK_ACCOUNTS", "DC_ACCOUNTS_PATH"],
        help="The directory where the core keeps its accounts.",
    ),
]

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON, one object a line.")]

AccountNumber = Annotated[int, typer.Argument(help="The account's number, see `account list`.")]
