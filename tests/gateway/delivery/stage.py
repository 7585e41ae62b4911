"""An engine with everything around it in memory, and a receiver that a test holds in its hands."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager

import msgspec

from vestnik.errors import StoreFailed
from vestnik.gateway.administration import Administration
from vestnik.gateway.brokers import MemoryBroker
from vestnik.gateway.delivery import Deliveries, DeliveryOptions, MemorySender
from vestnik.gateway.model import (
    Addressed,
    Attempt,
    AttemptState,
    Batch,
    Finished,
    Owner,
    Planned,
    Record,
    Resource,
    Webhook,
)
from vestnik.gateway.ports import WebhookRequest, WebhookResponse
from vestnik.gateway.roster import Roster
from vestnik.gateway.sealing import Sealer
from vestnik.gateway.stores.memory import MemoryStore
from vestnik.ids import DeliveryId, OwnerId, ResourceId, WebhookId
from vestnik.testing import FakeClock
from vestnik.testing.waiting import Changes
from vestnik.wire import Notification

OWNER, BOT = OwnerId("ann"), ResourceId("bot")
KEY = b"k" * 32
SEALER = Sealer.from_key(KEY)
ONE, TWO = WebhookId("one"), WebhookId("two")

OK = WebhookResponse(status=200, milliseconds=1.0)
BROKEN = WebhookResponse(status=500, milliseconds=1.0)
DEAD = WebhookResponse(error="There was no answer within 5 s.", milliseconds=5000.0)


class Stage:
    """All that an engine needs.

    Attributes:
        answers: What each webhook's receiver says; unless it is held.
        trace: What happened, in order: ``begun 1``, ``sent one``, ``finished 1``.
    """

    def __init__(self, options: DeliveryOptions | None = None) -> None:
        self.clock = FakeClock()
        self.store = MemoryStore(self.clock)
        self.roster = Roster()
        self.administration = Administration(
            self.store, self.roster, MemoryBroker(), SEALER, self.clock
        )
        self.options = options or DeliveryOptions()
        self.sender = MemorySender(self._answer)
        self.answers: dict[str, WebhookResponse] = {}
        self.held: dict[str, asyncio.Event] = {}
        self.trace: list[str] = []
        self.disabled: list[Webhook] = []
        self.changes = Changes()
        self.store_fails = False
        self._record = self.store.attempts.record
        self.store.attempts.record = self._recording  # type: ignore[method-assign]

    async def keep(self, *records: Record) -> None:
        await self.store.settings.save(*records)
        self.roster.put(*records)

    async def furnish(self, *webhooks: Webhook) -> None:
        owner = Owner(id=OWNER, name="Ann", created=0)
        await self.keep(owner, Resource(id=BOT, owner=OWNER, name="Bot", created=0), *webhooks)

    @asynccontextmanager
    async def running(self) -> AsyncIterator[Deliveries]:
        engine = Deliveries(
            self.store,
            self.roster,
            SEALER,
            self.sender,
            self.clock,
            self.options,
            self._on_disabled,
            self.administration.webhooks,
        )
        async with engine:
            yield engine

    async def plan(self, *webhooks: WebhookId, count: int = 1) -> Sequence[Planned]:
        items = tuple(Addressed(OWNER, _notification(n), webhooks) for n in range(count))
        return (await self.store.log.append([Batch(items)]))[0].planned

    async def publish(self, engine: Deliveries, *webhooks: WebhookId, count: int = 1) -> None:
        """Do what publishing does."""
        for webhook in webhooks:
            for _ in range(count):
                assert engine.reserve(webhook)
        engine.accept(await self.plan(*webhooks, count=count))

    def hold(self, *webhooks: WebhookId) -> None:
        for webhook in webhooks:
            self.held[webhook] = asyncio.Event()

    def let_go(self, webhook: WebhookId) -> None:
        self.held.pop(webhook).set()

    async def until(self, is_so: Callable[[], bool]) -> None:
        async with asyncio.timeout(10):
            await self.changes.until(is_so)

    async def until_state(self, state: AttemptState, count: int = 1) -> None:
        await self.until(lambda: len(self.attempts(state)) >= count)

    def attempts(self, state: AttemptState | None = None) -> list[Attempt]:
        rows = self.store._memory.attempts.values()
        return [row for row in rows if state is None or row.state is state]

    def sent(self) -> list[str]:
        return [line.removeprefix("sent ") for line in self.trace if line.startswith("sent ")]

    async def _answer(self, request: WebhookRequest) -> WebhookResponse:
        name = request.url.rpartition("/")[2]
        self.trace.append(f"sent {name}")
        self.changes.note()
        if name in self.held:
            await self.held[name].wait()
        return self.answers.get(name, OK)

    async def _recording(
        self, begun: Sequence[DeliveryId], finished: Sequence[Finished], now: int
    ) -> None:
        if self.store_fails:
            self.trace.append("failed")
            self.changes.note()
            raise StoreFailed("The disk is full: make room.")
        await asyncio.sleep(0)
        await self._record(begun, finished, now)
        self.trace += [f"begun {id}" for id in begun]
        self.trace += [f"finished {one.id}" for one in finished]
        self.changes.note()

    async def _on_disabled(self, webhook: Webhook) -> None:
        self.disabled.append(webhook)
        self.changes.note()


def webhook(id: WebhookId = ONE, **more: object) -> Webhook:
    """Make a webhook with sealed secrets."""
    made = Webhook(
        id=id,
        owner=OWNER,
        url=f"https://hooks.example/{id}",
        token=SEALER.seal("owner's token"),
        created=0,
    )
    return msgspec.structs.replace(made, **more)


def _notification(number: int) -> Notification:
    return Notification(1, BOT, f"thing-{number}", "bob", 5, msgspec.Raw(b'{"upCount":1}'))
