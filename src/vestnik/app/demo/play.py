"""The demonstration from the rise of the curtain to the report."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import AsyncIterable
from pathlib import Path

from vestnik.app.demo.audience import Audience, Stopwatch
from vestnik.app.demo.background import in_background
from vestnik.app.demo.conversation import Conversation
from vestnik.app.demo.program import echo
from vestnik.app.demo.report import Report, RoundTrips
from vestnik.app.demo.stage import Actor, Stage, introduce, set_stage
from vestnik.app.demo.witnesses import Channel, Witnesses, witnessing
from vestnik.chatmail.events import Error, Warning
from vestnik.sdk import Notification, connect

__all__ = ["play"]

QUIET_SECONDS = 1.0
"""How long to listen after the last answer, so that a second one to the same message is seen."""

PUBLISHED = "up_added"
"""What a directory of bots would tell: somebody has voted for the bot."""


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
            return await _Performance(stage, audience).run(script, hurried=hurried)


def _describe(stage: Stage, audience: Audience) -> None:
    relay = stage.relay
    audience.step(
        f"a mail relay of our own: SMTP on port {relay.smtp_port}, IMAP on {relay.imap_port}"
    )
    audience.step(f"a gateway on port {stage.house.port}: WebSocket, webhooks, HTTP")
    audience.step(f"two chatmail cores {stage.bot.core.version}, each a process of its own")
    audience.step(f"the bot is {stage.bot.address}, and the gateway hosts it")
    audience.step(f"the user is {stage.user.address}")


class _Performance:
    """What happens on a stage that is set."""

    def __init__(self, stage: Stage, audience: Audience) -> None:
        self._stage = stage
        self._audience = audience
        self._stopwatch = Stopwatch()
        self._warnings: list[str] = []

    async def run(self, script: AsyncIterable[str], *, hurried: bool) -> Report:
        """Play it to its end."""
        stage = self._stage
        async with (
            witnessing(stage.house, self._told) as witnesses,
            connect(stage.bot_token, stage.house.url) as stream,
            in_background(
                self._watch(stage.bot),
                self._watch(stage.user),
                echo(stream, answer_bots=hurried),
            ),
        ):
            conversation = await self._converse(script, witnesses)
            await asyncio.sleep(QUIET_SECONDS)
            await witnesses.agree_on()
        return self._report(conversation, witnesses)

    async def _converse(self, script: AsyncIterable[str], witnesses: Witnesses) -> Conversation:
        loop = asyncio.get_running_loop()
        started = loop.time()
        chat_id = await introduce(self._stage.user, self._stage.bot)
        seconds = loop.time() - started
        self._audience.step(
            f"SecureJoin: the user scanned the bot's code, verified in {seconds:.2f} s"
        )
        conversation = Conversation(self._stage.user, chat_id)
        async with in_background(conversation.listen()):
            async for text in script:
                await self._say(conversation, text)
                if conversation.sent == 1:
                    await self._publish(witnesses)
        return conversation

    async def _say(self, conversation: Conversation, text: str) -> None:
        self._audience.said(text)
        self._stopwatch.start()
        self._audience.heard(await conversation.say(text))

    async def _publish(self, witnesses: Witnesses) -> None:
        """Show that anything can be put in, and comes the same ways."""
        await witnesses.agree_on()
        one_more = witnesses.counts.websocket + 1
        self._audience.published(f"POST /api/v1/notifications {PUBLISHED}")
        self._stopwatch.start()
        await self._stage.house.publish(PUBLISHED, "u17", {"upCount": 1})
        await witnesses.agree_on(one_more)

    async def _watch(self, actor: Actor) -> None:
        async with actor.core.events() as events:
            async for event in events:
                self._audience.happened(actor.role, event, self._stopwatch.seconds)
                if isinstance(event.payload, Warning | Error):
                    self._warnings.append(f"{actor.role}: {event.payload.msg}")

    def _told(self, channel: Channel, notification: Notification) -> None:
        self._audience.told(channel, notification, self._stopwatch.seconds)

    def _report(self, conversation: Conversation, witnesses: Witnesses) -> Report:
        received = len(conversation.round_trips)
        return Report(
            sent=conversation.sent,
            received=received,
            lost=conversation.sent - received,
            duplicates=conversation.duplicates,
            rtt_ms=RoundTrips.of(conversation.round_trips),
            notifications=witnesses.counts,
            core_version=self._stage.user.core.version,
            warnings=self._warnings,
        )
