"""The client's half of the protocol, as tables: what comes in, what goes out."""

from __future__ import annotations

import json
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vestnik.sdk.actions import Deliver, Drop, Lost, Refuse, Send, Stand
from vestnik.sdk.backoff import Backoff
from vestnik.sdk.session import Session
from vestnik.wire import PING, Position


def hello(**data: object) -> str:
    return json.dumps({"event": "hello", "data": {"id": "c", **data}})


def notify(offset: int | None = None, *, epoch: str = "e", missed: int = 0) -> str:
    place = {} if offset is None else {"epoch": epoch, "offset": offset, "missed": missed}
    return json.dumps({"event": "notify", "data": {"type": 1}, **place})


def error(code: int) -> str:
    return json.dumps({"event": "error", "data": {"code": code, "message": "no"}})


def session_at(*messages: str, **options: object) -> Session:
    session = Session("token", **options)  # type: ignore[arg-type]
    session.opened(0)
    for message in messages:
        session.received(message, 0)
    return session


def kinds(actions: Sequence[object]) -> list[str]:
    return [type(action).__name__ for action in actions]


AT_4 = hello(epoch="e", offset=4)

TABLE = [
    # what was said before, what is said now, what follows
    ((), hello(), []),
    ((), AT_4, ["Stand"]),
    ((), error(6), ["Refuse"]),
    ((), error(4), ["Refuse"]),
    ((), error(14), ["Refuse"]),
    ((), error(2), ["Drop"]),
    ((), error(1), ["Drop"]),
    ((), '{"event":"pong"}', []),
    ((), '{"event":"later"}', []),
    ((), "nonsense", []),
    ((hello(),), error(6), []),
    ((hello(),), error(5), ["Declined"]),
    ((hello(),), error(8), ["Declined"]),
    ((hello(),), '{"event":"rpc","data":{"id":1}}', ["Answered"]),
    ((hello(),), '{"event":"rpc","data":1}', []),
    ((hello(),), error(2), []),
    ((hello(),), hello(), []),
    ((hello(),), notify(), ["Deliver"]),
    ((hello(),), notify(7, missed=3), ["Lost", "Deliver"]),
    ((AT_4,), notify(5), ["Deliver"]),
    ((AT_4,), notify(4), ["Deliver"]),
    ((AT_4, notify(5)), notify(5), []),
    ((AT_4, notify(5)), notify(1, epoch="other"), ["Deliver"]),
    ((AT_4,), notify(9, missed=4), ["Send"]),
    ((AT_4, notify(9, missed=4)), notify(10), []),
    ((AT_4, notify(9, missed=4)), notify(12, missed=1), []),
    ((AT_4, notify(9, missed=4)), notify(5), ["Deliver"]),
    ((AT_4, notify(9, missed=4)), notify(9, missed=4), ["Lost", "Deliver"]),
    ((AT_4, notify(9, missed=4), notify(5)), notify(6), ["Deliver"]),
    # Offsets jump over what happened to resources that the token is not for.
    ((AT_4, notify(9, missed=1)), notify(7), ["Deliver"]),
    ((AT_4, notify(9, missed=1)), notify(9), ["Deliver"]),
    ((AT_4, notify(9, missed=1)), notify(11), []),
    ((AT_4, notify(9, missed=1)), notify(7, epoch="new"), []),
    ((AT_4, notify(9, missed=4)), hello(epoch="e", offset=9, recovered=True), []),
    ((AT_4, notify(9, missed=4)), hello(epoch="e", offset=9, recovered=False), ["Lost", "Stand"]),
    ((AT_4, notify(9, missed=4)), error(5), ["Drop"]),
]


@pytest.mark.parametrize(("before", "now", "follows"), TABLE)
def test_what_follows_a_message(before: tuple[str, ...], now: str, follows: list[str]) -> None:
    assert kinds(list(session_at(*before).received(now, 1))) == follows


AGAIN = [
    # how the first connection went, the second hello, what follows
    ((hello(),), hello(), ["Lost"]),
    ((AT_4,), hello(epoch="e", offset=6, recovered=True), []),
    ((AT_4,), hello(epoch="e", offset=6, recovered=False), ["Lost", "Stand"]),
    ((AT_4,), hello(epoch="new", offset=0, recovered=False), ["Lost", "Stand"]),
    ((AT_4,), hello(), ["Lost"]),
    ((), hello(), []),
]


@pytest.mark.parametrize(("before", "again", "follows"), AGAIN)
def test_what_follows_a_second_hello(
    before: tuple[str, ...], again: str, follows: list[str]
) -> None:
    session = session_at(*before)
    session.closed(1)
    session.opened(2)
    assert kinds(list(session.received(again, 2))) == follows


def test_who_does_not_resume_is_told_of_the_gap_and_asks_for_nothing() -> None:
    session = session_at(hello(), resume=False)
    session.closed(1)
    assert session.opened(2) == [Send(b'{"event":"auth","data":{"token":"token"}}')]
    (lost,) = session.received(hello(), 2)
    assert isinstance(lost, Lost)
    assert "resume is off" in lost.gap.reason


def test_a_log_that_began_anew_is_followed_from_its_beginning() -> None:
    session = session_at(AT_4, notify(5))
    session.closed(1)
    session.opened(2)
    session.received(hello(epoch="new", offset=2, recovered=False), 2)
    assert kinds(list(session.received(notify(3, epoch="new"), 2))) == ["Deliver"]


def test_a_rate_limit_is_waited_for() -> None:
    (drop,) = session_at().received(error(2), 0)
    assert isinstance(drop, Drop)
    assert drop.at_least == 10


def test_the_token_is_no_part_of_the_error() -> None:
    text = json.dumps({"event": "error", "data": {"code": 6, "message": "bad token!"}})
    (refuse,) = session_at().received(text, 0)
    assert isinstance(refuse, Refuse)
    assert "token!" not in str(refuse.error)


def test_pings_go_out_and_a_sign_of_life_is_waited_for() -> None:
    session = session_at(hello())
    assert session.due == 45
    assert session.tick(44.9) == []
    assert session.tick(45) == [Send(PING)]
    assert session.due == 65
    session.received(notify(), 64)
    assert session.due == 90
    assert session.tick(90) == [Send(PING)]
    assert kinds(list(session.tick(110))) == ["Drop"]


def test_a_hello_is_waited_for_whatever_else_is_said() -> None:
    session = session_at('{"event":"pong"}')
    assert session.due == 20
    assert kinds(list(session.tick(20))) == ["Drop"]


def test_to_be_held_up_is_no_silence_but_pings_go_on() -> None:
    session = session_at(hello())
    assert session.tick(45) == [Send(PING)]
    session.held_up(64)
    assert session.tick(65) == []
    assert session.tick(90) == [Send(PING)]
    greeting = session_at()
    greeting.held_up(19)
    assert greeting.tick(38) == []
    assert kinds(list(greeting.tick(39))) == ["Drop"]


def test_an_answer_to_resume_is_waited_for() -> None:
    session = session_at(AT_4)
    session.received(notify(9, missed=4), 1)
    session.received('{"event":"pong"}', 20)
    assert kinds(list(session.tick(21))) == ["Drop"]


def test_pauses_grow_and_a_calm_connection_ends_the_series() -> None:
    session = Session("t", backoff=Backoff(first=1, cap=8, calm=10, chance=lambda: 1.0))
    assert [session.closed(0) for _ in range(6)] == [1, 2, 4, 8, 8, 8]
    session.opened(0)
    session.received(hello(), 0)
    assert session.closed(9) == 8
    session.opened(10)
    session.received(hello(), 10)
    assert session.closed(20) == 1


@given(st.integers(1, 10_000), st.floats(0, 1))
def test_a_pause_is_half_sure_and_never_too_long(failures: int, chance: float) -> None:
    pause = Backoff(first=1, cap=30, chance=lambda: chance).pause(failures)
    assert 0.5 <= pause <= 30


@given(st.lists(st.one_of(st.text(max_size=30), st.binary(max_size=30)), max_size=5))
def test_no_message_breaks_it(messages: list[str | bytes]) -> None:
    session = session_at()
    for message in messages:
        assert session.received(message, 1) == []
    assert kinds(list(session.received(hello(), 1))) == []


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=10,
)


@given(
    st.sampled_from(["hello", "notify", "error", "pong", "other"]),
    json_values,
    st.sampled_from([{}, {"epoch": "e", "offset": 9, "missed": 2}, {"offset": "x"}]),
    st.booleans(),
)
def test_whatever_an_event_brings_actions_or_nothing_follow(
    event: str, data: object, place: dict[str, object], is_in: bool
) -> None:
    session = session_at(*([AT_4] if is_in else []))
    actions = session.received(json.dumps({"event": event, "data": data, **place}), 1)
    assert all(isinstance(one, Send | Deliver | Stand | Lost | Drop | Refuse) for one in actions)


@given(st.data())
def test_with_resume_everything_comes_once_and_in_order_however_slow_we_are(
    data: st.DataObject,
) -> None:
    """A server that leaves out at random, but never what begins a replay."""
    session = session_at(hello(epoch="e", offset=0))
    head, delivered = 12, [0]
    at, left_out, is_replay = 1, 0, False
    while at <= head:
        if not is_replay and at < head and data.draw(st.booleans()):
            at, left_out = at + 1, left_out + 1
            continue
        actions = session.received(notify(at, missed=left_out), 1)
        at, left_out, is_replay = at + 1, 0, False
        for action in actions:
            if isinstance(action, Send):
                for late in range(at, min(at + data.draw(st.integers(0, 2)), head + 1)):
                    assert session.received(notify(late), 1) == []
                at, is_replay = delivered[-1] + 1, True
            else:
                assert isinstance(action, Deliver)
                assert action.notification.position is not None
                delivered.append(action.notification.position.offset)
    assert delivered == list(range(head + 1))


def test_the_place_of_an_earlier_run_is_asked_for_and_older_ones_are_dropped() -> None:
    session = Session("token", after=Position("e", 7))
    (auth,) = session.opened(0)
    assert isinstance(auth, Send)
    assert json.loads(auth.data)["data"]["resume"] == {"epoch": "e", "offset": 7}
    session.received(hello(epoch="e", offset=9, recovered=True), 0)
    assert session.received(notify(7), 0) == []
    assert kinds(list(session.received(notify(8), 0))) == ["Deliver"]


def resumes(actions: list[object]) -> list[object]:
    """Tell which places are asked for again."""
    said = [json.loads(one.data) for one in actions if isinstance(one, Send)]
    return [one["data"] for one in said if one["event"] == "resume"]


def test_when_it_has_become_quiet_the_end_of_the_stream_is_asked_for_once() -> None:
    session = session_at(AT_4, notify(5))
    assert resumes(list(session.tick(45))) == []
    session.received('{"event":"pong"}', 45)
    assert resumes(list(session.tick(90))) == [{"epoch": "e", "offset": 5}]
    session.received('{"event":"pong"}', 90)
    assert kinds(list(session.received(notify(6), 90))) == ["Deliver"]
    assert resumes(list(session.tick(135))) == []
    session.received('{"event":"pong"}', 135)
    assert resumes(list(session.tick(180))) == [{"epoch": "e", "offset": 6}]
    session.received('{"event":"pong"}', 180)
    assert resumes(list(session.tick(225))) == []


def test_where_there_are_no_places_nothing_is_asked_for_again() -> None:
    session = session_at(hello(), notify())
    for moment in (45, 90, 135):
        assert session.tick(moment) == [Send(PING)]
        session.received('{"event":"pong"}', moment)


def test_who_has_heard_nothing_since_hello_has_nothing_to_ask_for() -> None:
    session = session_at(AT_4)
    for moment in (45, 90):
        assert session.tick(moment) == [Send(PING)]
        session.received('{"event":"pong"}', moment)


def test_before_hello_nothing_is_asked_for_again() -> None:
    session = Session("token", after=Position("e", 4))
    session.opened(0)
    assert kinds(list(session.received(notify(9, missed=4), 0))) == ["Lost", "Deliver"]


def behind(*messages: str) -> Session:
    """Leave out what comes after a greeting, for want of room."""
    session = session_at(AT_4)
    for message in messages:
        assert session.received(message, 0, has_room=False) == []
    return session


def test_what_there_was_no_room_for_is_asked_for_when_there_is() -> None:
    session = behind(notify(5), notify(6))
    # Until then nothing is delivered, or it would be out of order.
    assert session.received(notify(7), 0) == []
    (said,) = session.make_up(0)
    assert isinstance(said, Send)
    assert json.loads(said.data) == {"event": "resume", "data": {"epoch": "e", "offset": 4}}
    assert not session.is_behind
    assert session.received(notify(8), 0) == []
    assert kinds(session.received(notify(5), 0)) == ["Deliver"]


def test_a_connection_that_is_behind_lives_on_pings() -> None:
    session = behind(notify(5))
    (ping, *_) = session.tick(session.due)
    assert ping == Send(PING)
    assert session.received('{"event":"pong"}', session.due) == []
    assert session.due > 45
    session.closed(100)
    session.opened(100)
    assert session.received(hello(epoch="e", offset=5, recovered=True), 100) == []
    assert kinds(session.received(notify(5), 100)) == ["Deliver"]


def test_what_was_told_before_is_not_left_out() -> None:
    session = session_at(AT_4, notify(5))
    assert session.received(notify(5), 0, has_room=False) == []
    assert not session.is_behind


def test_without_positions_what_was_left_out_is_counted() -> None:
    session = session_at(hello())
    session.received(notify(), 0, has_room=False)
    session.received(notify(), 0, has_room=False)
    (lost,) = session.make_up(0)
    assert isinstance(lost, Lost)
    assert lost.gap.lost == 2
    assert kinds(session.received(notify(), 0)) == ["Deliver"]
