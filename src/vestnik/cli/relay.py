"""``vestnik relay``: the embedded mail relay on its own."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Annotated

import typer

from vestnik.relay import Relay, RelayConfig
from vestnik.terminal import run

__all__ = ["relay"]


def relay(
    directory: Annotated[
        Path | None, typer.Option(help="Where mail is kept over restarts; without it in memory.")
    ] = None,
    host: Annotated[str, typer.Option(help="Where to listen; beyond loopback with --tls.")] = (
        "127.0.0.1"
    ),
    smtp_port: Annotated[int, typer.Option(help="0 takes any that is free.")] = 0,
    imap_port: Annotated[int, typer.Option(help="0 takes any that is free.")] = 0,
    http_port: Annotated[int, typer.Option(help="For POST /new; 0 takes any that is free.")] = 0,
    domain: Annotated[str, typer.Option(help="What stands behind the @.")] = "relay.localhost",
    tls: Annotated[bool, typer.Option("--tls", help="Speak TLS, self-signed.")] = False,
    messages_per_minute: Annotated[
        int | None, typer.Option(help="What one sender may send; public relays allow 60.")
    ] = None,
    accounts_to_make: Annotated[int, typer.Option(min=0, help="How many codes to print.")] = 1,
) -> None:
    """Run a mail relay for the core, and print codes for accounts on it."""
    config = RelayConfig(
        domain=domain,
        host=host,
        smtp_port=smtp_port,
        imap_port=imap_port,
        http_port=http_port,
        directory=directory,
        tls=tls,
        messages_per_minute=messages_per_minute,
    )
    run(_serve(config, accounts_to_make))


async def _serve(config: RelayConfig, accounts: int) -> None:
    async with Relay(config) as relay:
        typer.echo(
            f"relay for {config.domain} on {config.host}: SMTP {relay.smtp_port}, "
            f"IMAP {relay.imap_port}, new accounts at http://{config.host}:{relay.http_port}/new",
            err=True,
        )
        for _ in range(accounts):
            typer.echo(relay.new_account().login_code)
        await asyncio.Event().wait()
