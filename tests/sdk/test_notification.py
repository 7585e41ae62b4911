"""What notifications and their keys are made of."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import UTC, datetime

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vestnik.errors import BadMessage
from vestnik.ids import ResourceId
from vestnik.sdk import Duplicates, Notification
from vestnik.sdk.notification import read_notification
from vestnik.wire import Dialect, Position, decode_body, encode_body
from vestnik.wire import Notification as WireNotification


def read(text: str | bytes, position: Position | None = None) -> Notification:
    return read_notification(
        decode_body(text.encode() if isinstance(text, str) else text), position
    )


@given(
    st.sampled_from([0, 1, 2, 90, 2005, 123456]),
    st.text(max_size=10),
    st.integers(-(2**53), 2**53),
    st.dictionaries(st.text(max_size=5), st.integers(0, 5) | st.text(max_size=5), max_size=4),
)
def test_both_dialects_tell_the_same(
    number: int, user: str, happened: int, payload: dict[str, object]
) -> None:
    one = WireNotification(
        number, ResourceId("bot"), "42", user, happened, msgspec.Raw(msgspec.json.encode(payload))
    )
    numeric, named = (read(encode_body(one, dialect)) for dialect in Dialect)
    assert (numeric.type, numeric.name) == (named.type, named.name)
    assert (numeric.affected, numeric.user, numeric.payload) == ("42", user, payload)
    assert numeric.key == named.key
    assert (numeric.resource, named.resource) == (None, "bot")
    assert read(numeric.body(), Position("e", 1)).key == numeric.key


@pytest.mark.parametrize(
    "other",
    [
        '{"type":2,"affected":"a","user":"u","happened":1,"payload":{"x":1}}',
        '{"type":1,"affected":"b","user":"u","happened":1,"payload":{"x":1}}',
        '{"type":1,"affected":"a","user":"v","happened":1,"payload":{"x":1}}',
        '{"type":1,"affected":"a","user":"u","happened":2,"payload":{"x":1}}',
        '{"type":1,"affected":"a","user":"u","happened":1,"payload":{"x":2}}',
    ],
)
def test_what_differs_in_anything_has_another_key(other: str) -> None:
    one = read('{"type":1,"affected":"a","user":"u","happened":1,"payload":{"x":1}}')
    assert read(other).key != one.key


def test_the_order_of_fields_and_the_spelling_of_the_type_are_no_difference() -> None:
    one = read('{"type":1,"affected":"a","happened":1,"payload":{"x":1,"y":2}}')
    other = read('{"payload":{"y":2, "x":1},"id":"a","happened":1,"type":"up_added"}')
    assert one.key == other.key


def test_a_payload_that_is_left_out_is_null() -> None:
    assert read('{"type":1}').payload is None
    assert read('{"type":1}').key == read('{"type":1,"payload":null}').key


@pytest.mark.parametrize(("ms", "year"), [(0, 1970), (2**62, 9999), (-(2**62), 1)])
def test_no_moment_is_too_far(ms: int, year: int) -> None:
    happened = read(json.dumps({"type": 1, "happened": ms})).happened
    assert happened.year == year
    assert happened.tzinfo is UTC


def test_a_moment_has_its_milliseconds() -> None:
    one = read('{"type":1,"happened":1700000000123}')
    assert one.happened == datetime(2023, 11, 14, 22, 13, 20, 123_000, UTC)


def test_a_payload_that_nobody_can_read_is_an_error_of_ours() -> None:
    with pytest.raises(BadMessage):
        read('{"type":1,"payload":' + "[" * 100_000 + "]" * 100_000 + "}")


def test_a_window_forgets_the_oldest() -> None:
    seen = Duplicates(most=2)
    assert [seen.is_new(key) for key in "abbca"] == [True, True, False, True, True]


def test_the_sdk_does_not_load_what_only_a_connection_needs() -> None:
    program = "import sys, vestnik.sdk; print(*sys.modules)"
    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True)
    loaded = set(ended.stdout.decode().split())
    assert loaded.isdisjoint({"aiohttp", "starlette", "uvicorn", "vestnik.gateway", "sqlalchemy"})
