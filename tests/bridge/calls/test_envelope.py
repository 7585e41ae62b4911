"""Whatever bytes come, the answer is well formed."""

from __future__ import annotations

import json
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vestnik.bridge.calls.calls import refuse_all
from vestnik.bridge.calls.envelope import (
    MOST_IN_BATCH,
    Batch,
    Request,
    answer,
    batch_answer,
    read,
    refusal,
)
from vestnik.bridge.calls.problems import Problem, RpcCode

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)
near_requests = st.fixed_dictionaries(
    {},
    optional={
        "jsonrpc": st.just("2.0") | json_values,
        "method": st.text() | json_values,
        "params": json_values,
        "id": json_values,
        "key": json_values,
    },
)


def request(**members: object) -> bytes:
    return json.dumps({"jsonrpc": "2.0", "method": "get_message", **members}).encode()


def one(data: bytes, key: str | None = None) -> Request:
    found = read(data, key)
    assert isinstance(found, Request)
    return found


def check_answer(given: bytes) -> None:
    answered = refuse_all(given, "No.")
    if answered is None:
        return
    assert b"\n" not in answered
    answers: Any = json.loads(answered)
    for each in answers if isinstance(answers, list) else [answers]:
        assert set(each) == {"jsonrpc", "error", "id"}
        assert each["jsonrpc"] == "2.0"
        assert isinstance(each["id"], str | int | float | None)
        assert isinstance(each["error"]["code"], int)
        assert each["error"]["message"]


@given(st.binary())
def test_any_bytes_are_answered_well(given: bytes) -> None:
    check_answer(given)


@given(near_requests | st.lists(near_requests | json_values, max_size=4))
def test_anything_like_a_request_is_answered_well(given: object) -> None:
    check_answer(json.dumps(given).encode())


@given(near_requests, st.integers(0, 200), st.binary(max_size=3))
def test_a_request_with_a_hole_in_it_is_answered_well(given: object, at: int, hole: bytes) -> None:
    raw = json.dumps(given).encode()
    check_answer(raw[:at] + hole + raw[at + 1 :])


@pytest.mark.parametrize(
    "id", ["1", '"a"', "null", "1.5", "-3", '"\\n"', "12345678901234567890123"]
)
def test_an_id_comes_back_as_it_came(id: str) -> None:
    found = one(b'{"jsonrpc":"2.0","method":"x","id": %b }' % id.encode())

    assert found.problem is None
    assert found.id == id.encode()


def test_a_request_without_an_id_wants_no_answer_even_if_it_is_wrong() -> None:
    assert one(request()).id is None
    assert refuse_all(request(), "No.") is None
    assert refuse_all(request(key=""), "No.") is None


@pytest.mark.parametrize(
    ("given", "code"),
    [
        (b"", RpcCode.UNREADABLE),
        (b"{", RpcCode.UNREADABLE),
        (b"[1,", RpcCode.UNREADABLE),
        (b"[" * 100_000, RpcCode.UNREADABLE),
        (b'{"a":' * 100_000, RpcCode.UNREADABLE),
        (b'{"jsonrpc":"2.0","method":"\xff","id":1}', RpcCode.UNREADABLE),
        (b'{"jsonrpc":"2.0","method":"x","params":[1e999],"id":1}', RpcCode.NO_REQUEST),
        (b"1", RpcCode.NO_REQUEST),
        (b"[]", RpcCode.NO_REQUEST),
        (b"{}", RpcCode.NO_REQUEST),
        (b'{"jsonrpc":"1.0","method":"x","id":1}', RpcCode.NO_REQUEST),
        (b'{"jsonrpc":"2.0","method":1,"id":1}', RpcCode.NO_REQUEST),
        (b'{"jsonrpc":"2.0","method":"x","id":[1]}', RpcCode.NO_REQUEST),
        (b'{"jsonrpc":"2.0","method":"x","id":true}', RpcCode.NO_REQUEST),
        (b'{"jsonrpc":"2.0","method":"x","params":1,"id":1}', RpcCode.NO_REQUEST),
        (b'{"jsonrpc":"2.0","method":"x","key":1,"id":1}', RpcCode.BAD_PARAMS),
        (b'{"jsonrpc":"2.0","method":"x","key":"","id":1}', RpcCode.BAD_PARAMS),
    ],
)
def test_what_is_no_request_is_said_to_be_none(given: bytes, code: RpcCode) -> None:
    found = one(given)

    assert found.problem is not None
    assert found.problem.code == code
    assert found.id is not None


def test_parameters_are_decoded_whole_so_that_no_line_of_their_own_gets_to_the_core() -> None:
    smuggled = b'{"jsonrpc":"2.0","id":9,"method":"remove_account","params":[2]}'
    found = one(b'{"jsonrpc":"2.0","method":"x","params":[{"a":\n%b\n}],"id":1}' % smuggled)

    assert found.params == [{"a": json.loads(smuggled)}]
    assert b"\n" not in msgspec.json.encode(found.params)


def test_a_key_comes_as_a_member_or_beside_the_request() -> None:
    assert one(request(key="a")).key == "a"
    assert one(request(), "b").key == "b"
    assert one(request(key="a"), "b").key == "a"


def test_a_batch_is_of_one_to_fifty_requests_in_order() -> None:
    found = read(b"[%b]" % b",".join(request(id=number) for number in range(MOST_IN_BATCH)))

    assert isinstance(found, Batch)
    assert [each.id for each in found.requests] == [b"%d" % number for number in range(50)]
    too_many = one(b"[%b]" % b",".join([request(id=1)] * (MOST_IN_BATCH + 1)))
    assert too_many.problem is not None
    assert too_many.problem.code == RpcCode.NO_REQUEST


def test_what_is_wrong_in_a_batch_does_not_hurt_the_others() -> None:
    found = read(b'[1, %b, {"id": 4}]' % request(id=3))

    assert isinstance(found, Batch)
    codes = [each.problem and each.problem.code for each in found.requests]
    assert codes == [RpcCode.NO_REQUEST, None, RpcCode.NO_REQUEST]
    assert [each.id for each in found.requests] == [b"null", b"3", b"4"]


def test_a_key_beside_a_batch_is_refused_because_nobody_knows_whose_it_is() -> None:
    found = one(b"[%b]" % request(id=1), "k")

    assert found.problem is not None
    assert found.problem.code == RpcCode.NO_REQUEST


def test_answers_are_json_rpc() -> None:
    assert json.loads(answer(b'"a"', b"[1]")) == {"jsonrpc": "2.0", "result": [1], "id": "a"}
    error = {"code": -1, "message": 'so "so"'}
    assert json.loads(refusal(b"2", Problem(-1, 'so "so"'))) == {
        "jsonrpc": "2.0",
        "error": error,
        "id": 2,
    }
    assert batch_answer([]) is None
    assert batch_answer([b"1", b"2"]) == b"[1,2]"
