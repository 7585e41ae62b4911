"""How a channel tells its members, without any socket."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from tests.gateway.live.stage import ANN, Json, notification, up
from vestnik.gateway.live.channel import Channel
from vestnik.gateway.live.stats import HubStats
from vestnik.gateway.model import Stored
from vestnik.gateway.ports import Notified
from vestnik.wire import Dialect, Position


class Someone:
    """A member that remembers what it was told, and may have had enough after so many writes."""

    def __init__(self, *, positions: bool = False) -> None:
        self.wants_positions = positions
        self.is_slow = False
        self.writes: list[bytes] = []
        self.after_write: Callable[[], None] = lambda: None

    def write(self, data: bytes) -> None:
        self.writes.append(data)
        self.after_write()

    @property
    def told(self) -> list[int]:
        return [up(message) for message in self.messages]

    @property
    def missed(self) -> list[object]:
        return [message.get("missed", 0) for message in self.messages]

    @property
    def messages(self) -> list[Json]:
        found = []
        for data in self.writes:
            rest = data
            while rest:
                size, start = (rest[1], 2) if rest[1] < 126 else (int.from_bytes(rest[2:4]), 4)
                found.append(json.loads(rest[start : start + size]))
                rest = rest[start + size :]
        return found


class Room:
    """A channel whose turns of the loop are made by hand."""

    def __init__(self) -> None:
        self.due: list[Callable[[], None]] = []
        self.stats = HubStats()
        self.dialect = Dialect.NUMERIC
        self.channel = Channel(ANN, lambda _: self.dialect, self.due.append, self.stats)
        self.channel.begin(Position("e", 0))

    def hear(self, *offsets: int, epoch: str = "e") -> None:
        items = tuple(Stored(ANN, offset, notification(offset)) for offset in offsets)
        self.channel.hear(Notified(ANN, epoch, items))

    def turn(self) -> None:
        due, self.due[:] = list(self.due), []
        for call in due:
            call()

    def tell(self, *offsets: int) -> None:
        self.hear(*offsets)
        self.turn()

    def member(self, *, positions: bool = False) -> Someone:
        one = Someone(positions=positions)
        self.channel.join(one)
        return one

    def pause(self, one: Someone) -> None:
        one.is_slow = True
        self.channel.stand_aside(one)

    def resume(self, one: Someone) -> None:
        one.is_slow = False
        self.channel.come_back(one)


@pytest.fixture
def room() -> Room:
    return Room()


def test_what_is_due_within_a_turn_is_one_write(room: Room) -> None:
    one = room.member()
    room.hear(1, 2)
    room.hear(3)
    assert one.writes == []
    room.turn()
    assert len(one.writes) == 1
    assert one.told == [1, 2, 3]


def test_all_members_of_a_kind_get_the_same_bytes(room: Room) -> None:
    one, two = room.member(), room.member()
    room.tell(1)
    assert one.writes[0] is two.writes[0]


def test_who_joins_gets_nothing_from_before(room: Room) -> None:
    one = room.member()
    room.hear(1)
    two = room.member()
    room.tell(2)
    assert one.told == [1, 2]
    assert two.told == [2]


def test_who_leaves_gets_what_was_due(room: Room) -> None:
    one = room.member()
    room.hear(1)
    assert room.channel.leave(one) == 0
    room.tell(2)
    assert one.told == [1]


def test_what_was_told_already_is_not_told_again(room: Room) -> None:
    one = room.member()
    room.tell(1, 2)
    room.tell(2, 3)
    assert one.told == [1, 2, 3]


def test_positions_are_for_those_who_want_them(room: Room) -> None:
    plain, positioned = room.member(), room.member(positions=True)
    room.tell(1)
    assert set(plain.messages[0]) == {"event", "data"}
    assert positioned.messages[0]["epoch"] == "e"
    assert positioned.messages[0]["offset"] == 1


def test_a_slow_member_misses_what_comes_meanwhile_and_is_told_how_much(room: Room) -> None:
    slow, well = room.member(positions=True), room.member(positions=True)
    room.tell(1)
    room.pause(slow)
    room.tell(2)
    room.tell(3)
    room.resume(slow)
    room.hear(4)
    room.tell(5)
    assert well.told == [1, 2, 3, 4, 5]
    assert slow.told == [1, 4, 5]
    assert slow.missed == [0, 2, 0]
    assert room.stats.missed == 2


def test_what_was_due_when_a_member_became_slow_is_missed_too(room: Room) -> None:
    slow = room.member(positions=True)
    room.hear(1)
    room.pause(slow)
    room.turn()
    room.resume(slow)
    room.tell(2)
    assert (slow.told, slow.missed) == ([2], [1])


def test_a_write_may_make_a_member_slow(room: Room) -> None:
    slow, well = room.member(positions=True), room.member(positions=True)
    slow.after_write = lambda: room.pause(slow)
    room.tell(1)
    room.tell(2)
    slow.after_write = lambda: None
    room.resume(slow)
    room.tell(3)
    assert well.told == [1, 2, 3]
    assert (slow.told, slow.missed) == ([1, 3], [0, 1])


def test_slow_again_before_it_was_told_adds_up(room: Room) -> None:
    slow = room.member(positions=True)
    for number in (1, 2):
        room.pause(slow)
        room.tell(number)
        room.resume(slow)
    room.tell(3)
    assert (slow.told, slow.missed) == ([3], [2])


def test_leaving_tells_what_was_missed_and_not_told(room: Room) -> None:
    slow = room.member(positions=True)
    room.pause(slow)
    room.tell(1, 2)
    assert room.channel.leave(slow) == 2
    assert room.channel.leave(slow) == 0


def test_joining_while_slow_waits(room: Room) -> None:
    one = Someone(positions=True)
    one.is_slow = True
    room.channel.join(one, missed=4)
    room.tell(1)
    room.resume(one)
    room.tell(2)
    assert (one.told, one.missed) == ([2], [5])


def test_a_gap_of_the_broker_is_told_to_all_who_want_positions(room: Room) -> None:
    slow, well, plain = room.member(positions=True), room.member(positions=True), room.member()
    room.tell(1)
    room.pause(slow)
    room.tell(4)
    room.resume(slow)
    room.tell(7, 8)
    assert (well.told, well.missed) == ([1, 4, 7, 8], [0, 2, 2, 0])
    assert (slow.told, slow.missed) == ([1, 7, 8], [0, 5, 0])
    assert plain.told == [1, 4, 7, 8]


def test_a_new_epoch_begins_a_new_stream(room: Room) -> None:
    one = room.member(positions=True)
    room.tell(5)
    room.hear(1, epoch="f")
    room.turn()
    assert [message["epoch"] for message in one.messages] == ["e", "f"]
    assert room.channel.position == Position("f", 1)


def test_what_was_heard_while_opening_moves_the_head_and_is_told_to_nobody() -> None:
    due: list[Callable[[], None]] = []
    channel = Channel(ANN, lambda _: Dialect.NUMERIC, due.append, HubStats())
    channel.hear(Notified(ANN, "e", (Stored(ANN, 7, notification(7)),)))
    channel.begin(Position("e", 6))
    one = Someone()
    channel.join(one)
    for call in due:
        call()
    assert channel.position == Position("e", 7)
    assert one.writes == []


def test_a_changed_dialect_holds_for_what_follows(room: Room) -> None:
    one = room.member()
    room.hear(1)
    room.dialect = Dialect.NAMED
    room.channel.change()
    room.tell(2)
    before, after = (message["data"] for message in one.messages)
    assert isinstance(before, dict)
    assert isinstance(after, dict)
    assert (before["type"], after["type"]) == (1, "up_added")


def test_a_large_burst_is_written_in_pieces(room: Room) -> None:
    one = room.member()
    room.tell(*range(1, 1001))
    assert one.told == list(range(1, 1001))
    assert max(map(len, one.writes)) < 64 * 1024
