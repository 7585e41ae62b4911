"""A gateway that tells of a bot on the fake core, and everything around it."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field

from tests.gateway.records import owner, resource
from vestnik.bot.intake.intake import Arrival, Intake
from vestnik.bot.intake.seen import SeenMarker
from vestnik.bridge.files.links import Links
from vestnik.bridge.forwarding import Forwarding
from vestnik.bridge.model import BotCommand, BotRecord, Hosted
from vestnik.bridge.registry import Registry
from vestnik.bridge.subscription import check_events
from vestnik.chatmail import Backoff, Core, Event
from vestnik.chatmail.events import EventPayload
from vestnik.chatmail.types import MessageData
from vestnik.clock import Clock
from vestnik.gateway import Gateway, Sealer
from vestnik.gateway.brokers import MemoryBroker
from vestnik.gateway.delivery import MemorySender
from vestnik.gateway.model import Appended, Batch
from vestnik.gateway.ports import BrokerMessage, Notified, owner_topic
from vestnik.gateway.stores import MemoryStore
from vestnik.ids import AccountId, ChatId, OwnerId, ResourceId
from vestnik.testing import FakeAccount, FakeClock, FakeCore, FakeMessage
from vestnik.testing.waiting import Changes
from vestnik.wire import Notification

__all__ = ["ANNA", "Stage", "arrival_of", "event_of", "payload_of", "staging"]

ANNA = OwnerId("anna")
ECHO = ResourceId("bot")
BASE = "https://bots.example.org"


@dataclass
class Stage:
    """Everything; what was told is kept, what the store may do can be forbidden."""

    fake_core: FakeCore
    core: Core
    clock: FakeClock
    gateway: Gateway
    store: MemoryStore
    links: Links
    seen: SeenMarker
    registry: Registry = field(default_factory=Registry)
    told: list[Notification] = field(default_factory=list)
    posted: list[tuple[AccountId, ChatId, MessageData, str]] = field(default_factory=list)
    refusals: list[Exception] = field(default_factory=list)
    problems: list[Exception] = field(default_factory=list)
    after_commit: list[Exception] = field(default_factory=list)
    post_problems: list[Exception] = field(default_factory=list)
    changes: Changes = field(default_factory=Changes)

    def __post_init__(self) -> None:
        self.forwarding = self.new_forwarding()
        self._append = self.store.log.append
        self.store.log.append = self.append  # type: ignore[method-assign]
        self._announce = self.gateway.publishing.announce
        self.gateway.publishing.announce = self.announce  # type: ignore[method-assign]

    def new_forwarding(self) -> Forwarding:
        return Forwarding(self.core, self.gateway, self.registry, self.links, self.seen, self.post)

    def host(
        self, account: FakeAccount, *events: str, commands: Sequence[BotCommand] = ()
    ) -> Hosted:
        """Make an account the bot; by default it hears what is usual."""
        record = BotRecord(
            resource=ECHO, events=check_events(events or ["default"]), commands=tuple(commands)
        )
        hosted = Hosted(account=account.id, address=account.address, record=record)
        self.registry.put(hosted)
        return hosted

    def accounts(self) -> list[AccountId]:
        roster = self.gateway.roster
        return [
            hosted.account
            for hosted in self.registry.all()
            if (found := roster.resource(hosted.bot)) is not None and found.notify
        ]

    def pause(self, *, notify: bool = False) -> None:
        self.gateway.roster.put(resource("bot", notify=notify))

    async def announce(
        self, owner: OwnerId, notification: Notification, key: str | None = None
    ) -> bool:
        if self.refusals:
            raise self.refusals.pop(0)
        return await self._announce(owner, notification, key)

    async def append(self, batches: Sequence[Batch]) -> Sequence[Appended]:
        if self.problems:
            raise self.problems.pop(0)
        appended = await self._append(batches)
        if self.after_commit:
            raise self.after_commit.pop(0)
        return appended

    async def post(
        self,
        account_id: AccountId,
        chat_id: ChatId,
        data: MessageData,
        *,
        key: str,
        urgent: bool,
    ) -> None:
        assert urgent
        if self.post_problems:
            raise self.post_problems.pop(0)
        self.posted.append((account_id, chat_id, data, key))
        self.changes.note()

    def hear(self, message: BrokerMessage) -> None:
        assert isinstance(message, Notified)
        self.told += [stored.notification for stored in message.items]
        self.changes.note()

    async def until_told(self, count: int) -> list[dict[str, object]]:
        """Wait for so many notifications and give the payloads of all."""
        async with asyncio.timeout(10):
            await self.changes.until(lambda: len(self.told) >= count)
        return [payload_of(notification) for notification in self.told]

    async def until_seen(self, *messages: FakeMessage) -> None:
        """Wait until messages were marked as seen."""
        async with asyncio.timeout(10):
            while any(message.is_fresh for message in messages):
                marked = len(self.fake_core.calls("markseen_msgs"))
                await self.fake_core.until_called("markseen_msgs", marked + 1)

    @asynccontextmanager
    async def intake(
        self, account: FakeAccount, clock: Clock | None = None
    ) -> AsyncIterator[Intake]:
        """Run an intake and the marker as hosting does, until the block ends."""
        intake = Intake(self.core, self.accounts, self.forwarding, clock or self.clock)
        listening = asyncio.Event()
        tasks = [
            asyncio.create_task(intake.run(listening)),
            asyncio.create_task(self.seen.run()),
        ]
        await listening.wait()
        await self.core.start_io(account.id)
        try:
            yield intake
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)


def arrival_of(account: FakeAccount, message: FakeMessage) -> Arrival:
    """Give the arrival of a message that came in."""
    return Arrival(account.id, message.chat.id, message.id)


def event_of(account: FakeAccount, payload: EventPayload) -> Event:
    """Give something that happened to an account."""
    return Event(account_id=account.id, payload=payload)


def payload_of(notification: Notification) -> dict[str, object]:
    """Read the payload of a notification."""
    found: dict[str, object] = json.loads(bytes(notification.payload))
    return found


@asynccontextmanager
async def staging(fake_core: FakeCore, clock: FakeClock) -> AsyncIterator[Stage]:
    """Run a core and a gateway with one owner and one resource until the block ends."""
    async with AsyncExitStack() as stack:
        store, broker = MemoryStore(clock), MemoryBroker()
        await store.settings.save(owner(), resource("bot"))
        sealer = Sealer.from_key(bytes(32))
        gateway = Gateway(store, broker, MemorySender(), sealer, clock=clock)
        await stack.enter_async_context(gateway)
        core = Core(fake_core.transport, restarts=Backoff(first=0.01, calm=0))
        await stack.enter_async_context(core)
        links = Links(bytes(32), lambda: BASE, 3600, clock)
        stage = Stage(fake_core, core, clock, gateway, store, links, SeenMarker(core, clock))
        await broker.subscribe(owner_topic(ANNA), stage.hear)
        yield stage
