"""``vestnik listen``: see what happens, over WebSocket."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Annotated

import typer

from vestnik.app.listening import PlaceFile, follow
from vestnik.app.serve import DataFolder
from vestnik.cli._gateway_options import DATA, DataDir
from vestnik.cli._notification_options import ExecLine, ForwardUrl, TokenFile, sinks, token_of
from vestnik.cli._options import AsJson
from vestnik.errors import BadInput
from vestnik.sdk import BOTICORD_URL, connect
from vestnik.terminal import log_to_stderr, run

__all__ = ["listen"]


def listen(
    token: Annotated[
        str | None,
        typer.Argument(envvar="VESTNIK_TOKEN", help="Safer in the variable, or a file."),
    ] = None,
    url: Annotated[
        str | None,
        typer.Option(envvar="VESTNIK_URL", help="The gateway; without it the one of --data."),
    ] = None,
    data: DataDir = DATA,
    boticord: Annotated[bool, typer.Option("--boticord", help=f"Use {BOTICORD_URL}")] = False,
    as_json: AsJson = False,
    command: ExecLine = None,
    forward: ForwardUrl = None,
    resume: Annotated[
        bool, typer.Option(help="Ask for what was missed while there was no connection.")
    ] = True,
    state: Annotated[
        Path | None, typer.Option(help="Keep the last position here, to go on there next time.")
    ] = None,
    token_file: TokenFile = None,
) -> None:
    """Print the notifications of a token as they come, over every loss of the connection."""
    if boticord and url:
        raise BadInput("--boticord is an address of its own: leave --url (VESTNIK_URL) out.")
    if state and not resume:
        raise BadInput("--state is for resuming: leave --no-resume out.")
    known = token_of(token, token_file)
    place = PlaceFile(state) if state else None
    where = BOTICORD_URL if boticord else url or _local(data)
    log_to_stderr(level=logging.WARNING)
    run(_listen(known, where, place, resume, as_json=as_json, command=command, forward=forward))


def _local(data: Path) -> str:
    """Return the address of the gateway that runs on a folder of this machine."""
    access = DataFolder(data).access()
    if access is None:
        raise BadInput(
            f"No gateway runs on the folder {data}: start one with `vestnik serve`, or say where "
            "one is by --url, --boticord or --data."
        )
    if access.fingerprint is not None:
        raise BadInput(
            f"The gateway of {data} speaks TLS: give --url wss://NAME by the name on its "
            "certificate."
        )
    return access.url


async def _listen(
    token: str,
    url: str,
    place: PlaceFile | None,
    resume: bool,
    *,
    as_json: bool,
    command: str | None,
    forward: str | None,
) -> None:
    after = place.read() if place else None
    notifications = connect(token, url, resume=resume, after=after)
    async with sinks(token, as_json=as_json, command=command, forward=forward) as chosen:
        typer.echo(f"Connecting to {notifications.url}; Ctrl-C ends.", err=True)
        async with notifications:
            typer.echo("Connected.", err=True)
            await follow(notifications, chosen, place)
