"""``vestnik talk``: a person for a bot to talk to, where there is no phone at hand."""

from __future__ import annotations

import asyncio
import sys
from contextlib import AsyncExitStack
from typing import Annotated

import typer

from vestnik.app.talking import Talk, talking
from vestnik.chatmail import parse_login
from vestnik.chatmail.types import Message
from vestnik.cli._typing import typed_lines
from vestnik.errors import BadInput
from vestnik.terminal import run, showing_progress

__all__ = ["talk"]

INVITES = ("https://i.delta.chat/#", "openpgp4fpr:")


def talk(
    invite: Annotated[str, typer.Argument(help="The invite link of the bot.")],
    code: Annotated[
        str,
        typer.Option(
            help="Where your account is made: the code of a relay, such as "
            "dcaccount:nine.testrun.org, or one that `vestnik relay` printed.",
        ),
    ],
    name: Annotated[str, typer.Option(help="What the bot sees as your name.")] = "Somebody",
    seconds: Annotated[
        float, typer.Option(help="How long to wait for the last answers when all is said.")
    ] = 10.0,
) -> None:
    """Talk to a bot from the terminal, with an account that is forgotten afterwards.

    Every line you type is a message; Ctrl-D ends. Without a terminal, the lines of the input are
    sent, and it exits with 1 if fewer answers came than messages went.
    """
    if not invite.lower().startswith(INVITES):
        raise BadInput(f"{invite!r} is no invite link: it begins with {INVITES[0]}…")
    if not run(_talk(invite, code, name, seconds)):
        raise typer.Exit(1)


class _Printer:
    def heard(self, message: Message) -> None:
        name = message.override_sender_name or message.sender.display_name
        lock = "🔒" if message.show_padlock else "not encrypted"
        what = message.text or (message.file_name or message.view_type)
        typer.echo(f"{name}: {what}   {lock}")

    def failed(self, reason: str) -> None:
        typer.echo(f"a message could not be sent: {reason}", err=True)


async def _talk(invite: str, code: str, name: str, seconds: float) -> bool:
    login = parse_login(code)
    async with AsyncExitStack() as stack:
        with showing_progress("making your account") as on_progress:
            begun = talking(invite, login, name=name, on_progress=on_progress, on_step=_step)
            talk = await stack.enter_async_context(begun)
        return await _converse(talk, seconds)


async def _converse(talk: Talk, seconds: float) -> bool:
    is_typed = sys.stdin.isatty()
    if is_typed:
        typer.echo("Now you: type a message to the bot; Ctrl-D ends.", err=True)
    async with asyncio.TaskGroup() as group:
        listening = group.create_task(talk.listen(_Printer()))
        await talk.say(typed_lines())
        is_answered = is_typed or await talk.answered(seconds)
        listening.cancel()
    return is_answered


def _step(text: str) -> None:
    typer.echo(text, err=True)
