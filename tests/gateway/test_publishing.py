"""Publishing: what was accepted is stored and told, in order, in groups, whatever happens."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Sequence

import msgspec
import pytest

from tests.gateway.records import about, operator, owner, resource, token, webhook
from vestnik.errors import NotAllowed, NotFound, Overloaded, StoreFailed
from vestnik.gateway import Owner, Publishing, Receipt, Roster, Scope, _telling
from vestnik.gateway.brokers import MemoryBroker
from vestnik.gateway.model import Appended, Batch, Planned
from vestnik.gateway.ports import BrokerMessage, Notified, owner_topic
from vestnik.gateway.stores import MemoryStore
from vestnik.ids import OwnerId, WebhookId
from vestnik.testing import FakeClock

ANNA, BORIS = OwnerId("anna"), OwnerId("boris")


class Places:
    """Queues of a size, one a webhook, that nobody empties."""

    def __init__(self, size: int = 1000) -> None:
        self.size = size
        self.reserved: dict[WebhookId, int] = {}
        self.accepted: list[Planned] = []

    def reserve(self, webhook: WebhookId) -> bool:
        taken = self.reserved.get(webhook, 0)
        if taken >= self.size:
            return False
        self.reserved[webhook] = taken + 1
        return True

    def release(self, webhook: WebhookId) -> None:
        self.reserved[webhook] -= 1

    def accept(self, planned: Sequence[Planned]) -> None:
        self.accepted += planned


class Room:
    """Publishing with all that it needs, and a store whose commits can be held up and broken."""

    def __init__(self, size: int = 1000, most_waiting: int = 100) -> None:
        self.store = MemoryStore(FakeClock())
        self.broker = MemoryBroker()
        self.places = Places(size)
        self.roster = Roster(
            [owner(), owner("boris"), resource(), resource("bot-b", "boris"), webhook()]
        )
        self.publishing = Publishing(
            self.store, self.broker, self.roster, self.places, most_waiting=most_waiting
        )
        self.groups: list[int] = []
        self.is_in_commit = asyncio.Event()
        self.gate = asyncio.Event()
        self.gate.set()
        self.problems: list[Exception] = []
        self.told: list[Notified] = []
        self._append = self.store.log.append
        self.store.log.append = self.append  # type: ignore[method-assign]

    async def append(self, batches: Sequence[Batch]) -> Sequence[Appended]:
        self.groups.append(len(batches))
        self.is_in_commit.set()
        await self.gate.wait()
        self.is_in_commit.clear()
        if self.problems:
            raise self.problems.pop(0)
        return await self._append(batches)

    def hear(self, message: BrokerMessage) -> None:
        assert isinstance(message, Notified)
        self.told.append(message)

    async def say(self, *types: int, key: str | None = None) -> Receipt:
        return await self.publishing.publish([about(type=t) for t in types], token(), key)

    async def until_in_commit(self) -> None:
        await self.is_in_commit.wait()

    async def types(self) -> list[int]:
        page = await self.store.log.read(ANNA, 0, 1000)
        return [item.notification.type for item in page.items]


@pytest.fixture
async def room() -> AsyncIterator[Room]:
    found = Room()
    await found.broker.subscribe(owner_topic(ANNA), found.hear)
    async with found.publishing:
        yield found


async def turns(count: int = 10) -> None:
    for _ in range(count):
        await asyncio.sleep(0)


async def test_what_was_accepted_is_stored_told_and_planned(room: Room) -> None:
    assert await room.say(1, 2) == Receipt(accepted=2, muted=0, is_repeat=False)
    assert await room.types() == [1, 2]
    (told,) = room.told
    assert [item.offset for item in told.items] == [1, 2]
    assert told.epoch == (await room.store.log.position(ANNA)).epoch
    assert [planned.offset for planned in room.places.accepted] == [1, 2]


async def test_all_that_comes_during_a_commit_goes_into_the_next_one(room: Room) -> None:
    room.gate.clear()
    first = asyncio.create_task(room.say(1))
    await room.until_in_commit()
    rest = [asyncio.create_task(room.say(n)) for n in range(2, 12)]
    await turns()
    room.gate.set()
    await asyncio.gather(first, *rest)
    assert room.groups == [1, 10]
    assert await room.types() == list(range(1, 12))
    assert [item.offset for told in room.told for item in told.items] == list(range(1, 12))
    assert len(room.told) == 2


async def test_a_group_is_told_to_each_owner_in_his_order(room: Room) -> None:
    both = [about("bot", 1), about("bot-b", 2), about("bot", 3)]
    assert (await room.publishing.publish(both, operator())).accepted == 3
    assert [item.notification.type for item in room.told[0].items] == [1, 3]


async def test_a_foreign_resource_is_as_if_it_were_not_there(room: Room) -> None:
    with pytest.raises(NotFound) as foreign:
        await room.publishing.publish([about("bot-b")], token())
    with pytest.raises(NotFound) as missing:
        await room.publishing.publish([about("bot-x")], token())
    assert str(foreign.value).replace("bot-b", "bot-x") == str(missing.value)
    assert room.groups == []


async def test_a_batch_is_refused_wholly_and_says_where(room: Room) -> None:
    with pytest.raises(NotFound, match="notification 2 of 3"):
        await room.publishing.publish([about(), about("nobody"), about()], token())
    assert room.groups == []


async def test_a_token_without_the_scope_publishes_nothing(room: Room) -> None:
    poor = msgspec.structs.replace(token(), scopes=frozenset({Scope.NOTIFY, Scope.MANAGE}))
    with pytest.raises(NotAllowed):
        await room.publishing.publish([about()], poor)


async def test_muted_resources_tell_nobody(room: Room) -> None:
    room.roster.put(resource(notify=False))
    assert await room.say(1) == Receipt(0, 1, is_repeat=False)
    assert room.groups == []
    assert room.publishing.stats.muted == 1


async def test_the_same_key_is_stored_once_even_within_one_group(room: Room) -> None:
    room.gate.clear()
    first = asyncio.create_task(room.say(1))
    await room.until_in_commit()
    twins = [asyncio.create_task(room.say(2, key="k")) for _ in range(2)]
    await turns()
    room.gate.set()
    await first
    assert sorted([(await twin).is_repeat for twin in twins]) == [False, True]
    assert (await room.say(2, key="k")).is_repeat
    assert await room.types() == [1, 2]
    assert len(room.places.accepted) == 2
    assert room.places.reserved[webhook().id] == 2


async def test_keys_of_different_owners_never_meet(room: Room) -> None:
    await room.say(1, key="k")
    again = await room.publishing.publish([about("bot-b")], token(of="boris"), "k")
    by_operator = await room.publishing.publish([about()], operator(), "k")
    assert not again.is_repeat
    assert not by_operator.is_repeat


async def test_too_much_is_refused_at_once_and_taken_again_later() -> None:
    room = Room(most_waiting=3)
    async with room.publishing:
        room.gate.clear()
        waiting = asyncio.create_task(room.say(1, 2))
        await room.until_in_commit()
        assert room.publishing.waiting == 2
        with pytest.raises(Overloaded) as refused:
            await room.say(3, 4)
        assert refused.value.retry_after > 0
        room.gate.set()
        await waiting
        assert (await room.say(3, 4)).accepted == 2
        assert (room.publishing.stats.refused, room.publishing.waiting) == (2, 0)


async def test_what_a_full_webhook_misses_is_recorded() -> None:
    room = Room(size=1)
    async with room.publishing:
        await room.say(1, 2)
        attempts = await room.store.attempts.latest(webhook().id, 10)
        assert sorted(str(attempt.state) for attempt in attempts) == ["planned", "skipped"]
        assert len(room.places.accepted) == 1


async def test_a_store_that_fails_is_told_to_all_who_wait_and_then_forgotten(room: Room) -> None:
    room.gate.clear()
    first = asyncio.create_task(room.say(1))
    await room.until_in_commit()
    second, third = asyncio.create_task(room.say(2)), asyncio.create_task(room.say(3))
    await turns()
    room.problems = [StoreFailed("The disk is full."), StoreFailed("The disk is full.")]
    room.gate.set()
    for waiting in (first, second, third):
        with pytest.raises(StoreFailed, match="disk is full"):
            await waiting
    assert room.places.reserved[webhook().id] == 0
    assert (await room.say(4)).accepted == 1
    assert await room.types() == [4]
    assert room.publishing.stats.failed == 3


async def test_a_mistake_is_logged_told_and_survived(
    room: Room, caplog: pytest.LogCaptureFixture
) -> None:
    room.problems = [ZeroDivisionError("inner")]
    with pytest.raises(StoreFailed, match="see the log"):
        await room.say(1)
    assert "inner" in caplog.text
    assert (await room.say(2)).accepted == 1


async def test_a_broker_that_fails_takes_nothing_back(
    room: Room, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async def fail(topic: str, message: BrokerMessage) -> None:
        raise OSError("no route")

    monkeypatch.setattr(room.broker, "publish", fail)
    caplog.set_level(logging.ERROR)
    assert (await room.say(1)).accepted == 1
    assert await room.types() == [1]
    assert "could not be told" in caplog.text


async def test_who_stops_waiting_loses_and_doubles_nothing(room: Room) -> None:
    room.gate.clear()
    first = asyncio.create_task(room.say(1))
    await room.until_in_commit()
    queued, last = asyncio.create_task(room.say(2)), asyncio.create_task(room.say(3))
    await turns()
    for gone in (first, queued):
        gone.cancel()
        with pytest.raises(asyncio.CancelledError):
            await gone
    room.gate.set()
    assert (await last).accepted == 1
    assert await room.types() == [1, 2, 3]
    assert [item.offset for told in room.told for item in told.items] == [1, 2, 3]


async def test_an_owner_who_is_gone_in_the_meantime_hurts_nobody_else(room: Room) -> None:
    room.gate.clear()
    first = asyncio.create_task(room.say(1))
    await room.until_in_commit()
    theirs = asyncio.create_task(room.publishing.publish([about("bot-b")], token(of="boris")))
    mine = asyncio.create_task(room.say(2))
    await turns()
    room.roster.remove(Owner, BORIS)
    room.gate.set()
    with pytest.raises(NotFound):
        await theirs
    assert (await first).accepted == (await mine).accepted == 1
    assert (await room.store.log.position(BORIS)).offset == 0


async def test_the_gateway_itself_can_say_something_about_no_resource(room: Room) -> None:
    await room.publishing.announce(ANNA, about("anna", 90))
    assert [item.notification.type for item in room.told[0].items] == [90]


async def test_what_is_announced_again_with_the_same_key_is_not_told_again(room: Room) -> None:
    announce = room.publishing.announce
    assert await announce(ANNA, about(type=1), "msg:1:2") is False
    assert await announce(ANNA, about(type=2), "msg:1:2") is True
    assert await announce(ANNA, about(type=3), "msg:1:3") is False
    assert await announce(BORIS, about("bot-b", 4), "msg:1:2") is False
    assert await room.types() == [1, 3]
    assert (room.publishing.stats.accepted, room.publishing.stats.repeats) == (3, 1)


async def test_nobody_who_publishes_has_a_key_like_one_of_the_gateways_own(room: Room) -> None:
    for publisher in (token(), token("b", resource="bot"), operator()):
        for key in ("k", f"{ANNA} k", f"\n{ANNA} k", "\n k"):
            receipt = await room.publishing.publish([about()], publisher, key)
            assert not receipt.is_repeat
    assert await room.publishing.announce(ANNA, about(), "k") is False


async def test_the_keys_of_two_bots_of_one_owner_are_two(room: Room) -> None:
    room.roster.put(resource("other"))
    for name in ("bot", "other"):
        publisher = token(name, id=name, resource=name)
        for is_repeat in (False, True):
            receipt = await room.publishing.publish([about(name)], publisher, "k")
            assert receipt.is_repeat == is_repeat


async def test_a_token_for_one_resource_publishes_for_no_other(room: Room) -> None:
    room.roster.put(resource("other"))
    bound = token("b", resource="bot")
    assert (await room.publishing.publish([about("bot")], bound)).accepted == 1
    for foreign in ("other", "bot-b", "nobodys"):
        with pytest.raises(NotFound, match=f"There is no resource '{foreign}'"):
            await room.publishing.publish([about(foreign)], bound)
    with pytest.raises(NotFound, match="notification 2 of 2"):
        await room.publishing.publish([about("bot"), about("other")], bound)
    assert await room.types() == [1]


async def test_closing_stores_what_was_accepted_and_takes_nothing_more(room: Room) -> None:
    room.gate.clear()
    waiting = asyncio.create_task(room.say(1))
    await room.until_in_commit()
    closing = asyncio.create_task(room.publishing.close())
    await turns()
    assert not closing.done()
    with pytest.raises(StoreFailed, match="about to end"):
        await room.say(2)
    room.gate.set()
    await closing
    assert (await waiting).accepted == 1
    await room.publishing.announce(ANNA, about("anna", 90))
    assert await room.types() == [1, 90]


async def test_the_end_leaves_nobody_waiting() -> None:
    room = Room()
    async with room.publishing:
        room.gate.clear()
        in_commit = asyncio.create_task(room.say(1))
        await room.until_in_commit()
        queued = asyncio.create_task(room.say(2))
        await turns()
    for waiting in (in_commit, queued):
        with pytest.raises(StoreFailed):
            await waiting
    assert room.places.reserved[webhook().id] == 0
    with pytest.raises(StoreFailed):
        await room.publishing.announce(ANNA, about())


async def test_a_long_queue_is_stored_in_portions() -> None:
    room = Room(most_waiting=20_000)
    async with room.publishing:
        room.gate.clear()
        first = asyncio.create_task(room.say(1))
        await room.until_in_commit()
        many = [asyncio.create_task(room.say(*[2] * 1000)) for _ in range(7)]
        await turns()
        room.gate.set()
        await asyncio.gather(first, *many)
        assert room.groups == [1, 5, 2]


async def test_what_is_stored_counts_as_accepted_whatever_its_webhooks_make_of_it(
    room: Room, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(planned: Sequence[Planned]) -> None:
        raise RuntimeError("a mistake")

    monkeypatch.setattr(room.places, "accept", fail)
    assert (await room.say(1)).accepted == 1
    assert [len(told.items) for told in room.told] == [1]
    assert "a mistake" in caplog.text


async def test_nothing_is_kept_of_owners_who_are_gone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_telling, "LOOK_AGAIN_AT", 4)
    room = Room()
    async with room.publishing:
        for number in range(20):
            id = f"guest-{number}"
            room.roster.put(owner(id), resource(f"bot-{number}", id))
            await room.publishing.publish([about(f"bot-{number}")], operator())
            room.roster.remove(Owner, OwnerId(id))
    assert len(room.publishing._telling._epochs) < 10
