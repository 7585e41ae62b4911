"""The command line of a bot: ``python bot.py …``, and the same as ``vestnik bot … bot.py``."""

from __future__ import annotations

import inspect
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from vestnik.bot.bot import Bot
from vestnik.bot.command_line import accounts, inviting, serving
from vestnik.bot.command_line.program import Program
from vestnik.bot.loading import refuse_to_run_while_loading
from vestnik.terminal import errors_as_sentences

__all__ = ["command_line_for_files", "run_command_line"]

Command = Callable[..., None]

COMMANDS: dict[str, Command] = {
    "init": accounts.init,
    "serve": serving.serve,
    "link": inviting.link,
    "admin": inviting.admin,
    "config": accounts.config,
    "list": accounts.list_,
    "export": accounts.export,
    "import": accounts.import_,
    "remove": accounts.remove,
    "systemd": serving.systemd,
}
"""Each takes a `Program` first, and then what is typed."""

TARGET = inspect.Parameter(
    "target",
    inspect.Parameter.POSITIONAL_OR_KEYWORD,
    annotation=Annotated[
        str, typer.Argument(metavar="BOT", help="The bot: bot.py, bot.py:name or module:name.")
    ],
)


def run_command_line(bot: Bot, arguments: Sequence[str] | None = None) -> None:
    """Be the command line of a bot, and exit as the shell expects it.

    Args:
        bot: The bot.
        arguments: What was typed; by default what this program was started with.
    """
    refuse_to_run_while_loading()
    name = Path(sys.argv[0]).name
    program = Program.of_main(bot)
    app = typer.Typer(
        help=f"Runs the bot {bot.name!r}.",
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
    )
    for command_name, command in COMMANDS.items():
        app.command(command_name)(_typed(command, (), lambda _: program))
    with errors_as_sentences(name):
        app(args=arguments, prog_name=name)


def command_line_for_files() -> typer.Typer:
    """Make the same command line for any bot, which is named after the command."""
    app = typer.Typer(
        help="Run bots: what `bot.run()` does, for bot.py or module:name.", no_args_is_help=True
    )
    for name, command in COMMANDS.items():
        app.command(name)(_typed(command, (TARGET,), Program.of_target))
    return app


def _typed(
    command: Command,
    first: tuple[inspect.Parameter, ...],
    program: Callable[[str], Program],
) -> Command:
    """Let a command take what is typed, in place of the program that it takes first."""

    def call(**typed: Any) -> None:
        command(program(typed.pop(TARGET.name, "")), **typed)

    rest = list(inspect.signature(command, eval_str=True).parameters.values())[1:]
    vars(call)["__signature__"] = inspect.Signature([*first, *rest])
    call.__doc__ = command.__doc__
    return call
