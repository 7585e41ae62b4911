"""``serve`` and ``systemd``: a bot at work, by hand and for ever."""

from __future__ import annotations

import getpass
import logging
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from vestnik.bot.command_line.hosting import ServeOptions, serve_bot
from vestnik.bot.command_line.program import Program
from vestnik.bot.host import HostOptions
from vestnik.bot.logs import log_to_stderr
from vestnik.bot.outbox import Pace
from vestnik.bot.reload import serve_reloading
from vestnik.bot.systemd import Unit
from vestnik.terminal import AccountsDir, run

__all__ = ["serve", "systemd"]

USUAL = HostOptions()
USUAL_PACE = Pace()


class LogLevel(StrEnum):
    """How important a line of the log must be."""

    DEBUG = "debug"
    INFO = "info"
    WARNING = "warning"
    ERROR = "error"


PerMinute = Annotated[float, typer.Option(help="How many messages an account may send a minute.")]
Burst = Annotated[int, typer.Option(help="How many of them at once.")]
DrainSeconds = Annotated[
    float, typer.Option(min=0, help="How long handlers may go on after SIGTERM or Ctrl-C.")
]
MetricsPort = Annotated[
    int | None,
    typer.Option(min=0, max=65535, help="Show /metrics and /health there; 0 takes any free."),
]


def serve(
    program: Program,
    accounts: AccountsDir = Path("accounts"),
    per_minute: PerMinute = USUAL_PACE.per_minute,
    burst: Burst = USUAL_PACE.burst,
    no_pace: Annotated[
        bool,
        typer.Option("--no-pace", help="Send without a limit, on a relay of your own."),
    ] = False,
    drain_seconds: DrainSeconds = USUAL.drain_seconds,
    metrics_port: MetricsPort = None,
    metrics_host: Annotated[str, typer.Option(help="Where the port is.")] = "127.0.0.1",
    plugins: Annotated[
        bool, typer.Option("--plugins", help="Add all installed plugins (vestnik.bots).")
    ] = False,
    log_json: Annotated[bool, typer.Option("--log-json", help="Log JSON, a line each.")] = False,
    log_level: Annotated[LogLevel, typer.Option(help="What is logged.")] = LogLevel.INFO,
    reload: Annotated[
        bool, typer.Option("--reload", help="Start anew when the code changes; for development.")
    ] = False,
) -> None:
    """Run the bot until Ctrl-C or SIGTERM."""
    level = logging.getLevelNamesMapping()[log_level.name]
    if reload:
        log_to_stderr(as_json=log_json, level=level)
        run(serve_reloading(program.folder, patience=drain_seconds))
        return
    bot = program.load()
    if plugins:
        bot.load_plugins()
    pace = None if no_pace else Pace(per_minute=per_minute, burst=burst)
    options = ServeOptions(
        accounts=accounts,
        host=HostOptions(pace=pace, drain_seconds=drain_seconds),
        metrics_host=metrics_host,
        metrics_port=metrics_port,
    )
    log_to_stderr(as_json=log_json, level=level)
    run(serve_bot(bot, options))


def systemd(
    program: Program,
    accounts: AccountsDir = Path("accounts"),
    drain_seconds: DrainSeconds = USUAL.drain_seconds,
) -> None:
    """Print a unit for systemd that keeps the bot running."""
    unit = Unit(
        name=program.load().name,
        command=program.command("serve", "--drain-seconds", f"{drain_seconds:g}"),
        folder=program.folder,
        accounts=accounts.absolute(),
        user=getpass.getuser(),
        drain_seconds=drain_seconds,
    )
    typer.echo(unit.text(), nl=False)
