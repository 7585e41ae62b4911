"""The whole gateway: put together, looked after, ended in order."""

from __future__ import annotations

import asyncio
from pathlib import Path

import msgspec
import pytest

from tests.gateway.records import about, operator, owner, resource, token, webhook
from vestnik.errors import StoreFailed
from vestnik.gateway import Gateway, GatewayOptions, Sealer
from vestnik.gateway.brokers import MemoryBroker
from vestnik.gateway.delivery import DeliveryOptions, MemorySender
from vestnik.gateway.model import Retention, Webhook
from vestnik.gateway.ports import (
    BrokerMessage,
    Notified,
    WebhookRequest,
    WebhookResponse,
    owner_topic,
)
from vestnik.gateway.stores import MemoryStore, SqliteStore
from vestnik.ids import OwnerId
from vestnik.testing import FakeClock

ANNA = OwnerId("anna")
SEALER = Sealer.from_key(bytes(32))


def hook(id: str = "hook") -> Webhook:
    return msgspec.structs.replace(webhook(id), token=SEALER.seal("hook-token"))


async def a_store(clock: FakeClock) -> MemoryStore:
    store = MemoryStore(clock)
    await store.settings.save(owner(), resource(), token(), operator(), hook())
    return store


def gateway_of(
    store: MemoryStore,
    clock: FakeClock,
    sender: MemorySender | None = None,
    broker: MemoryBroker | None = None,
    options: GatewayOptions | None = None,
) -> Gateway:
    return Gateway(
        store,
        broker or MemoryBroker(),
        sender or MemorySender(),
        SEALER,
        clock=clock,
        options=options,
    )


async def test_settings_are_there_from_the_start_and_everything_works() -> None:
    clock, sender = FakeClock(), MemorySender()
    async with gateway_of(await a_store(clock), clock, sender) as gateway:
        assert gateway.access.identify("secret") == token()
        await gateway.publishing.publish([about()], token())
        await gateway.drain(5)
    (request,) = sender.requests
    assert msgspec.json.decode(request.body)["affected"] == "bot"


async def test_an_announced_end_is_seen_and_lets_all_go_on() -> None:
    clock = FakeClock()
    async with gateway_of(await a_store(clock), clock) as gateway:
        gateway.announce_end()
        assert not await gateway.is_ready()
        assert not gateway.is_draining
        assert (await gateway.publishing.publish([about()], token())).accepted == 1


async def test_the_end_lets_out_what_was_accepted_and_comes_once() -> None:
    clock = FakeClock()
    store = await a_store(clock)
    async with gateway_of(store, clock) as gateway:
        assert await gateway.is_ready()
        waiting = asyncio.create_task(gateway.publishing.publish([about()], token()))
        await asyncio.sleep(0)
        await gateway.drain(5)
        await gateway.drain(5)
        assert (await waiting).accepted == 1
        assert gateway.is_draining
        assert not await gateway.is_ready()
        with pytest.raises(StoreFailed, match="about to end"):
            await gateway.publishing.publish([about()], token())
    assert (await store.log.position(ANNA)).offset == 1


async def test_a_start_that_fails_leaves_nothing_open(monkeypatch: pytest.MonkeyPatch) -> None:
    clock, ended = FakeClock(), []
    store = await a_store(clock)

    class Ending(MemorySender):
        async def __aexit__(self, *exc: object) -> None:
            ended.append("sender")

    async def fail(now: int) -> None:
        raise StoreFailed("The log is broken.")

    monkeypatch.setattr(store.attempts, "recover", fail)
    gateway = gateway_of(store, clock, Ending())
    with pytest.raises(StoreFailed, match="log is broken"):
        await gateway.__aenter__()
    assert ended == ["sender"]
    assert [task for task in asyncio.all_tasks() if task is not asyncio.current_task()] == []


async def test_what_is_old_is_forgotten_again_and_again(monkeypatch: pytest.MonkeyPatch) -> None:
    clock, seen = FakeClock(), []
    store = await a_store(clock)

    async def trim(retention: Retention) -> int:
        seen.append(retention)
        raise StoreFailed("Busy.")

    monkeypatch.setattr(store, "trim", trim)
    options = GatewayOptions(
        keep_notifications=60, keep_attempts=120, most_bytes=1000, trim_seconds=10
    )
    async with gateway_of(store, clock, options=options):
        await clock.until_sleeping()
        begin = clock.now()
        await clock.advance(20)
    assert seen == [
        Retention(
            log_since=int((begin + after - 60) * 1000),
            attempts_since=int((begin + after - 120) * 1000),
            most_bytes=1000,
        )
        for after in (10, 20)
    ]


async def test_the_owner_is_told_when_a_webhook_is_given_up() -> None:
    clock, broker = FakeClock(), MemoryBroker()
    told: list[Notified] = []

    async def answer(request: WebhookRequest) -> WebhookResponse:
        is_good = request.url.startswith("https://good")
        return WebhookResponse(status=200 if is_good else 500)

    def hear(message: BrokerMessage) -> None:
        assert isinstance(message, Notified)
        told.append(message)

    sender = MemorySender(answer)
    store = await a_store(clock)
    bad = msgspec.structs.replace(hook("bad"), url="https://bad.example/?key=secret")
    good = msgspec.structs.replace(hook(), url="https://good.example/")
    await store.settings.save(bad, good)
    await broker.subscribe(owner_topic(ANNA), hear)
    options = GatewayOptions(delivery=DeliveryOptions(disable_after=100))
    async with gateway_of(store, clock, sender, broker, options) as gateway:
        for _ in range(3):
            await gateway.publishing.publish([about()], token())
            await clock.advance(60)
        assert gateway.roster.webhook(bad.id) != bad
        await gateway.drain(5)
    (item,) = told[-1].items
    assert (item.notification.type, item.notification.resource) == (90, "anna")
    payload = msgspec.json.decode(item.notification.payload)
    assert (payload["webhook"], payload["url"]) == ("bad", "https://bad.example/")
    about_it = [r.url for r in sender.requests if b'"type":90' in r.body]
    assert about_it == ["https://good.example/"]


async def test_a_gateway_that_cannot_tell_it_goes_on(caplog: pytest.LogCaptureFixture) -> None:
    clock = FakeClock()
    async with gateway_of(await a_store(clock), clock) as gateway:
        gateway.publishing._room._most = 0
        await gateway._webhook_disabled(hook())
    assert "could not be told" in caplog.text


async def test_it_goes_on_where_it_was_on_a_store_of_files(tmp_path: Path) -> None:
    for is_repeat in (False, True):
        store = SqliteStore(tmp_path / "gateway.db")
        async with Gateway(store, MemoryBroker(), MemorySender(), SEALER) as gateway:
            if not is_repeat:
                await gateway.administration.owners.create("Anna", id=ANNA)
                await gateway.administration.resources.create(ANNA, "Bot", id=resource().id)
            receipt = await gateway.publishing.publish([about()], operator(), "key")
            assert receipt.is_repeat is is_repeat
            assert (await gateway.log.position(ANNA)).offset == 1


async def test_a_log_that_cannot_be_read_is_not_ready(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = FakeClock()
    store = await a_store(clock)

    async def fail(*_: object) -> None:
        raise StoreFailed("The disk is broken.")

    async with gateway_of(store, clock) as gateway:
        assert await gateway.is_ready()
        monkeypatch.setattr(store.log, "read", fail)
        assert not await gateway.is_ready()
