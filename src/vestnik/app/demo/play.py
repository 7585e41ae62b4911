"""The demonstration from the rise of the curtain to the report."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import AsyncIterable, AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Protocol

from vestnik.app.demo.conversation import Conversation, Reply
from vestnik.app.demo.report import Report, RoundTrips
from vestnik.app.demo.stage import Actor, Stage, introduce, set_stage
from vestnik.app.echo import run_echo_bot
from vestnik.chatmail import Event, Progress
from vestnik.chatmail.events import Error, Warning

__all__ = ["Audience", "play"]

QUIET_SECONDS = 1.0
"""How long to listen after the last answer, so that a second one to the same message is seen."""


class Audience(Protocol):
    """Who is shown what happens."""

    def step(self, text: str) -> None:
        """See what has been prepared."""

    def progress(self, role: str, progress: Progress) -> None:
        """See how far a login has come."""

    def said(self, text: str) -> None:
        """See what the user sends."""

    def heard(self, reply: Reply | None) -> None:
        """See what the bot answered; ``None`` if it did not."""

    def happened(self, role: str, event: Event) -> None:
        """See an event of the bot's or the user's core."""


async def play(audience: Audience, script: AsyncIterable[str], *, hurried: bool = False) -> Report:
    """Set the stage, send what the script says one after the other, and report.

    Args:
        audience: Who is shown it.
        script: The user's messages; the demonstration ends with it.
        hurried: Measure rather than show: the user is a program, which the core does not slow down.
    """
    with tempfile.TemporaryDirectory(prefix="vestnik-demo-") as directory:
        async with set_stage(Path(directory), audience.progress, hurried=hurried) as stage:
            _describe(stage, audience)
            warnings: list[str] = []
            async with _in_background(
                _watch(stage.bot, audience, warnings),
                _watch(stage.user, audience, warnings),
                run_echo_bot(stage.bot.core, stage.bot.account_id, answer_bots=hurried),
            ):
                conversation = await _converse(stage, audience, script)
            return _report(stage, conversation, warnings)


def _describe(stage: Stage, audience: Audience) -> None:
    relay = stage.relay
    audience.step(
        f"a mail relay of our own: SMTP on port {relay.smtp_port}, IMAP on {relay.imap_port}"
    )
    audience.step(f"two chatmail cores {stage.bot.core.version}, each a process of its own")
    audience.step(f"the bot is {stage.bot.address}")
    audience.step(f"the user is {stage.user.address}")


async def _converse(stage: Stage, audience: Audience, script: AsyncIterable[str]) -> Conversation:
    started = asyncio.get_running_loop().time()
    chat_id = await introduce(stage.user, stage.bot)
    seconds = asyncio.get_running_loop().time() - started
    audience.step(f"SecureJoin: the user scanned the bot's code, verified in {seconds:.2f} s")
    conversation = Conversation(stage.user, chat_id)
    async with _in_background(conversation.listen()):
        async for text in script:
            audience.said(text)
            audience.heard(await conversation.say(text))
        await asyncio.sleep(QUIET_SECONDS)
    return conversation


async def _watch(actor: Actor, audience: Audience, warnings: list[str]) -> None:
    async with actor.core.events() as events:
        async for event in events:
            audience.happened(actor.role, event)
            if isinstance(event.payload, Warning | Error):
                warnings.append(f"{actor.role}: {event.payload.msg}")


def _report(stage: Stage, conversation: Conversation, warnings: list[str]) -> Report:
    received = len(conversation.round_trips)
    return Report(
        sent=conversation.sent,
        received=received,
        lost=conversation.sent - received,
        duplicates=conversation.duplicates,
        rtt_ms=RoundTrips.of(conversation.round_trips),
        core_version=stage.user.core.version,
        warnings=warnings,
    )


@asynccontextmanager
async def _in_background(*jobs: Coroutine[None, None, None]) -> AsyncIterator[None]:
    """Run jobs for as long as the block; an error of theirs ends the block."""
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(job) for job in jobs]
        # Jobs subscribe before the block begins.
        await asyncio.sleep(0)
        yield
        for task in tasks:
            task.cancel()
