"""Notifications as JSON, in both dialects and back."""

from __future__ import annotations

import json

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vestnik.errors import BadMessage
from vestnik.ids import ResourceId
from vestnik.wire import (
    NOTIFY_TYPES,
    NULL,
    Dialect,
    Notification,
    Told,
    decode_body,
    encode_body,
    payload_of,
)

INT64 = st.integers(-(2**63), 2**63 - 1)
JSON = st.recursive(
    st.none()
    | st.booleans()
    | INT64
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=10,
)
LAYOUTS = st.sampled_from([(None, True), (2, True), (None, False)])


@st.composite
def notifications(draw: st.DrawFn) -> Notification:
    indent, is_ascii = draw(LAYOUTS)
    payload = json.dumps(draw(JSON), indent=indent, ensure_ascii=is_ascii)
    return Notification(
        type=draw(INT64 | st.sampled_from(list(NOTIFY_TYPES))),
        resource=ResourceId(draw(st.text())),
        affected=draw(st.text()),
        user=draw(st.text()),
        happened=draw(INT64),
        payload=msgspec.Raw(payload.encode()),
    )


@given(notifications())
def test_a_notification_comes_back_from_either_dialect_in_one_line(told: Notification) -> None:
    numeric = encode_body(told, Dialect.NUMERIC)
    named = encode_body(told, Dialect.NAMED)

    for body, id in ((numeric, None), (named, told.resource)):
        back = decode_body(body)
        assert back.number == told.type
        assert (back.affected, back.user, back.happened) == (
            told.affected,
            told.user,
            told.happened,
        )
        assert back.id == id
        assert json.loads(bytes(back.payload)) == json.loads(bytes(told.payload))
        assert b"\n" not in body
        assert b"\r" not in body


@given(notifications())
def test_other_json_libraries_read_the_same(told: Notification) -> None:
    numeric = json.loads(encode_body(told, Dialect.NUMERIC))
    named = json.loads(encode_body(told, Dialect.NAMED))

    assert list(numeric) == ["type", "payload", "affected", "user", "happened"]
    assert list(named) == ["type", "payload", "id", "affected", "user", "happened"]
    assert numeric["type"] == told.type
    assert isinstance(named["type"], str)
    assert numeric["payload"] == named["payload"]


def test_a_payload_is_passed_on_untouched() -> None:
    payload = (
        b'{"big":123456789012345678901234567890,"exact":1.10,"e":1E400,"a":1,"a":2,"u":"\\u0416"}'
    )
    told = Notification(1, ResourceId("r"), "a", "u", 0, msgspec.Raw(payload))

    assert b'"payload":%b,' % payload in encode_body(told, Dialect.NUMERIC)
    assert bytes(payload_of(payload)) == payload


def test_a_payload_is_laid_out_in_one_line() -> None:
    assert bytes(payload_of(' { "a" : [ 1 ,\r\n 2 ],\t"b": "x y" }\n')) == b'{"a":[1,2],"b":"x y"}'


@pytest.mark.parametrize(
    "json",
    [
        *["", " ", "{", "[1,]", "NaN", "Infinity", "01", "{1:2}", "'a'", '"\n"', "1 2", '"\\q"'],
        *['"\\ud800"', '"\ud800"', b'"\xff"', b"\xef\xbb\xbf1", b"\x00", "[" * 100_000],
    ],
)
def test_what_is_no_json_is_no_payload(json: str | bytes) -> None:
    with pytest.raises(BadMessage, match="payload is JSON"):
        payload_of(json)


@given(st.binary() | st.text() | JSON.map(json.dumps))
def test_any_bytes_are_a_payload_or_refused(given_json: bytes | str) -> None:
    try:
        payload = bytes(payload_of(given_json))
    except BadMessage:
        return
    assert json.loads(payload) is not Ellipsis
    assert b"\n" not in payload
    assert bytes(payload_of(payload)) == payload


@pytest.mark.parametrize(
    ("body", "told"),
    [
        (b'{"type":5}', Told(5)),
        (b'{"type":"up_added","payload":null,"id":null}', Told("up_added")),
        (
            b'{"type":"up_added","webhookSettings":{"token":"x"},"id":"7"}',
            Told("up_added", id="7"),
        ),
        (b' {"type": 1, "type": 2}\n', Told(2)),
    ],
)
def test_what_servers_leave_out_or_add_is_no_error(body: bytes, told: Told) -> None:
    assert decode_body(body) == told
    assert decode_body(body).payload == NULL


@pytest.mark.parametrize(
    ("type", "number"),
    [
        ("up_added", 1),
        ("2005", 2005),
        ("-5", -5),
        ("incoming_msg", 2005),
        ("0", 0),
        (7, 7),
        ("server_added", None),
        ("007", None),
        ("٣", None),
        ("9" * 5000, None),
        ("", None),
    ],
)
def test_a_word_has_the_number_of_the_table(type: str | int, number: int | None) -> None:
    assert Told(type).number == number


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"null",
        b"[]",
        b"{}",
        b'{"type":null}',
        b'{"type":1.5}',
        b'{"type":true}',
        b'{"type":9223372036854775808}',
        b'{"type":1,"happened":-9223372036854775809}',
        b'{"type":1,"happened":"now"}',
        b'{"type":1,"affected":7}',
        b'{"type":1,"payload":NaN}',
        b'{"type":1,"payload":"\xff"}',
        b'{"type":1,"ignored":"\xff"}',
        b'{"type":1,"payload":' + b"[" * 100_000 + b"]" * 100_000 + b"}",
        b'{"type":"\\ud800"}',
    ],
)
def test_what_is_no_notification_is_said_in_a_sentence(body: bytes) -> None:
    with pytest.raises(BadMessage, match=r"^A notification is a JSON object with a type: .*\.$"):
        decode_body(body)
