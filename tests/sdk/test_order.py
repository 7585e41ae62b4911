"""Orders as they are said, and answers as they are understood."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Mapping

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vestnik.bridge.calls.signatures import core_signatures
from vestnik.errors import BadInput, BadMessage
from vestnik.sdk.order import Answer, Failure, Params, encode_order, make_order, read_answer
from vestnik.wire.limits import MAX_MESSAGE

TEXTS = st.text(max_size=20)
VALUES = st.recursive(st.none() | st.booleans() | st.integers() | TEXTS, st.lists)


def said(
    params: Params | None = None, key: str | None = None, **named: object
) -> Mapping[str, object]:
    data: Mapping[str, object] = json.loads(encode_order(make_order("m", params, named, key), 7))
    assert data["event"] == "rpc"
    request = data["data"]
    assert isinstance(request, dict)
    assert {name: request.pop(name) for name in ("jsonrpc", "id", "method")} == {
        "jsonrpc": "2.0",
        "id": 7,
        "method": "m",
    }
    return request


def test_what_is_not_given_is_not_said() -> None:
    assert said() == {}


@given(st.dictionaries(st.from_regex(r"[a-z]{3,8}[A-Z]?", fullmatch=True), VALUES), TEXTS)
def test_names_and_key_are_said_as_they_are(named: dict[str, object], key: str) -> None:
    named.pop("params", None)
    assert said(None, key, **named) == {"params": named, "key": key} if named else {"key": key}


def test_parameters_can_be_given_in_one_object_by_name_or_by_position() -> None:
    assert said({"key": "ui.x"}) == {"params": {"key": "ui.x"}}
    assert said({"one": 1, "two": 2}, two=3) == {"params": {"one": 1, "two": 3}}
    assert said([None, 12]) == {"params": [None, 12]}


@pytest.mark.parametrize(
    ("params", "named", "sentence"),
    [
        ([1], {"two": 2}, "by name or by position"),
        (None, {"one": object()}, "cannot be said in JSON"),
        (None, {"one": "\ud800"}, "cannot be said in JSON"),
        (None, {"text": "x" * MAX_MESSAGE}, "longer than 64 KiB"),
    ],
)
def test_what_cannot_be_said_is_a_sentence(
    params: Params | None, named: dict[str, object], sentence: str
) -> None:
    with pytest.raises(BadInput, match=sentence):
        make_order("m", params, named, None)


def test_a_call_without_a_method_is_none() -> None:
    with pytest.raises(BadInput, match="name of a method"):
        make_order("", None, {}, None)


@pytest.mark.parametrize(
    ("raw", "answer"),
    [
        ('{"jsonrpc":"2.0","id":1,"result":13}', Answer(1, 13)),
        ('{"id":1,"result":{"messageId":13}}', Answer(1, {"messageId": 13})),
        ('{"id":1}', Answer(1)),
        ('{"id":null,"error":{"code":-32700}}', Answer(None, None, Failure(-32700, ""))),
        ('{"id":"1","result":null}', Answer(None)),
        ('{"id":true,"result":null}', Answer(None)),
        ('{"id":2,"error":{"code":-1,"message":"no"}}', Answer(2, None, Failure(-1, "no"))),
        ('{"id":2,"error":{"code":"x","message":5}}', Answer(2, None, Failure(0, "5"))),
    ],
)
def test_an_answer_is_understood_generously(raw: str, answer: Answer) -> None:
    assert read_answer(msgspec.Raw(raw.encode())) == answer


@given(st.binary() | st.builds(lambda n: b'{"result":' + b"[" * n, st.integers(0, 5000)))
def test_what_is_no_answer_is_a_problem_and_nothing_worse(raw: bytes) -> None:
    with contextlib.suppress(BadMessage):
        read_answer(msgspec.Raw(raw))


def test_no_parameter_of_a_bots_calls_is_taken_for_an_option() -> None:
    signatures = core_signatures().values()
    names = {parameter.name for one in signatures for parameter in one.parameters}
    assert "messageId" in names
    assert not [name for name in names if "_" in name]
