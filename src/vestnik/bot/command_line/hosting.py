"""A bot that serves: its core, its memory, its host, and what is told of them."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import socket
from pathlib import Path

import msgspec

from vestnik.bot.bot import Bot
from vestnik.bot.command_line.watching import WatchServer, bind_watch_port, watch_app
from vestnik.bot.host import Host, HostOptions, memory_file
from vestnik.bot.metrics import Metrics
from vestnik.bot.store import Database
from vestnik.chatmail import open_core
from vestnik.errors import BadInput

__all__ = ["ServeOptions", "serve_bot"]

log = logging.getLogger("vestnik.bot")


class ServeOptions(msgspec.Struct, frozen=True, kw_only=True):
    """What was asked for on the command line.

    Attributes:
        accounts: The directory of the accounts.
        host: How the bot is run.
        metrics_host: Where metrics and health are shown.
        metrics_port: On which port; ``None`` shows them nowhere.
    """

    accounts: Path
    host: HostOptions = HostOptions()
    metrics_host: str = "127.0.0.1"
    metrics_port: int | None = None


async def serve_bot(bot: Bot, options: ServeOptions) -> None:
    """Serve until cancelled.

    Raises:
        VestnikError: It cannot; alone or in an exception group.
    """
    if not (options.accounts / "accounts.toml").exists():
        raise BadInput("There is no account to serve: make one with `init` and an account code.")
    with contextlib.ExitStack() as held:
        listener = None
        if options.metrics_port is not None:
            listener = bind_watch_port(options.metrics_host, options.metrics_port)
            held.callback(listener.close)
            address, port, *_ = listener.getsockname()
            log.info("metrics and health on http://%s:%d", address, port)
        # The memory first: who has it has the accounts, and says at once who is there already.
        async with (
            Database(memory_file(options.accounts)) as database,
            open_core(options.accounts) as core,
        ):
            await _serve(Host([bot], core, database, options=options.host), listener)


async def _serve(host: Host, listener: socket.socket | None) -> None:
    async with asyncio.TaskGroup() as group:
        if listener is not None:
            metrics = Metrics(host)
            server = WatchServer(watch_app(host, metrics))
            group.create_task(metrics.count_restarts(host.core))
            group.create_task(server.run_on(listener))
        # Here and not in a task: the others go on until it has drained.
        await host.run()
