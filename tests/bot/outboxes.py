"""Running an outbox on a fake core, one life of the bot after the other."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from pathlib import Path

from vestnik.bot.outbox import OnRefused, Outbox, Pace
from vestnik.bot.store import Database
from vestnik.chatmail import Backoff, Core
from vestnik.chatmail.types import MessageData
from vestnik.clock import Clock, SystemClock
from vestnik.testing import FakeCore
from vestnik.testing.fake.chat import FakeChat
from vestnik.testing.fake.message import FakeMessage

DEADLINE = 30.0


def text(words: str) -> MessageData:
    return MessageData(text=words)


def texts(messages: Iterable[FakeMessage]) -> list[str]:
    return [message.text for message in messages]


def own_texts(chat: FakeChat) -> list[str]:
    """What the bot has sent to a chat, in the order in which the core took it."""
    return texts(message for message in chat.messages if message.sender == 1)


@asynccontextmanager
async def bot_life(
    fake: FakeCore,
    path: Path | None,
    *,
    pace: Pace | None = None,
    clock: Clock | None = None,
    on_refused: OnRefused | None = None,
    runs: bool = True,
) -> AsyncIterator[Outbox]:
    """One life of a bot: its end is as sudden as a kill for what the core was about to answer."""
    restarts = Backoff(first=0.01, calm=0)
    async with (
        asyncio.timeout(DEADLINE),
        Database(path) as database,
        Core(fake.transport, restarts=restarts) as core,
    ):
        outbox = Outbox(database, core, pace, clock or SystemClock(), on_refused=on_refused)
        running = asyncio.create_task(outbox.run()) if runs else None
        try:
            yield outbox
        finally:
            if running is not None:
                running.cancel()
                with contextlib.suppress(asyncio.CancelledError):
                    await running


async def until_empty(outbox: Outbox) -> None:
    """Wait until nothing is left to be sent."""
    while outbox.waiting:  # noqa: ASYNC110 - it tells nobody, because nobody but a test asks
        await asyncio.sleep(0)
