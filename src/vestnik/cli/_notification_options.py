"""What `listen` and `receive` have in common: where notifications go, and who we are."""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Annotated

import msgspec
import typer
from rich.console import Console
from rich.text import Text

from vestnik.app.listening import Command, Forward, Sink, as_json, plain
from vestnik.errors import BadInput
from vestnik.sdk import Notification

__all__ = ["ExecLine", "ForwardUrl", "TokenFile", "printer", "sinks", "token_of"]

MOST_SHOWN = 500

ExecLine = Annotated[
    str | None,
    typer.Option(
        "--exec",
        metavar="CMD",
        help="Run this in the shell for each, JSON on stdin and VESTNIK_NAME etc. set.",
    ),
]

ForwardUrl = Annotated[
    str | None,
    typer.Option("--forward", metavar="URL", help="POST each there as a webhook, token included."),
]

TokenFile = Annotated[
    Path | None, typer.Option(help="Read the token from this file, which others cannot see.")
]


def token_of(token: str | None, file: Path | None) -> str:
    """Return the token, from wherever the person has put it.

    Raises:
        BadInput: It is nowhere, or its file cannot be read.
    """
    if file is None and not token:
        raise BadInput("There is no token: give it, or --token-file, or set VESTNIK_TOKEN.")
    try:
        found = file.read_text().strip() if file else str(token).strip()
    except (OSError, UnicodeError) as error:
        raise BadInput(f"The token cannot be read from {file}: {type(error).__name__}.") from error
    if not found or not found.isprintable() or not found.isascii():
        raise BadInput("The token is empty, or has characters that no token has: copy it again.")
    return found


class JsonLines:
    """Prints one object a line."""

    async def take(self, notification: Notification) -> None:
        """Print one."""
        typer.echo(as_json(notification))


class Pretty:
    """Prints for people; what strangers wrote cannot move the cursor."""

    def __init__(self) -> None:
        # Piped into another program, a notification stays a line.
        self._console = Console(width=None if sys.stdout.isatty() else 10_000, highlight=False)

    async def take(self, notification: Notification) -> None:
        """Print one."""
        payload = msgspec.json.encode(notification.payload).decode()
        self._console.print(
            Text.assemble(
                (f"{notification.happened:%Y-%m-%d %H:%M:%S}Z", "dim"),
                "  ",
                (plain(notification.name), "bold cyan"),
                f"  {plain(notification.affected or '-')}",
                (f"  by {plain(notification.user)}" if notification.user else "", "green"),
                f"  {plain(payload)[:MOST_SHOWN]}" if notification.payload is not None else "",
            ),
            soft_wrap=True,
        )


def printer(*, as_json: bool) -> Sink:
    """Choose how to print."""
    return JsonLines() if as_json else Pretty()


@asynccontextmanager
async def sinks(
    token: str, *, as_json: bool, command: str | None, forward: str | None
) -> AsyncIterator[list[Sink]]:
    """Open all the places that the person wants."""
    chosen: list[Sink] = [printer(as_json=as_json)]
    async with AsyncExitStack() as stack:
        if command:
            chosen.append(Command(command))
        if forward:
            chosen.append(await stack.enter_async_context(Forward(forward, token)))
        yield chosen
