"""All brokers pass the checks that `vestnik.testing` ships."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import pytest

from vestnik.gateway.brokers import MemoryBroker
from vestnik.gateway.ports import Broker, BrokerMessage, Changed
from vestnik.ids import OwnerId
from vestnik.testing import BROKER_CHECKS, check_broker


@asynccontextmanager
async def memory_broker() -> AsyncIterator[MemoryBroker]:
    yield MemoryBroker()


@pytest.mark.parametrize("check", BROKER_CHECKS, ids=lambda check: check.__name__)
async def test_a_broker_keeps_its_promises(check: Callable[[Broker], Awaitable[None]]) -> None:
    async with memory_broker() as broker:
        await check(broker)


async def test_all_checks_can_be_run_at_once() -> None:
    await check_broker(memory_broker)


async def test_a_broker_that_breaks_a_promise_is_found_out() -> None:
    class Stammering(MemoryBroker):
        async def publish(self, topic: str, message: BrokerMessage) -> None:
            await super().publish(topic, message)
            await super().publish(topic, message)

    @asynccontextmanager
    async def stammering() -> AsyncIterator[Stammering]:
        yield Stammering()

    with pytest.raises(AssertionError, match="repeated"):
        await check_broker(stammering)


async def test_a_listener_that_raises_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    def broken(message: BrokerMessage) -> None:
        raise RuntimeError("broken")

    broker = MemoryBroker()
    await broker.subscribe("a", broken)
    with caplog.at_level(logging.ERROR, "vestnik.gateway"):
        await broker.publish("a", Changed(OwnerId("ann")))
    (record,) = caplog.records
    assert record.exc_info is not None
