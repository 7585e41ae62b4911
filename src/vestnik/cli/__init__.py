"""The command line: one thin module a command, loaded when it is run."""

from __future__ import annotations

import typer

from vestnik.cli._later import commands_later
from vestnik.terminal import errors_as_sentences

__all__ = ["app", "main"]

COMMANDS = {
    "demo": "Run an encrypted echo bot and a user on two real cores, over a relay of our own.",
    "events": "Print the table of all events, or follow those of the accounts.",
    "rpc": "Call a method of the core on a directory of accounts and print its answer as JSON.",
    "talk": "Talk to a bot from the terminal, with an account that is forgotten afterwards.",
    "relay": "Run a mail relay for the core, and print codes for accounts on it.",
    "listen": (
        "Print the notifications of a token as they come, over every loss of the connection."
    ),
    "receive": (
        "Take webhooks on a port, check whether they can arrive, and print them as they come."
    ),
    "serve": (
        "Run the notification gateway until Ctrl-C or SIGTERM; a second Ctrl-C ends it at once."
    ),
    "publish": "Put a notification in; it is stored when this ends.",
    "backup": (
        "Write a folder that `vestnik serve --data` can start from, with the key to all secrets."
    ),
    "account": "Add, list, back up, restore and remove accounts.",
    "bot": "Run bots: what `bot.run()` does, for bot.py or module:name.",
    "config": "Show and check the settings of `vestnik serve`.",
    "owner": "Add, list, change and remove owners of a gateway, and invite them to be told.",
    "service-bot": "Make, show and remove the bot that tells owners in Delta Chat.",
    "resource": "Add, list, change and remove resources (bots).",
    "token": "Create, list, regenerate and delete tokens of a gateway.",
    "webhook": "Add, list, change, test and remove webhooks, and look at deliveries.",
}
"""The first sentence of each; its module has the rest."""

app = typer.Typer(
    name="vestnik",
    cls=commands_later(COMMANDS),
    help="Runs Delta Chat bots on the real chatmail core and tells what happens to them.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)


@app.callback()
def _vestnik() -> None:
    """Make it a program with commands."""


def main() -> None:
    """Run the command that the shell asked for."""
    with errors_as_sentences():
        app()
