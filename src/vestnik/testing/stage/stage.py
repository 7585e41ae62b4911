"""Where a tested bot runs: what is the same on the fake core and on the real one."""

from __future__ import annotations

import asyncio
import json
from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Awaitable, Callable, Hashable
from contextlib import AsyncExitStack, suppress
from pathlib import Path

from vestnik.bot import Bot, Database, Host, HostOptions
from vestnik.bot.intake.intake import Arrival
from vestnik.chatmail import Core, Event
from vestnik.chatmail.events import (
    MsgsChanged,
    ReactionsChanged,
    SecurejoinInviterProgress,
    WebxdcStatusUpdate,
)
from vestnik.errors import CallFailed
from vestnik.ids import AccountId, ContactId, MessageId
from vestnik.testing.clock import FakeClock
from vestnik.testing.stage.play import Actor, Mark
from vestnik.testing.waiting import Changes

__all__ = ["SECONDS", "Stage", "WatchedHost"]

SECONDS = 30.0
"""How long anything may take before the test fails, in real time."""

JOINED = 1000
"""The progress of a SecureJoin that is done."""


OURS = (MsgsChanged, ReactionsChanged, SecurejoinInviterProgress, WebxdcStatusUpdate)
"""The events by which we know what the bot is done with."""


class News:
    """Wakes those who wait whenever anything happens, and counts how often it did."""

    def __init__(self) -> None:
        self.number = 0
        self._changes = Changes()

    def note(self) -> None:
        """Let everybody who waits look again."""
        self.number += 1
        self._changes.note()

    async def until(self, holds: Callable[[], bool]) -> None:
        """Return as soon as something is so."""
        await self._changes.until(holds)


class WatchedHost(Host):
    """A host that tells what its bot is done with."""

    def __init__(
        self, bot: Bot, stage: Stage, database: Database, done: Callable[[Mark], None]
    ) -> None:
        options = HostOptions(pace=None, drain_seconds=SECONDS)
        super().__init__([bot], stage.core, database, options=options, clock=stage.clock)
        self._name = stage.name_message
        self._done = done

    async def handle_message(self, arrival: Arrival) -> None:
        """Let the bot handle a message, and note it; the name first: the bot may delete it."""
        mark = ("message", await self._name(arrival.account_id, arrival.message_id))
        await super().handle_message(arrival)
        self._done(mark)

    async def handle_event(self, event: Event) -> None:
        """Let the bot hear of an event, and note it."""
        mark = None
        with suppress(CallFailed):
            mark = await self._mark(event)
        await super().handle_event(event)
        if mark is not None:
            self._done(mark)

    def is_interesting(self, event: Event) -> bool:
        """Tell whether the bot wants the event, or we do."""
        return isinstance(event.payload, OURS) or super().is_interesting(event)

    async def _mark(self, event: Event) -> Mark | None:
        account_id, payload = event.account_id, event.payload
        if isinstance(payload, MsgsChanged) and payload.msg_id:
            return ("change", await self._name(account_id, payload.msg_id))
        if isinstance(payload, ReactionsChanged):
            message = await self._name(account_id, payload.msg_id)
            return ("reaction", message, await self._address(account_id, payload.contact_id))
        if isinstance(payload, SecurejoinInviterProgress) and payload.progress == JOINED:
            return ("join", await self._address(account_id, payload.contact_id))
        if isinstance(payload, WebxdcStatusUpdate):
            return await self._update_mark(account_id, payload)
        return None

    async def _update_mark(self, account_id: AccountId, update: WebxdcStatusUpdate) -> Mark:
        before = update.status_update_serial - 1
        found = await self.core.get_webxdc_status_updates(account_id, update.msg_id, before)
        content = json.dumps(json.loads(found)[0]["payload"], sort_keys=True)
        return ("update", await self._name(account_id, update.msg_id), content)

    async def _address(self, account_id: AccountId, contact_id: ContactId) -> str:
        return (await self.core.get_contact(account_id, contact_id)).address


class Stage(ABC):
    """A core with an account on which a bot runs.

    Attributes:
        core: The core.
        account_id: The bot's account.
        clock: The bot's clock; the core has its own.
        host: What runs the bot now.
        news: Noted whenever anything may have changed.
    """

    def __init__(self, directory: Path) -> None:
        self.core: Core
        self.account_id: AccountId
        self.clock = FakeClock()
        self.host: WatchedHost
        self.news = News()
        self._done: Counter[Mark] = Counter()
        self._memory = directory / "memory.sqlite"
        self._running = AsyncExitStack()

    @abstractmethod
    async def name_message(self, account_id: AccountId, message_id: MessageId) -> Hashable:
        """Name a message of the bot's account as its other readers would."""

    @abstractmethod
    def actor(self, address: str, name: str, *, is_bot: bool) -> Actor:
        """Let somebody come who can write to the bot."""

    async def start(self, bot: Bot) -> None:
        """Run the bot, and return once it serves its account."""
        database = await self._running.enter_async_context(Database(self._memory))
        self.host = WatchedHost(bot, self, database, self._note)
        ready = asyncio.Event()
        task = asyncio.create_task(self.host.run(ready))
        self._running.push_async_callback(_end, task)
        self._task = task
        task.add_done_callback(lambda _: ready.set())
        task.add_done_callback(lambda _: self.news.note())
        async with asyncio.timeout(SECONDS):
            await ready.wait()
        self._check()

    async def stop(self) -> None:
        """End the bot as SIGTERM does."""
        await self._running.aclose()

    async def until_done(self, deed: Awaitable[Mark]) -> None:
        """Wait until something is done, and the bot has handled it."""
        before = self._done.copy()
        mark = await deed
        await self.until(
            lambda: self._done[mark] > before[mark], f"The bot has not handled the {mark[0]}"
        )

    async def until(self, holds: Callable[[], bool], otherwise: str) -> None:
        """Wait until something is so; the test fails with the reason if it never is."""
        try:
            async with asyncio.timeout(SECONDS):
                await self.news.until(lambda: self._check() or holds())
        except TimeoutError:
            raise AssertionError(f"{otherwise} within {SECONDS:g} seconds.") from None

    async def until_asked(self, ask: Callable[[], Awaitable[bool]], otherwise: str) -> None:
        """Wait until something is so that a core must be asked for; asked again at any news."""
        seen = self.news.number
        while not await ask():
            await self._until_news(seen, otherwise)
            seen = self.news.number

    async def _until_news(self, seen: int, otherwise: str) -> None:
        await self.until(lambda: self.news.number > seen, otherwise)

    def _note(self, mark: Mark) -> None:
        self._done[mark] += 1
        self.news.note()

    def _check(self) -> bool:
        """Fail if the bot has ended by itself."""
        if self._task.done():
            self._task.result()
            raise AssertionError("The bot has ended by itself.")
        return False


async def _end(task: asyncio.Task[None]) -> None:
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
