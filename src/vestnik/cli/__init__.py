"""The command line: one thin module a command."""

from __future__ import annotations

import typer

from vestnik.cli import (
    account,
    backup,
    bot,
    config,
    demo,
    events,
    listen,
    owner,
    publish,
    receive,
    relay,
    resource,
    rpc,
    serve,
    token,
    webhook,
)
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
app.command()(listen.listen)
app.command()(receive.receive)
app.command()(serve.serve)
app.command()(publish.publish)
app.command()(backup.backup)
app.add_typer(account.app, name="account")
app.add_typer(bot.app, name="bot")
app.add_typer(config.app, name="config")
app.add_typer(owner.app, name="owner")
app.add_typer(resource.app, name="resource")
app.add_typer(token.app, name="token")
app.add_typer(webhook.app, name="webhook")


def main() -> None:
    """Run the command that the shell asked for."""
    with errors_as_sentences():
        app()
