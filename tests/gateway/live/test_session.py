"""What a session makes of what a client says."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vestnik.errors import BadFrame
from vestnik.gateway.live.session import Action, Ending, Session, Stage
from vestnik.ids import ConnectionId
from vestnik.wire import Authenticate, ErrorCode, Hello, Position, Resume
from vestnik.wire.websocket import Binary, CloseFrame, Incoming, PingFrame, PongFrame, Text

AUTH = Text(b'{"event":"auth","data":{"token":"t"}}')
RESUME = Text(b'{"event":"resume","data":{"epoch":"e","offset":1}}')


def session(stage: Stage = Stage.WAITING, *, positions: bool = False, tries: int = 3) -> Session:
    made = Session(tries)
    if stage > Stage.WAITING:
        made.recognise(Authenticate("t", positions))
    if stage > Stage.ENTERING:
        made.enter(Hello(ConnectionId("c")))
    return made


def code_of(action: Action) -> int:
    """Return the code of the one error in a short frame."""
    assert isinstance(action, bytes)
    message = json.loads(action[action.index(b"{") :])
    assert message["event"] == "error"
    assert message["data"]["message"]
    code: int = message["data"]["code"]
    return code


@pytest.mark.parametrize(
    ("stage", "said", "code"),
    [
        (Stage.WAITING, Text(b"no json"), 5),
        (Stage.WAITING, Text(b"[]"), 5),
        (Stage.WAITING, Text(b'{"event":1}'), 5),
        (Stage.WAITING, Text(b'{"event":"auth"}'), 6),
        (Stage.WAITING, Text(b'{"event":"auth","data":{"token":5}}'), 6),
        (Stage.WAITING, Text(b'{"event":"dance"}'), 8),
        (Stage.WAITING, Binary(b"\x00"), 5),
        (Stage.WAITING, RESUME, 5),
        (Stage.ENTERING, AUTH, 5),
        (Stage.ENTERING, RESUME, 5),
        (Stage.IN, AUTH, 5),
        (Stage.IN, Text(b'{"event":"auth"}'), 5),
        (Stage.IN, Text(b"no json"), 5),
        (Stage.IN, Text(b'{"event":"dance"}'), 8),
        (Stage.IN, Text(b'{"event":"resume"}'), 5),
        (Stage.IN, RESUME, 5),
        (Stage.IN, Binary(b"\x00"), 5),
    ],
)
def test_tells_what_is_wrong_and_changes_nothing(stage: Stage, said: Incoming, code: int) -> None:
    one = session(stage)
    assert code_of(one.receive(said)) == code
    assert one.stage is stage


def test_an_auth_is_to_be_looked_into() -> None:
    assert session().receive(AUTH) == Authenticate("t")


def test_a_resume_is_to_be_looked_into_once_in_with_positions() -> None:
    one = session(Stage.IN, positions=True)
    assert one.receive(RESUME) == Resume(Position("e", 1))


@pytest.mark.parametrize("stage", list(Stage))
def test_answers_pings_of_both_kinds_at_any_time(stage: Stage) -> None:
    one = session(stage)
    assert one.receive(Text(b'{"event":"ping"}')) == b'\x81\x1a{"event":"pong","data":{}}'
    assert one.receive(PingFrame(b"abc")) == b"\x8a\x03abc"
    assert one.receive(PongFrame(b"abc")) is None


def test_echoes_a_goodbye() -> None:
    assert session().receive(CloseFrame(1001, "bye")) == Ending(1001, "bye", is_answer=True)
    assert session().receive(CloseFrame(None)) == Ending(None, is_answer=True)


def test_a_broken_rule_ends_it_with_its_code() -> None:
    ending = session().receive(BadFrame(1002, "no mask"))
    assert ending == Ending(1002, "no mask", is_failure=True)


@pytest.mark.parametrize("said", [Text(b"no json"), Text(b'{"event":"auth"}')])
def test_the_last_try_that_fails_ends_it_after_saying_why(said: Incoming) -> None:
    one = session(tries=2)
    one.receive(said)
    ending = one.receive(said)
    assert isinstance(ending, Ending)
    assert ending.code == 1008
    assert code_of(ending.last_words)


def test_binary_frames_unknown_events_and_a_failing_store_cost_no_try() -> None:
    one = session(tries=1)
    for _ in range(5):
        one.receive(Binary(b""))
        one.receive(Text(b'{"event":"dance"}'))
        one.recognise(Authenticate("t"))
        assert code_of(one.stay_out(ErrorCode.INTERNAL, "Not now.", is_try=False)) == 1
    assert one.receive(AUTH) == Authenticate("t")


def test_a_very_long_event_is_not_told_back() -> None:
    answer = session().receive(Text(b'{"event":"%b"}' % (b"x" * 60_000)))
    assert isinstance(answer, bytes)
    assert len(answer) < 200


@pytest.mark.parametrize("stage", list(Stage))
def test_the_deadline_is_for_those_who_are_not_known(stage: Stage) -> None:
    assert (session(stage).expire() is None) == (stage is not Stage.WAITING)


@given(st.lists(st.binary(max_size=60)), st.sampled_from(list(Stage)))
def test_whatever_is_said_has_an_answer_and_only_auth_gets_anybody_in(
    texts: list[bytes], stage: Stage
) -> None:
    one = session(stage, tries=1000)
    for text in texts:
        assert one.receive(Text(text)) is not None
        assert one.stage is stage
