"""Orders and their answers: what is JSON-RPC passes through as it is."""

from __future__ import annotations

import contextlib
import json

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vestnik.errors import BadMessage
from vestnik.wire import (
    ErrorCode,
    Rpc,
    RpcAnswer,
    decode_client_message,
    decode_server_message,
    encode_rpc,
)

REQUEST = b'{"jsonrpc":"2.0", "id":1,"method":"get_chat","params":{"chatId":12}}'
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(-1e9, 1e9) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=6,
)


@pytest.mark.parametrize("space", ["", "  ", "\n\t"])
def test_an_order_comes_through_to_the_byte(space: str) -> None:
    text = b'{"event":"rpc","data":%b%b%b}' % (space.encode(), REQUEST, space.encode())
    for given_text in (text, text.decode()):
        message = decode_client_message(given_text)
        assert isinstance(message, Rpc)
        assert bytes(message.request) == REQUEST


def test_what_is_ordered_is_not_printed() -> None:
    message = decode_client_message(encode_rpc(b'{"text":"secret"}'))
    assert "secret" not in repr(message)


@given(st.lists(JSON) | st.dictionaries(st.text(), JSON))
def test_whatever_is_said_comes_through_both_ways(said: object) -> None:
    text = encode_rpc(json.dumps(said).encode())
    order, answer = decode_client_message(text), decode_server_message(text)
    assert isinstance(order, Rpc)
    assert isinstance(answer, RpcAnswer)
    assert json.loads(bytes(order.request)) == json.loads(bytes(answer.answer)) == said


@given(JSON.filter(lambda one: not isinstance(one, list | dict)))
def test_what_is_no_object_and_no_list_is_no_json_rpc(said: object) -> None:
    text = msgspec.json.encode({"event": "rpc"}) if said is None else _rpc(said)
    for decode in (decode_client_message, decode_server_message):
        with pytest.raises(BadMessage, match="JSON-RPC") as caught:
            decode(text)
        assert caught.value.code is ErrorCode.BAD_REQUEST


@given(st.binary(max_size=40))
def test_broken_json_is_never_an_order(tail: bytes) -> None:
    with contextlib.suppress(BadMessage):
        found = decode_client_message(b'{"event":"rpc","data":{"id":1,' + tail)
        assert isinstance(found, Rpc)
        json.loads(bytes(found.request))


def _rpc(said: object) -> bytes:
    return b'{"event":"rpc","data":%b}' % json.dumps(said).encode()
