"""The command line: one thin module a command."""

from __future__ import annotations

import typer

from vestnik.cli import account, bot, demo, events, relay, rpc
from vestnik.terminal import errors_as_sentences

__all__ = ["app", "main"]

app = typer.Typer(
    name="vestnik",
    help="Runs Delta Chat bots on the real chatmail core and tells what happens to them.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.command()(demo.demo)
app.command()(events.events)
app.command()(rpc.rpc)
app.command()(relay.relay)
app.add_typer(account.app, name="account")
app.add_typer(bot.app, name="bot")


def main() -> None:
    """Run the command that the shell asked for."""
    with errors_as_sentences():
        app()
