"""Options that several commands share."""

from __future__ import annotations

from typing import Annotated

import typer

__all__ = ["AccountNumber", "AsJson"]

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON, one object a line.")]

AccountNumber = Annotated[int, typer.Argument(help="The account's number, see `account list`.")]
