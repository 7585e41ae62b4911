"""The correlator against every order, cut and kind of bytes."""

import json

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vestnik.chatmail.correlator import Correlator, Refused, Unreadable


def answer(call_id: object, result: object = None) -> bytes:
    return json.dumps({"jsonrpc": "2.0", "id": call_id, "result": result}).encode() + b"\n"


def refusal(call_id: object, code: int, message: str) -> bytes:
    error = {"code": code, "message": message}
    return json.dumps({"jsonrpc": "2.0", "id": call_id, "error": error}).encode() + b"\n"


def answered(caller: str, result: object = None) -> tuple[str, msgspec.Raw]:
    return caller, msgspec.Raw(json.dumps(result).encode())


def cut(data: bytes, sizes: list[int]) -> list[bytes]:
    pieces = []
    for size in sizes:
        pieces.append(data[:size])
        data = data[size:]
    return [*pieces, data]


def test_a_call_is_one_line_with_its_arguments_by_position() -> None:
    call_id, line = Correlator[str]().call("me", "send_msg", (1, 12, {"text": "line\nbreak"}))
    assert line.count(b"\n") == 1
    assert line.endswith(b"\n")
    assert json.loads(line) == {
        "jsonrpc": "2.0",
        "id": call_id,
        "method": "send_msg",
        "params": [1, 12, {"text": "line\nbreak"}],
    }


def test_an_answer_reaches_its_call_and_no_other() -> None:
    correlator = Correlator[str]()
    first, _ = correlator.call("a", "method", ())
    second, _ = correlator.call("b", "method", ())
    assert correlator.receive(answer(second, [1])) == [answered("b", [1])]
    assert correlator.pending == {first: "a"}


def test_a_refusal_carries_the_cores_code_and_words() -> None:
    correlator = Correlator[str]()
    call_id, _ = correlator.call("start_io", "method", (99,))
    outcomes = correlator.receive(refusal(call_id, -1, "account with id 99 not found"))
    assert outcomes == [("start_io", Refused(-1, "account with id 99 not found"))]


def test_an_answer_with_id_null_is_unreadable_and_tells_the_cores_words() -> None:
    correlator = Correlator[str]()
    call_id, _ = correlator.call("a", "method", ())
    ((caller, outcome),) = correlator.receive(refusal(None, -32700, "expected value"))
    assert isinstance(outcome, Unreadable)
    assert (caller, outcome.problem) == (None, "expected value")
    assert correlator.pending == {call_id: "a"}


def test_an_answer_to_a_call_that_was_given_up_is_dropped() -> None:
    correlator = Correlator[str]()
    call_id, _ = correlator.call("a", "method", ())
    correlator.give_up(call_id)
    assert correlator.receive(answer(call_id)) == []


def test_a_second_answer_to_the_same_call_is_dropped() -> None:
    correlator = Correlator[str]()
    call_id, _ = correlator.call("a", "method", ())
    assert len(correlator.receive(answer(call_id) + answer(call_id))) == 1


@pytest.mark.parametrize("stranger", [0, 2, -1, "1", True, [1], {"a": 1}, 1e300])
def test_an_answer_to_no_call_of_ours_is_unreadable(stranger: object) -> None:
    correlator = Correlator[str]()
    call_id, _ = correlator.call("a", "method", ())
    ((caller, outcome),) = correlator.receive(answer(stranger))
    assert isinstance(outcome, Unreadable)
    assert caller is None
    assert correlator.pending == {call_id: "a"}


def test_an_answer_without_result_and_error_fails_its_call() -> None:
    correlator = Correlator[str]()
    correlator.call("a", "method", ())
    ((caller, outcome),) = correlator.receive(b'{"jsonrpc":"2.0","id":1}\n')
    assert isinstance(outcome, Unreadable)
    assert caller == "a"
    assert not correlator.pending


def test_a_null_result_is_a_result() -> None:
    correlator = Correlator[str]()
    call_id, _ = correlator.call("a", "method", ())
    assert correlator.receive(answer(call_id, None)) == [answered("a", None)]


@pytest.mark.parametrize("size", [101, 300, 5000])
def test_an_oversized_line_fails_its_call_and_the_next_line_is_read(size: int) -> None:
    correlator = Correlator[str](max_line_bytes=100)
    long, _ = correlator.call("a", "method", ())
    short, _ = correlator.call("b", "method", ())
    (caller, oversized), *others = correlator.receive(answer(long, "x" * size) + answer(short, 1))
    assert caller == "a"
    assert isinstance(oversized, Unreadable)
    assert "over 100 bytes" in oversized.problem
    assert len(oversized.line_start) <= 200
    assert others == [answered("b", 1)]


def test_an_endless_line_does_not_grow_in_memory() -> None:
    correlator = Correlator[str](max_line_bytes=1000)
    for _ in range(1000):
        assert correlator.receive(b"x" * 1000) == []
    assert sum(map(len, correlator._lines._parts)) <= 200


def test_a_line_that_is_cut_in_the_middle_of_json_fails_the_call_it_names() -> None:
    correlator = Correlator[str]()
    correlator.call("a", "method", ())
    ((caller, outcome),) = correlator.receive(b'{"jsonrpc":"2.0","id":1,"result":[1,2\n')
    assert isinstance(outcome, Unreadable)
    assert caller == "a"


def test_an_answer_that_is_nested_without_end_fails_its_call() -> None:
    correlator = Correlator[str]()
    correlator.call("a", "method", ())
    deep = b"[" * 100_000
    ((caller, outcome),) = correlator.receive(b'{"id":1,"result":' + deep + b"\n")
    assert isinstance(outcome, Unreadable)
    assert caller == "a"


@pytest.mark.parametrize("line", [b'{"id":1}{"id":2}\n', b'{"id":\n1,"result":null}\n'])
def test_an_answer_is_one_line_and_a_line_is_one_answer(line: bytes) -> None:
    correlator = Correlator[str]()
    correlator.call("a", "method", ())
    correlator.call("b", "method", ())
    assert all(isinstance(outcome, Unreadable) for _, outcome in correlator.receive(line))


def test_a_call_that_cannot_be_encoded_was_never_made() -> None:
    correlator = Correlator[str]()
    with pytest.raises(TypeError):
        correlator.call("a", "method", (object(),))
    assert not correlator.pending
    assert correlator.call("b", "method", ())[0] == 1


def test_empty_lines_mean_nothing() -> None:
    assert Correlator[str]().receive(b"\n  \n\r\n") == []


calls_in_some_order = st.integers(1, 30).flatmap(lambda n: st.permutations(range(1, n + 1)))


@given(order=calls_in_some_order, sizes=st.lists(st.integers(0, 60)))
def test_every_call_gets_its_own_answer_whatever_the_order_and_the_cuts(
    order: list[int], sizes: list[int]
) -> None:
    correlator = Correlator[str]()
    for call_id in range(1, len(order) + 1):
        correlator.call(f"for {call_id}", "echo", ())
    data = b"".join(answer(call_id, f"for {call_id}") for call_id in order)
    outcomes = [o for piece in cut(data, sizes) for o in correlator.receive(piece)]
    assert outcomes == [answered(f"for {n}", f"for {n}") for n in order]
    assert not correlator.pending


@given(st.lists(st.binary(max_size=80), max_size=20), st.integers(1, 60))
def test_whatever_bytes_arrive_nothing_is_raised_and_each_call_ends_at_most_once(
    pieces: list[bytes], limit: int
) -> None:
    correlator = Correlator[str](max_line_bytes=limit)
    for caller in "abcde":
        correlator.call(caller, "method", ())
    outcomes = [outcome for piece in pieces for outcome in correlator.receive(piece)]
    ended = [caller for caller, _ in outcomes if caller is not None]
    assert len(ended) == len(set(ended))
    assert set(correlator.pending.values()) == set("abcde") - set(ended)


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
    correlator = Correlator[str]()
    correlator.call("a", "method", ())
    for value in values:
        for _, outcome in correlator.receive(json.dumps(value).encode() + b"\n"):
            assert isinstance(outcome, msgspec.Raw | Refused | Unreadable)


scraps = st.sampled_from(
    [answer(1), answer(2, "two"), refusal(3, -1, "no"), answer(4)[:-1], b"\n", b" \n", b'"id":2}\n']
)
streams = st.binary(max_size=2000) | st.lists(scraps | st.binary(max_size=3)).map(b"".join)


@given(streams, st.lists(st.integers(0, 90)), st.integers(0, 100))
def test_bytes_mean_the_same_whole_and_byte_by_byte(
    data: bytes, sizes: list[int], limit: int
) -> None:
    whole, pieces = Correlator[str](limit), Correlator[str](limit)
    for correlator in (whole, pieces):
        for caller in "abc":
            correlator.call(caller, "method", ())
    together = whole.receive(data)
    apart = [outcome for piece in cut(data, sizes) for outcome in pieces.receive(piece)]
    assert apart == together
