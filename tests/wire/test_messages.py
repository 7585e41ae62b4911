"""The messages of the WebSocket: what both ends say, and how generously it is understood."""

from __future__ import annotations

import json
from collections.abc import Callable

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vestnik.errors import BadMessage
from vestnik.ids import ConnectionId, ResourceId
from vestnik.wire import (
    PING,
    PONG,
    Authenticate,
    ClientMessage,
    Dialect,
    ErrorCode,
    Hello,
    Notification,
    Notify,
    Ping,
    Pong,
    Position,
    Problem,
    Resume,
    ServerMessage,
    Told,
    Unknown,
    decode_client_message,
    decode_server_message,
    encode_authenticate,
    encode_body,
    encode_error,
    encode_hello,
    encode_notify,
    encode_resume,
)

PLACE = Position("f3a9", 42)
POSITIONS = st.builds(Position, st.text(), st.integers(0, 2**63 - 1))
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=6,
)


# From the client


@pytest.mark.parametrize(
    "text",
    [
        pytest.param('{"event": "ping"}', id="boticordpy"),
        pytest.param('{"event":"ping","data":{"data":{}}}', id="botikotlin"),
        pytest.param('{"event":"ping"}', id="boticordnim"),
        pytest.param('{"event":"ping","data":{}}', id="PayziBot"),
        pytest.param('{"event":"ping","data":null}', id="null"),
        pytest.param('{"data":[1],"event":"ping"}', id="a list"),
        pytest.param(' {"event":"ping","data":"","offset":"x","missed":{}} ', id="more fields"),
    ],
)
def test_every_ping_that_was_seen_is_a_ping(text: str) -> None:
    assert decode_client_message(text) == Ping()
    assert decode_client_message(text.encode()) == Ping()


def test_our_ping_and_pong_are_those_of_the_documents() -> None:
    assert decode_client_message(PING) == Ping()
    assert decode_server_message(PONG) == Pong()


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ('{"token":"t"}', Authenticate("t")),
        ('{"token":"t","resume":null}', Authenticate("t")),
        ('{"token":"t","resume":false}', Authenticate("t")),
        ('{"token":"t","resume":true,"more":1}', Authenticate("t", wants_positions=True)),
        ('{"token":"t","resume":{"epoch":"f3a9","offset":42}}', Authenticate("t", True, PLACE)),
        (
            '{"token":"t","resume":{"epoch":"","offset":0,"more":1}}',
            Authenticate("t", True, Position("", 0)),
        ),
        ('{"token":""}', Authenticate("")),
        ('{"token":"a","token":"b"}', Authenticate("b")),
        ('{"token":"\\u0416\\n"}', Authenticate("Ж\n")),
    ],
)
def test_a_client_says_who_it_is(data: str, message: Authenticate) -> None:
    assert decode_client_message(f'{{"event":"auth","data":{data}}}') == message


@pytest.mark.parametrize(
    "text",
    [
        '{"event":"auth"}',
        '{"event":"auth","data":null}',
        '{"event":"auth","data":{}}',
        '{"event":"auth","data":"t"}',
        '{"event":"auth","data":{"token":null}}',
        '{"event":"auth","data":{"token":5}}',
        '{"event":"auth","data":{"Token":"t"}}',
    ],
)
def test_an_auth_without_a_token_has_the_code_that_clients_know(text: str) -> None:
    with pytest.raises(BadMessage, match="auth needs data with a token") as caught:
        decode_client_message(text)

    assert caught.value.code == int(ErrorCode.UNAUTHORIZED)
    assert caught.value.code == 6


NO_PLACES = [
    '{"epoch":"a"}',
    '{"offset":1}',
    '{"epoch":1,"offset":1}',
    '{"epoch":"a","offset":-1}',
    '{"epoch":"a","offset":9223372036854775808}',
    '{"epoch":"a","offset":' + "9" * 5000 + "}",
    '{"epoch":"a","offset":1.5}',
    '{"epoch":"a","offset":"1"}',
    "5",
    '"now"',
    "[]",
]


@pytest.mark.parametrize("place", NO_PLACES)
def test_a_wrong_place_in_an_auth_does_not_look_like_a_wrong_token(place: str) -> None:
    with pytest.raises(BadMessage, match="resume needs a position") as caught:
        decode_client_message(f'{{"event":"auth","data":{{"token":"t","resume":{place}}}}}')

    assert caught.value.code == ErrorCode.BAD_REQUEST


@pytest.mark.parametrize("place", [*NO_PLACES, "null", "true", "{}"])
def test_a_resume_needs_a_place(place: str) -> None:
    with pytest.raises(BadMessage, match="resume needs a position") as caught:
        decode_client_message(f'{{"event":"resume","data":{place}}}')

    assert caught.value.code == ErrorCode.BAD_REQUEST


@given(POSITIONS)
def test_a_place_comes_through(place: Position) -> None:
    assert decode_client_message(encode_resume(place)) == Resume(place)
    assert decode_client_message(encode_authenticate("t", place)) == Authenticate("t", True, place)


@given(st.text())
def test_a_token_comes_through_and_is_not_printed(token: str) -> None:
    assert decode_client_message(encode_authenticate(token)) == Authenticate(token)
    assert decode_client_message(encode_authenticate(token, True)) == Authenticate(token, True)
    assert repr(Authenticate(token)) == "Authenticate(wants_positions=False, after=None)"


def test_an_event_that_is_not_known_is_told_by_its_name_but_not_by_64_kib_of_it() -> None:
    assert decode_client_message('{"event":"subscribe"}') == Unknown("subscribe")
    assert decode_client_message('{"event":""}') == Unknown("")
    assert decode_client_message('{"event":"PING"}') == Unknown("PING")
    assert decode_client_message(f'{{"event":"{"x" * 60_000}"}}') == Unknown("x" * 100)


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "ping",
        '"ping"',
        "null",
        "5",
        "[]",
        "{}",
        '{"event":5}',
        '{"event":null}',
        '{"Event":"ping"}',
        '{"event":"ping"',
        '{"event":"ping"}}',
        '{"event":"ping"} {"event":"ping"}',
        '{"event":"ping","data":NaN}',
        '{"event":"\\ud800"}',
        '{"event":"\ud800"}',
        '{"event":"ping","data":' + "[" * 30_000 + "]" * 30_000 + "}",
        '{"event":"ping","data":' + '{"a":' * 10_000 + "1" + "}" * 10_001,
        b'{"event":"\xff"}',
        b'\xef\xbb\xbf{"event":"ping"}',
        b"\x00",
    ],
)
def test_what_is_no_message_is_answered_with_an_example(text: str | bytes) -> None:
    for decode in (decode_client_message, decode_server_message):
        with pytest.raises(BadMessage, match=r'such as \{"event":"ping"\}: .*\.$') as caught:
            decode(text)
        assert caught.value.code == ErrorCode.BAD_REQUEST


# From the server


@pytest.mark.parametrize(
    ("hello", "text"),
    [
        (Hello(ConnectionId("c")), '{"id":"c"}'),
        (Hello(ConnectionId("c"), PLACE), '{"id":"c","epoch":"f3a9","offset":42}'),
        (
            Hello(ConnectionId("c"), Position("", 0), False),
            '{"id":"c","epoch":"","offset":0,"recovered":false}',
        ),
        (
            Hello(ConnectionId("c"), PLACE, True),
            '{"id":"c","epoch":"f3a9","offset":42,"recovered":true}',
        ),
    ],
)
def test_a_client_is_let_in(hello: Hello, text: str) -> None:
    assert encode_hello(hello) == f'{{"event":"hello","data":{text}}}'.encode()
    assert decode_server_message(encode_hello(hello)) == hello


@pytest.mark.parametrize(
    "text",
    [
        '{"event":"hello"}',
        '{"event":"hello","data":null}',
        '{"event":"hello","data":{}}',
        '{"event":"hello","data":{"id":5,"epoch":7,"offset":"x","recovered":"yes"}}',
        '{"event":"hello","data":{"epoch":"a","offset":-1}}',
        '{"event":"hello","data":{"epoch":"a","offset":true}}',
    ],
)
def test_a_client_is_let_in_also_by_a_server_that_says_it_otherwise(text: str) -> None:
    assert decode_server_message(text) == Hello(ConnectionId(""))


@given(POSITIONS, st.integers(0, 10**6), st.sampled_from(Dialect))
def test_a_notification_comes_through_with_its_place(
    place: Position, missed: int, dialect: Dialect
) -> None:
    body = encode_body(Notification(2, ResourceId("bot"), "review", "u", 9), dialect)

    message = decode_server_message(encode_notify(body, place, missed))

    assert isinstance(message, Notify)
    assert (message.position, message.missed, message.told.number) == (place, missed, 2)


def test_who_did_not_ask_gets_the_message_of_the_document_and_nothing_else() -> None:
    assert encode_notify(b"1") == b'{"event":"notify","data":1}'
    assert encode_notify(b"1", missed=5) == b'{"event":"notify","data":1}'
    assert encode_notify(b"1", PLACE) == b'{"event":"notify","data":1,"epoch":"f3a9","offset":42}'
    assert json.loads(encode_notify(b"1", Position('"\n', 0), 3)) == {
        "event": "notify",
        "data": 1,
        "epoch": '"\n',
        "offset": 0,
        "missed": 3,
    }


@pytest.mark.parametrize(
    "more",
    [
        '"epoch":5,"offset":1',
        '"epoch":"a"',
        '"offset":1',
        '"epoch":"a","offset":-1,"missed":-1',
        '"epoch":"a","offset":9223372036854775808,"missed":true',
        '"epoch":"a","offset":"1","missed":"many"',
    ],
)
def test_a_place_that_is_none_does_not_cost_the_notification(more: str) -> None:
    message = decode_server_message(f'{{"event":"notify","data":{{"type":1}},{more}}}')

    assert message == Notify(Told(1))


@pytest.mark.parametrize("data", ["null", "{}", "[]", '{"type":null}', '"up_added"'])
def test_a_notification_without_a_type_is_none(data: str) -> None:
    with pytest.raises(BadMessage, match="with a type"):
        decode_server_message(f'{{"event":"notify","data":{data}}}')


def test_a_payload_comes_as_its_json() -> None:
    message = decode_server_message(
        '{"event":"notify","data":{"type":"up_added","payload":{"upCount": 1}}}'
    )

    assert isinstance(message, Notify)
    assert message.told.payload == msgspec.Raw(b'{"upCount": 1}')


def test_an_error_has_a_code_and_a_message_as_far_as_the_server_gives_them() -> None:
    ours = encode_error(ErrorCode.UNAUTHORIZED, 'The token "x" is wrong.')

    assert ours == (b'{"event":"error","data":{"code":6,"message":"The token \\"x\\" is wrong."}}')
    assert decode_server_message(ours) == Problem(6, 'The token "x" is wrong.')
    assert decode_server_message('{"event":"error","data":{"code":14}}') == Problem(14)
    assert decode_server_message('{"event":"error"}') == Problem()


@pytest.mark.parametrize("text", ['{"event":"error","data":6}', '{"event":"hello","data":"id"}'])
def test_data_of_another_kind_is_refused(text: str) -> None:
    with pytest.raises(BadMessage):
        decode_server_message(text)


def test_an_event_that_a_client_does_not_know_is_data() -> None:
    assert decode_server_message('{"event":"announcement","data":[1]}') == Unknown("announcement")


# Anything


@st.composite
def nearly_messages(draw: st.DrawFn) -> bytes:
    """JSON objects with the right keys and whatever behind them."""
    events = st.sampled_from(["auth", "ping", "resume", "notify", "hello", "pong", "error"])
    inner = st.fixed_dictionaries(
        {},
        optional=dict.fromkeys(
            ("token", "resume", "epoch", "offset", "id", "type", "happened", "code"), JSON
        ),
    )
    message = draw(
        st.fixed_dictionaries(
            {"event": events | JSON},
            optional={"data": inner | JSON, "epoch": JSON, "offset": JSON, "missed": JSON},
        )
    )
    return json.dumps(message, ensure_ascii=draw(st.booleans())).encode()


@given(st.binary() | st.text() | nearly_messages())
def test_anything_is_a_message_or_a_documented_error(text: bytes | str) -> None:
    for decode in (decode_client_message, decode_server_message):
        item = understood(decode, text)
        if isinstance(item, BadMessage):
            assert str(item).endswith(".")
            assert item.code in (ErrorCode.BAD_REQUEST, ErrorCode.UNAUTHORIZED)
        else:
            assert isinstance(item, ClientMessage | ServerMessage)


def understood(
    decode: Callable[[bytes | str], ClientMessage | ServerMessage], text: bytes | str
) -> ClientMessage | ServerMessage | BadMessage:
    try:
        return decode(text)
    except BadMessage as error:
        return error
