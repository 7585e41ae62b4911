"""``vestnik demo``: see everything work, in one command."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator
from typing import Annotated

import msgspec
import typer

from vestnik.app.demo import Report, play
from vestnik.cli._demo_views import PlainView, RichView, SilentView
from vestnik.cli._options import AsJson
from vestnik.cli._typing import typed_lines
from vestnik.terminal import run

__all__ = ["demo"]

FIRST_MESSAGES = ("Hello, bot!", "Привет, бот!", "🔒 end to end?")
SECONDS_BETWEEN = 2.0
"""The pace of a person; the core holds a person's account back to about a message a second."""


def demo(
    messages: Annotated[
        int | None, typer.Option(min=1, help="Send so many messages and end with a report.")
    ] = None,
    as_json: AsJson = False,
    seconds: Annotated[
        float,
        typer.Option(
            envvar="VESTNIK_DEMO_SECONDS", help="When to end if there is nobody to type messages."
        ),
    ] = 20.0,
) -> None:
    """Run an encrypted echo bot and a user on two real cores, over a relay of our own.

    On a terminal you can then type messages to the bot; elsewhere it ends by itself.
    """
    report = run(_demo(messages, seconds, as_json=as_json))
    if as_json:
        typer.echo(msgspec.json.encode(report).decode())
    raise typer.Exit(0 if report.is_good else 1)


async def _demo(messages: int | None, seconds: float, *, as_json: bool) -> Report:
    measured = as_json or messages is not None
    view = SilentView() if as_json else RichView() if sys.stdout.isatty() else PlainView()
    with view:
        if measured:
            script = _counted(messages or len(FIRST_MESSAGES))
        elif sys.stdout.isatty() and sys.stdin.isatty():
            script = _typed(view)
        else:
            script = _timed(seconds)
        report = await play(view, script, hurried=measured)
        view.end(report)
    return report


async def _counted(count: int) -> AsyncIterator[str]:
    for number in range(1, count + 1):
        yield f"message {number}"


async def _typed(view: SilentView) -> AsyncIterator[str]:
    async for text in _first_messages():
        yield text
    view.invite()
    async for line in typed_lines():
        yield line


async def _timed(seconds: float) -> AsyncIterator[str]:
    loop = asyncio.get_running_loop()
    end = loop.time() + seconds
    async for text in _first_messages():
        yield text
    number = 0
    while (left := end - loop.time()) > 0:
        await asyncio.sleep(min(left, SECONDS_BETWEEN))
        number += 1
        yield f"still here ({number})"


async def _first_messages() -> AsyncIterator[str]:
    for text in FIRST_MESSAGES:
        yield text
        await asyncio.sleep(SECONDS_BETWEEN)
