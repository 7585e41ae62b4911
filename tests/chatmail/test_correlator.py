"""The correlator against every order, cut and kind of bytes."""

import json

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vestnik.chatmail.correlator import Answered, CallId, Correlator, Refused, Unreadable


def answer(call_id: object, result: object = None) -> bytes:
    return json.dumps({"jsonrpc": "2.0", "id": call_id, "result": result}).encode() + b"\n"


def refusal(call_id: object, code: int, message: str) -> bytes:
    error = {"code": code, "message": message}
    return json.dumps({"jsonrpc": "2.0", "id": call_id, "error": error}).encode() + b"\n"


def cut(data: bytes, sizes: list[int]) -> list[bytes]:
    pieces = []
    for size in sizes:
        pieces.append(data[:size])
        data = data[size:]
    return [*pieces, data]


def test_a_call_is_one_line_with_its_arguments_by_position() -> None:
    call_id, line = Correlator().call("send_msg", (1, 12, {"text": "line\nbreak"}))
    assert line.count(b"\n") == 1
    assert line.endswith(b"\n")
    assert json.loads(line) == {
        "jsonrpc": "2.0",
        "id": call_id,
        "method": "send_msg",
        "params": [1, 12, {"text": "line\nbreak"}],
    }


def test_an_answer_reaches_its_call_and_no_other() -> None:
    correlator = Correlator()
    first, _ = correlator.call("a", ())
    second, _ = correlator.call("b", ())
    assert correlator.receive(answer(second, [1])) == [Answered(second, msgspec.Raw(b"[1]"))]
    assert correlator.pending == {first}


def test_a_refusal_carries_the_cores_code_and_words() -> None:
    correlator = Correlator()
    call_id, _ = correlator.call("start_io", (99,))
    outcomes = correlator.receive(refusal(call_id, -1, "account with id 99 not found"))
    assert outcomes == [Refused(call_id, -1, "account with id 99 not found")]


def test_an_answer_with_id_null_is_unreadable_and_tells_the_cores_words() -> None:
    correlator = Correlator()
    call_id, _ = correlator.call("a", ())
    (outcome,) = correlator.receive(refusal(None, -32700, "expected value"))
    assert isinstance(outcome, Unreadable)
    assert (outcome.call_id, outcome.problem) == (None, "expected value")
    assert correlator.pending == {call_id}


def test_an_answer_to_a_call_that_was_given_up_is_dropped() -> None:
    correlator = Correlator()
    call_id, _ = correlator.call("a", ())
    correlator.give_up(call_id)
    assert correlator.receive(answer(call_id)) == []


def test_a_second_answer_to_the_same_call_is_dropped() -> None:
    correlator = Correlator()
    call_id, _ = correlator.call("a", ())
    assert len(correlator.receive(answer(call_id) + answer(call_id))) == 1


@pytest.mark.parametrize("stranger", [0, 2, -1, "1", True, [1], {"a": 1}, 1e300])
def test_an_answer_to_no_call_of_ours_is_unreadable(stranger: object) -> None:
    correlator = Correlator()
    call_id, _ = correlator.call("a", ())
    (outcome,) = correlator.receive(answer(stranger))
    assert isinstance(outcome, Unreadable)
    assert correlator.pending == {call_id}


def test_an_answer_without_result_and_error_fails_its_call() -> None:
    correlator = Correlator()
    call_id, _ = correlator.call("a", ())
    (outcome,) = correlator.receive(b'{"jsonrpc":"2.0","id":1}\n')
    assert isinstance(outcome, Unreadable)
    assert outcome.call_id == call_id
    assert not correlator.pending


def test_a_null_result_is_a_result() -> None:
    correlator = Correlator()
    call_id, _ = correlator.call("a", ())
    assert correlator.receive(answer(call_id, None)) == [Answered(call_id, msgspec.Raw(b"null"))]


@pytest.mark.parametrize("size", [101, 300, 5000])
def test_an_oversized_line_fails_its_call_and_the_next_line_is_read(size: int) -> None:
    correlator = Correlator(max_line_bytes=100)
    long, _ = correlator.call("a", ())
    short, _ = correlator.call("b", ())
    oversized, *outcomes = correlator.receive(answer(long, "x" * size) + answer(short, 1))
    assert isinstance(oversized, Unreadable)
    assert oversized.call_id == long
    assert "over 100 bytes" in oversized.problem
    assert len(oversized.line_start) <= 200
    assert outcomes == [Answered(short, msgspec.Raw(b"1"))]


def test_an_endless_line_does_not_grow_in_memory() -> None:
    correlator = Correlator(max_line_bytes=1000)
    for _ in range(1000):
        assert correlator.receive(b"x" * 1000) == []
    assert sum(map(len, correlator._lines._parts)) <= 200


def test_a_line_that_is_cut_in_the_middle_of_json_fails_the_call_it_names() -> None:
    correlator = Correlator()
    call_id, _ = correlator.call("a", ())
    (outcome,) = correlator.receive(b'{"jsonrpc":"2.0","id":1,"result":[1,2\n')
    assert isinstance(outcome, Unreadable)
    assert outcome.call_id == call_id


def test_empty_lines_mean_nothing() -> None:
    assert Correlator().receive(b"\n  \n\r\n") == []


calls_in_some_order = st.integers(1, 30).flatmap(lambda n: st.permutations(range(1, n + 1)))


@given(order=calls_in_some_order, sizes=st.lists(st.integers(0, 60)))
def test_every_call_gets_its_own_answer_whatever_the_order_and_the_cuts(
    order: list[int], sizes: list[int]
) -> None:
    correlator = Correlator()
    for _ in order:
        correlator.call("echo", ())
    data = b"".join(answer(call_id, f"for {call_id}") for call_id in order)
    outcomes = [o for piece in cut(data, sizes) for o in correlator.receive(piece)]
    assert outcomes == [
        Answered(CallId(n), msgspec.Raw(json.dumps(f"for {n}").encode())) for n in order
    ]
    assert not correlator.pending


@given(st.lists(st.binary(max_size=80), max_size=20), st.integers(1, 60))
def test_whatever_bytes_arrive_nothing_is_raised_and_each_call_ends_at_most_once(
    pieces: list[bytes], limit: int
) -> None:
    correlator = Correlator(max_line_bytes=limit)
    for _ in range(5):
        correlator.call("a", ())
    ended = [o.call_id for p in pieces for o in correlator.receive(p) if o.call_id is not None]
    assert len(ended) == len(set(ended))
    assert correlator.pending == {CallId(n) for n in range(1, 6)} - set(ended)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5) | st.floats(allow_nan=False),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3)
    ),
    max_leaves=8,
)
envelopes = st.fixed_dictionaries(
    {}, optional={"id": json_values, "result": json_values, "error": json_values}
)


@given(st.lists(envelopes, max_size=10))
def test_garbage_in_the_shape_of_an_answer_is_never_an_error_of_ours(
    values: list[dict[str, object]],
) -> None:
    correlator = Correlator()
    correlator.call("a", ())
    for value in values:
        for outcome in correlator.receive(json.dumps(value).encode() + b"\n"):
            assert isinstance(outcome, Answered | Refused | Unreadable)


@given(st.binary(max_size=2000), st.lists(st.integers(0, 90)), st.integers(0, 100))
def test_bytes_mean_the_same_whole_and_byte_by_byte(
    data: bytes, sizes: list[int], limit: int
) -> None:
    whole, pieces = Correlator(limit), Correlator(limit)
    for correlator in (whole, pieces):
        correlator.call("a", ())
    together = whole.receive(data)
    apart = [outcome for piece in cut(data, sizes) for outcome in pieces.receive(piece)]
    assert apart == together
