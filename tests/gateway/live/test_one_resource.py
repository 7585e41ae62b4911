"""Connections of tokens that are good for one resource hear of that one alone."""

from __future__ import annotations

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.gateway.live.stage import ANN, Client, Stage, ups
from tests.gateway.live.test_channel import Someone
from vestnik.gateway.live.channel import Channel
from vestnik.gateway.live.stats import HubStats
from vestnik.gateway.model import Retention, Stored
from vestnik.gateway.ports import Notified
from vestnik.ids import ResourceId
from vestnik.wire import Dialect, Notification, Position

MINE, OTHER = ResourceId("mine"), ResourceId("other")


def about(resource: ResourceId, number: int) -> Notification:
    return Notification(1, resource, f"up{number}", "user", number)


async def publish(stage: Stage, words: str, first: int = 1) -> None:
    """Publish about mine for every m, and about the other's for every o."""
    items = [about(MINE if word == "m" else OTHER, n) for n, word in enumerate(words, first)]
    await stage.tell(*await stage.store_only(*items))


def bound(stage: Stage, resource: ResourceId = MINE) -> str:
    return stage.token(resource=resource)


async def test_it_is_told_only_what_happened_to_its_resource(stage: Stage) -> None:
    async with (
        stage.client(token=bound(stage), resume=True) as mine,
        stage.client(token=bound(stage, OTHER)) as others,
        stage.client(resume=True) as everything,
    ):
        assert stage.hub.stats.channels == 3
        await publish(stage, "moom")
        heard = await mine.sync()
        assert ups(heard) == [message["offset"] for message in heard] == [1, 4]
        assert not any("missed" in message for message in heard)
        assert ups(await others.sync()) == [2, 3]
        assert ups(await everything.sync()) == [1, 2, 3, 4]


async def test_those_of_one_resource_share_a_channel(stage: Stage) -> None:
    async with stage.client(token=bound(stage)), stage.client(token=bound(stage)):
        assert stage.hub.stats.channels == 1
    await stage.until(lambda stats: stats.channels == 0)


async def test_what_it_missed_is_told_again_without_what_is_anothers(stage: Stage) -> None:
    await publish(stage, "mo" * 150)
    epoch = (await stage.store.log.position(ANN)).epoch
    place = {"epoch": epoch, "offset": 101}
    async with stage.client(token=bound(stage), resume=place) as client:
        assert (client.hello["recovered"], client.hello["offset"]) == (True, 300)
        await publish(stage, "om", 301)
        heard = [await client.hear() for _ in range(100)]
    assert ups(heard) == [*range(103, 301, 2), 302]
    assert not any("missed" in message for message in heard)


async def test_it_may_resume_from_a_place_that_is_anothers(stage: Stage) -> None:
    await publish(stage, "mom")
    async with stage.client(token=bound(stage), resume=True) as client:
        await client.say("resume", {"epoch": client.hello["epoch"], "offset": 2})
        assert ups([await client.hear()]) == [3]
        assert await client.sync() == []


async def test_what_the_log_has_no_more_is_not_recovered(stage: Stage) -> None:
    await publish(stage, "mo")
    epoch = (await stage.store.log.position(ANN)).epoch
    await stage.store.trim(Retention(log_since=2**53, attempts_since=0))
    place = {"epoch": epoch, "offset": 1}
    async with stage.client(token=bound(stage), resume=place) as client:
        assert client.hello["recovered"] is False


async def test_a_slow_client_is_told_only_how_much_of_its_own_it_missed(stage: Stage) -> None:
    async with stage.client(token=bound(stage), resume=True) as client:
        stage.be_slow(True)
        await publish(stage, "momomoo")
        await asyncio.sleep(0)
        stage.be_slow(False)
        await publish(stage, "om", 8)
        (message,) = await client.sync()
    assert (message["missed"], message["offset"]) == (3, 9)


async def test_a_change_of_dialect_and_the_end_of_the_owner_reach_it(stage: Stage) -> None:
    async with stage.client(token=bound(stage)) as mine, stage.client() as everything:
        await stage.change(ANN, Dialect.NAMED)
        await publish(stage, "m")
        for client in (mine, everything):
            assert await type_of(client) == "up_added"
        await stage.forget(ANN)
        assert (await mine.closing())[0] == 1006


async def type_of(client: Client) -> object:
    data = (await client.hear())["data"]
    assert isinstance(data, dict)
    return data["type"]


# The channel alone


class Room:
    """The channel of a resource, whose turns of the loop are made by hand."""

    def __init__(self) -> None:
        stats = HubStats()
        self.channel = Channel(
            ANN, lambda _: Dialect.NUMERIC, lambda call: self.due.append(call), stats, MINE
        )
        self.due: list[object] = []
        self.channel.begin(Position("e", 0))

    def member(self, *, positions: bool = False) -> Someone:
        one = Someone(positions=positions)
        self.channel.join(one)
        return one

    def hear(self, first: int, words: str) -> None:
        numbered = enumerate(words, first)
        items = tuple(Stored(ANN, n, about(MINE if w == "m" else OTHER, n)) for n, w in numbered)
        self.channel.hear(Notified(ANN, "e", items))


@pytest.fixture
def room() -> Room:
    return Room()


def test_the_head_moves_with_what_is_anothers(room: Room) -> None:
    room.hear(1, "ooo")
    assert (room.channel.head, room.due) == (3, [])


def test_a_gap_that_a_broker_leaves_is_told_with_what_is_told_next(room: Room) -> None:
    plain, placed = room.member(), room.member(positions=True)
    room.hear(1, "m")
    room.hear(5, "oo")
    late = room.member(positions=True)
    room.hear(7, "m")
    room.channel.flush()
    assert plain.told == [1, 7]
    assert (placed.told, placed.missed) == ([1, 7], [0, 3])
    assert (late.told, late.missed) == ([7], [0])


def test_a_gap_adds_up_with_what_a_slow_one_missed(room: Room) -> None:
    slow = room.member(positions=True)
    slow.is_slow = True
    room.channel.stand_aside(slow)
    room.hear(1, "mo")
    room.hear(5, "om")
    room.channel.flush()
    slow.is_slow = False
    room.channel.come_back(slow)
    room.hear(7, "om")
    room.channel.flush()
    assert (slow.told, slow.missed) == ([8], [4])


@given(st.lists(st.tuples(st.integers(0, 2), st.text("mo", min_size=1, max_size=4)), max_size=12))
def test_what_is_told_and_what_is_missed_add_up(steps: list[tuple[int, str]]) -> None:
    room = Room()
    member = room.member(positions=True)
    at, mine, lost = 1, list[int](), list[int]()
    gap = 0
    for skipped, words in steps:
        at += skipped
        gap += skipped
        for offset, word in enumerate(words, at):
            if word == "m":
                mine.append(offset)
                lost.append(gap)
                gap = 0
        room.hear(at, words)
        at += len(words)
    room.channel.flush()
    assert member.told == mine
    assert member.missed == lost
