"""The engine, the store and the sender that a gateway has: over sockets and a file."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import msgspec

from tests.gateway.delivery.receiver import Receiver, sender
from tests.gateway.delivery.stage import BOT, ONE, OWNER, SEALER, webhook
from vestnik.clock import SystemClock
from vestnik.gateway.administration import Administration
from vestnik.gateway.brokers import MemoryBroker
from vestnik.gateway.delivery import Deliveries, DeliveryOptions
from vestnik.gateway.model import Addressed, AttemptState, Batch, Owner, Planned, Resource, Webhook
from vestnik.gateway.ports import Store
from vestnik.gateway.roster import Roster
from vestnik.gateway.stores import SqliteStore
from vestnik.wire import Notification


async def told(webhook: Webhook) -> None:
    raise AssertionError(f"{webhook.id} was switched off")


@asynccontextmanager
async def running(store: Store) -> AsyncIterator[Deliveries]:
    roster = Roster(await store.settings.load())
    options = DeliveryOptions(each_at_once=4)
    clock = SystemClock()
    marks = Administration(store, roster, MemoryBroker(), SEALER, clock).webhooks
    async with sender() as client:
        engine = Deliveries(store, roster, SEALER, client, clock, options, told, marks)
        async with engine:
            yield engine


async def plan(store: Store, count: int) -> tuple[Planned, ...]:
    items = tuple(
        Addressed(OWNER, Notification(1, BOT, f"thing-{n}", "bob", 5), (ONE,)) for n in range(count)
    )
    return (await store.log.append([Batch(items)]))[0].planned


async def settled(engine: Deliveries, receiver: Receiver, count: int) -> None:
    async with asyncio.timeout(20):
        await receiver.changes.until(lambda: len(receiver.requests) >= count)
        await engine.drain(10)


async def test_what_was_planned_is_made_once_over_a_restart(tmp_path: Path) -> None:
    async with Receiver().serving() as receiver:
        hook = msgspec.structs.replace(webhook(), url=receiver.url("/hook"))
        async with SqliteStore(tmp_path / "gateway.db") as store:
            owner = Owner(id=OWNER, name="Ann", created=0)
            resource = Resource(id=BOT, owner=OWNER, name="Bot", created=0)
            await store.settings.save(owner, resource, hook)
            async with running(store) as engine:
                for _ in range(20):
                    assert engine.reserve(ONE)
                engine.accept(await plan(store, 20))
                await settled(engine, receiver, 20)
            await plan(store, 10)
        async with SqliteStore(tmp_path / "gateway.db") as store:
            async with running(store) as engine:
                await settled(engine, receiver, 30)
            rows = await store.attempts.latest(ONE, 100)
    assert len(receiver.requests) == 30
    assert {row.state for row in rows} == {AttemptState.DELIVERED}
    assert len(rows) == 30
