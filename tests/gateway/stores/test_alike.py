"""Whatever is done to them, the store in a file and the one in memory answer alike."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any, TypeAlias

import msgspec
from hypothesis import example, given, settings
from hypothesis import strategies as st

from vestnik.errors import StoreFailed
from vestnik.gateway.model import (
    Addressed,
    AttemptKind,
    AttemptState,
    Batch,
    Finished,
    Owner,
    Record,
    Resource,
    Retention,
    Webhook,
)
from vestnik.gateway.ports import Store
from vestnik.gateway.stores import MemoryStore, SqliteStore
from vestnik.ids import DeliveryId, OwnerId, ResourceId, WebhookId
from vestnik.testing import FakeClock
from vestnik.wire import NULL, Notification

Step: TypeAlias = Callable[[Store, FakeClock], Coroutine[Any, Any, object]]

owners = st.sampled_from([OwnerId("ann"), OwnerId("ben"), OwnerId("кот")])
hooks = st.sampled_from([WebhookId("hook"), WebhookId("other"), WebhookId("third")])
ids = st.integers(1, 12).map(DeliveryId)
small = st.integers(0, 8)
texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
payloads = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=5,
).map(lambda value: msgspec.Raw(_json(value)))
notifications = st.builds(
    Notification,
    st.integers(0, 2**63 - 1),
    texts.map(ResourceId),
    texts,
    texts,
    st.integers(-(2**63), 2**63 - 1),
    payloads,
)
few_hooks = st.lists(hooks, max_size=2, unique=True).map(tuple)
items = st.builds(Addressed, owners, notifications, few_hooks, few_hooks)
batches = st.builds(
    Batch, st.lists(items, max_size=4).map(tuple), st.none() | st.sampled_from(["k", "ключ"])
)
ends = st.builds(
    Finished,
    id=ids,
    state=st.sampled_from([AttemptState.DELIVERED, AttemptState.FAILED, AttemptState.SKIPPED]),
    milliseconds=st.none() | st.floats(0, 1e6),
    status=st.none() | st.integers(100, 599),
    excerpt=texts,
    error=texts,
)


def _json(value: object) -> bytes:
    import json

    return json.dumps(value, ensure_ascii=False, indent=1).encode()


def appends(some: list[Batch]) -> Step:
    return lambda store, clock: store.log.append(some)


def reads(owner: OwnerId, after: int, limit: int, up_to: int | None) -> Step:
    return lambda store, clock: store.log.read(owner, after, limit, up_to)


def ends_of(owner: OwnerId) -> Step:
    async def step(store: Store, clock: FakeClock) -> object:
        return (await store.log.position(owner)).offset

    return step


def records(begun: list[DeliveryId], finished: list[Finished]) -> Step:
    return lambda store, clock: store.attempts.record(begun, finished, int(clock.now()))


def plans(hook: WebhookId, owner: OwnerId, kind: AttemptKind, offset: int | None) -> Step:
    return lambda store, clock: store.attempts.plan(
        hook, owner, kind, int(clock.now() * 1000), offset=offset, number=2, due=5
    )


def recovers() -> Step:
    return lambda store, clock: store.attempts.recover(int(clock.now() * 1000))


def lists(hook: WebhookId, limit: int, before: DeliveryId | None) -> Step:
    return lambda store, clock: store.attempts.latest(hook, limit, before)


def gets(id: DeliveryId) -> Step:
    return lambda store, clock: store.attempts.get(id)


def waits(seconds: int) -> Step:
    return lambda store, clock: clock.advance(seconds)


def trims(log_ago: int, attempts_ago: int) -> Step:
    def step(store: Store, clock: FakeClock) -> Coroutine[Any, Any, int]:
        now = int(clock.now() * 1000)
        return store.trim(
            Retention(log_since=now - log_ago * 1000, attempts_since=now - attempts_ago * 1000)
        )

    return step


def saves(some: list[Record]) -> Step:
    return lambda store, clock: store.settings.save(*some)


def deletes(owner: OwnerId, hook: WebhookId, is_owner: bool) -> Step:
    place: tuple[type[Record], OwnerId | WebhookId]
    place = (Owner, owner) if is_owner else (Webhook, hook)
    return lambda store, clock: store.settings.delete(place)


def loads() -> Step:
    return lambda store, clock: store.settings.load()


some_records = st.one_of(
    st.builds(Owner, id=owners, name=texts, created=small),
    st.builds(Resource, id=st.just(ResourceId("bot")), owner=owners, name=texts, created=small),
    st.builds(Webhook, id=hooks, owner=owners, url=texts, token=texts, created=small),
)
steps = st.one_of(
    st.builds(appends, st.lists(batches, max_size=3)),
    st.builds(appends, st.lists(batches, max_size=3)),
    st.builds(reads, owners, small, small, st.none() | small),
    st.builds(ends_of, owners),
    st.builds(records, st.lists(ids, max_size=4), st.lists(ends, max_size=4)),
    st.builds(plans, hooks, owners, st.sampled_from(AttemptKind), st.none() | small),
    st.builds(recovers),
    st.builds(lists, hooks, small, st.none() | ids),
    st.builds(gets, ids),
    st.builds(waits, st.sampled_from([1, 3, 50_000])),
    st.builds(trims, small, small),
    st.builds(saves, st.lists(some_records, max_size=4)),
    st.builds(deletes, owners, hooks, st.booleans()),
    st.builds(loads),
)


async def answers(store: Store, clock: FakeClock, todo: list[Step]) -> list[object]:
    said: list[object] = []
    async with store:
        for step in todo:
            try:
                answer = await step(store, clock)
            except StoreFailed as error:
                answer = str(error)
            said.append(answer)
    return said


def _an_attempt_of(hook: WebhookId) -> Step:
    note = Notification(1, ResourceId("bot"), "a", "u", 1, NULL)
    return appends([Batch((Addressed(OwnerId("ann"), note, (hook,)),))])


HOOK = WebhookId("hook")
_OF_NOBODYS_WEBHOOK = [_an_attempt_of(HOOK), deletes(OwnerId("ann"), HOOK, False), recovers()]


@settings(max_examples=60, deadline=None)
@example(_OF_NOBODYS_WEBHOOK)
@given(st.lists(steps, max_size=25))
def test_the_stores_answer_alike(todo: list[Step]) -> None:
    async def both() -> None:
        with tempfile.TemporaryDirectory() as folder:
            clock = FakeClock()
            from_file = SqliteStore(Path(folder) / "gateway.db", clock=clock)
            in_file = await answers(from_file, clock, todo)
        clock = FakeClock()
        in_memory = await answers(MemoryStore(clock), clock, todo)
        for one, other in zip(in_file, in_memory, strict=True):
            assert one == other

    asyncio.run(both())
