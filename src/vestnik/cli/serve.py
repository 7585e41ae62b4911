"""``vestnik serve``: the notification gateway at work."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import logging
import os
import signal
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from vestnik.app.serve import load_config, warnings_about
from vestnik.cli._gateway_options import DATA, ConfigFile, DataDir, Where
from vestnik.terminal import log_to_stderr, run

if TYPE_CHECKING:
    from vestnik.app.serve import Config, Serving

__all__ = ["serve"]

SWITCH_SECONDS = 0.0001
COLLECT_AFTER = (20_000, 50, 50)


def serve(
    data: DataDir = DATA,
    config: ConfigFile = None,
    listen: Annotated[
        str | None, typer.Option(help="host:port; port 0 takes any free one and prints which.")
    ] = None,
    allow_network: Annotated[
        list[str] | None,
        typer.Option(
            metavar="CIDR",
            help="A private network that webhooks may reach, such as 127.0.0.0/8; repeatable.",
        ),
    ] = None,
) -> None:
    """Run the notification gateway until Ctrl-C or SIGTERM; a second Ctrl-C ends it at once."""
    settings = load_config(
        data, config, os.environ, listen=listen, allow_networks=allow_network or ()
    )
    _begin_log(settings)
    _allow_many_files()
    run(_serve(settings, data))


async def _serve(config: Config, data: Path) -> None:
    from vestnik.app.serve import serving  # the other commands need not load all of it

    async with serving(config, data) as server:
        for warning in warnings_about(config):
            typer.echo(f"warning: {warning}", err=True)
        with contextlib.suppress(NotImplementedError, AttributeError):  # not on Windows
            asyncio.get_running_loop().add_signal_handler(
                signal.SIGHUP, server.read_certificate_again
            )
        _greet(server, data)
        _tune_interpreter()
        await server.forever()


def _greet(server: Serving, data: Path) -> None:
    """Say where it is; and to a newcomer, how to go on."""
    typer.echo(f"gateway on {server.url}, WebSocket {server.websocket_url}")
    if server.public_url:
        typer.echo(f"for the world {server.public_url}, WebSocket {server.public_websocket_url}")
    if server.metrics_url:
        typer.echo(f"metrics on {server.metrics_url}")
    if not server.gateway.roster.owners():
        where = Where(data).again
        typer.echo(
            "Nobody is told anything yet. In another terminal:\n"
            f"  vestnik owner add anna{where}\n"
            f"  vestnik resource add my-bot --owner anna{where}\n"
            f"  vestnik listen $(vestnik token create anna{where}){where}",
            err=True,
        )


def _begin_log(config: Config) -> None:
    level = logging.getLevelNamesMapping()[config.log.level.name]
    wanted = config.log.format or ("text" if sys.stderr.isatty() else "json")
    log_to_stderr(as_json=wanted == "json", level=level)


def _tune_interpreter() -> None:
    """Let threads take turns soon, and keep the collector from what stays for good.

    A busy event loop starves the thread that writes to the store for seconds, unless it is asked
    for its turn more often than by default (decision 9). Collecting what the imports have left
    costs a tenth of all webhooks, and frees nothing.
    """
    sys.setswitchinterval(SWITCH_SECONDS)
    gc.collect()
    gc.freeze()
    gc.set_threshold(*COLLECT_AFTER)


def _allow_many_files() -> None:
    """Take as many open files as the system gives: each connection is one."""
    with contextlib.suppress(ImportError, ValueError, OSError):
        import resource

        _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
