"""What every `Broker` of a gateway has to do, as checks that any implementation can be put to.

They need no test framework: each is a coroutine function that raises `AssertionError` with a
sentence. Run them all by `check_broker`, or one by one from `BROKER_CHECKS`.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from typing import TypeAlias

from vestnik.gateway.model import Stored
from vestnik.gateway.ports import (
    SETTINGS_TOPIC,
    Broker,
    BrokerMessage,
    Changed,
    Notified,
    TokenRevoked,
    owner_topic,
)
from vestnik.ids import OwnerId, ResourceId, TokenId
from vestnik.testing.waiting import Changes
from vestnik.wire import Notification

__all__ = ["BROKER_CHECKS", "BrokerMaker", "check_broker"]

DEADLINE = 20.0
"""Seconds after which a check that hangs is given up."""

MANY = 500

BrokerMaker: TypeAlias = Callable[[], AbstractAsyncContextManager[Broker]]
"""Makes a broker for a check, open, and closes it afterwards."""


class Recorder:
    """A listener that notes what it is told."""

    def __init__(self) -> None:
        self.heard: list[BrokerMessage] = []
        self._changes = Changes()

    def __call__(self, message: BrokerMessage) -> None:
        """Note a message."""
        self.heard.append(message)
        self._changes.note()

    async def until(self, count: int) -> list[BrokerMessage]:
        """Wait until so many messages came."""
        await self._changes.until(lambda: len(self.heard) >= count)
        return self.heard


def _expect(condition: bool, sentence: str) -> None:
    if not condition:
        raise AssertionError(sentence)


def _revoked(number: int) -> TokenRevoked:
    return TokenRevoked(TokenId(f"token-{number}"))


async def _marked(broker: Broker, topic: str, witness: Recorder) -> None:
    """Return once everything that was published on a topic before has been told."""
    mark = Changed(OwnerId("the mark"))
    await broker.publish(topic, mark)
    while mark not in witness.heard:
        await witness.until(len(witness.heard) + 1)


async def it_tells_every_listener_every_message_in_order(broker: Broker) -> None:
    """Two listeners hear all of one publisher's messages, once each, in his order."""
    one, other = Recorder(), Recorder()
    await broker.subscribe("a", one)
    await broker.subscribe("a", other)
    said: list[BrokerMessage] = [_revoked(number) for number in range(MANY)]
    for message in said:
        await broker.publish("a", message)
    for listener in (one, other):
        await listener.until(MANY)
    await _marked(broker, "a", one)
    await _marked(broker, "a", other)
    for listener in (one, other):
        _expect(listener.heard[:MANY] == said, "messages are missing, repeated or out of order")


async def it_carries_what_was_stored_whole(broker: Broker) -> None:
    """Notifications arrive as they were, with their place and their epoch."""
    listener = Recorder()
    owner = OwnerId("владелец")
    await broker.subscribe(owner_topic(owner), listener)
    what = Notification(2**31, ResourceId("bot"), "ü\x00\u2028", "кто", 2**53)
    said = Notified(owner, "epoch", (Stored(owner, 1, what), Stored(owner, 2, what)))
    await broker.publish(owner_topic(owner), said)
    _expect(await listener.until(1) == [said], f"this came instead: {listener.heard}")


async def it_keeps_topics_apart(broker: Broker) -> None:
    """Who listens to one topic hears nothing of another."""
    here, there = Recorder(), Recorder()
    await broker.subscribe(owner_topic(OwnerId("here")), here)
    await broker.subscribe(SETTINGS_TOPIC, there)
    await broker.publish(owner_topic(OwnerId("here")), _revoked(1))
    await broker.publish(SETTINGS_TOPIC, _revoked(2))
    await here.until(1)
    await there.until(1)
    _expect(here.heard == [_revoked(1)], f"a listener heard {here.heard}")
    _expect(there.heard == [_revoked(2)], f"a listener heard {there.heard}")


async def it_says_nothing_of_what_was_before(broker: Broker) -> None:
    """A listener hears what is published from now on."""
    await broker.publish("a", _revoked(1))
    listener = Recorder()
    await broker.subscribe("a", listener)
    await broker.publish("a", _revoked(2))
    _expect((await listener.until(1))[0] == _revoked(2), "an old message was told")


async def it_tells_nothing_to_the_closed(broker: Broker) -> None:
    """After close nothing comes; closing twice is no error, and the others go on."""
    gone, staying = Recorder(), Recorder()
    subscription = await broker.subscribe("a", gone)
    await broker.subscribe("a", staying)
    await broker.publish("a", _revoked(1))
    await gone.until(1)
    await subscription.close()
    await subscription.close()
    await broker.publish("a", _revoked(2))
    await staying.until(2)
    _expect(gone.heard == [_revoked(1)], f"after close came {gone.heard[1:]}")


async def it_lets_a_listener_come_back(broker: Broker) -> None:
    """The same listener may close and subscribe again, and hears everything once."""
    listener = Recorder()
    await (await broker.subscribe("a", listener)).close()
    await broker.subscribe("a", listener)
    await broker.publish("a", _revoked(1))
    await listener.until(1)
    await _marked(broker, "a", listener)
    _expect(listener.heard.count(_revoked(1)) == 1, "a message was told twice")


async def it_is_not_hurt_by_a_listener_that_raises(broker: Broker) -> None:
    """The publisher and the other listeners, also those behind, notice nothing."""

    def broken(message: BrokerMessage) -> None:
        raise RuntimeError("a listener that raises")

    before, behind = Recorder(), Recorder()
    await broker.subscribe("a", before)
    await broker.subscribe("a", broken)
    await broker.subscribe("a", behind)
    await broker.publish("a", _revoked(1))
    await broker.publish("a", _revoked(2))
    for listener in (before, behind):
        heard = await listener.until(2)
        _expect(heard == [_revoked(1), _revoked(2)], f"a neighbour heard {heard}")


async def it_survives_who_closes_while_he_is_told(broker: Broker) -> None:
    """A listener may close its own subscription, or a neighbour's, in the middle of a message."""
    behind = Recorder()
    tasks: list[asyncio.Task[None]] = []

    def leaving(message: BrokerMessage) -> None:
        tasks.append(asyncio.ensure_future(subscription.close()))

    subscription = await broker.subscribe("a", leaving)
    await broker.subscribe("a", behind)
    await broker.publish("a", _revoked(1))
    await behind.until(1)
    await asyncio.gather(*tasks)
    await broker.publish("a", _revoked(2))
    _expect(len(await behind.until(2)) == 2, "a neighbour missed something")
    _expect(len(tasks) == 1, "who left was told more")


async def it_keeps_the_order_of_each_of_many_publishers(broker: Broker) -> None:
    """However publishers mix, each of them is heard in his order."""
    listener = Recorder()
    await broker.subscribe("a", listener)

    async def publish(who: int) -> None:
        for number in range(50):
            await broker.publish("a", _revoked(who * 1000 + number))

    await asyncio.gather(*(publish(who) for who in range(5)))
    heard = await listener.until(250)
    for who in range(5):
        own = [m for m in heard if m in {_revoked(who * 1000 + number) for number in range(50)}]
        order = [_revoked(who * 1000 + number) for number in range(50)]
        _expect(own == order, f"publisher {who} was not heard in his order")


async def it_needs_no_listeners(broker: Broker) -> None:
    """Publishing where nobody listens is no error."""
    await broker.publish("nobody", _revoked(1))


BROKER_CHECKS: tuple[Callable[[Broker], Awaitable[None]], ...] = (
    it_tells_every_listener_every_message_in_order,
    it_carries_what_was_stored_whole,
    it_keeps_topics_apart,
    it_says_nothing_of_what_was_before,
    it_tells_nothing_to_the_closed,
    it_lets_a_listener_come_back,
    it_is_not_hurt_by_a_listener_that_raises,
    it_survives_who_closes_while_he_is_told,
    it_keeps_the_order_of_each_of_many_publishers,
    it_needs_no_listeners,
)
"""Every check; each takes an open `Broker` on which nobody listens."""


async def check_broker(make: BrokerMaker) -> None:
    """Put an implementation of `Broker` to all checks.

    Raises:
        AssertionError: It breaks a promise; the sentence says which.
        TimeoutError: It hangs.
    """
    for check in BROKER_CHECKS:
        async with asyncio.timeout(DEADLINE), make() as broker:
            await check(broker)
