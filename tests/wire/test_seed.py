"""What the second seed document writes down is what goes over the wire, byte for byte."""

from __future__ import annotations

import json

from vestnik.ids import ConnectionId, ResourceId
from vestnik.wire import (
    NULL,
    PONG,
    Authenticate,
    Dialect,
    Hello,
    Notification,
    Notify,
    Told,
    decode_client_message,
    decode_server_message,
    encode_authenticate,
    encode_body,
    encode_hello,
    encode_notify,
    payload_of,
)
from vestnik.wire.limits import ATTEMPT_WINDOW, ATTEMPTS, PATHS

AUTH = b'{"event":"auth","data":{"token":"token from boticord user settings"}}'
HELLO = b'{"event":"hello","data":{"id":"connection id"}}'

REVIEW = Notification(
    type=2,
    resource=ResourceId("722424773233213460"),
    affected="review-81",
    user="511887819153866762",
    happened=1688747542930,
    payload=payload_of(b'{"content": "review content", "rating": 5}'),
)


def test_the_path_of_the_document_is_served() -> None:
    assert "/websocket/" in PATHS


def test_the_client_hello_of_the_document_is_understood_and_said() -> None:
    assert decode_client_message(AUTH) == Authenticate("token from boticord user settings")
    assert encode_authenticate("token from boticord user settings") == AUTH


def test_the_server_hello_of_the_document_is_said_and_understood() -> None:
    hello = Hello(ConnectionId("connection id"))

    assert encode_hello(hello) == HELLO
    assert decode_server_message(HELLO) == hello


def test_a_notification_has_exactly_the_five_fields_of_the_document_in_its_order() -> None:
    frame = encode_notify(encode_body(REVIEW, Dialect.NUMERIC))

    assert frame == (
        b'{"event":"notify","data":{"type":2,'
        b'"payload":{"content":"review content","rating":5},'
        b'"affected":"review-81","user":"511887819153866762","happened":1688747542930}}'
    )


def test_a_payload_may_be_null() -> None:
    body = json.loads(encode_body(Notification(1, ResourceId("a"), "a", "b", 0), Dialect.NUMERIC))

    assert body == {"type": 1, "payload": None, "affected": "a", "user": "b", "happened": 0}


def test_in_a_webhook_a_payload_may_be_absent() -> None:
    message = decode_server_message(
        b'{"event":"notify","data":{"type":1,"affected":"a","user":"b","happened":5}}'
    )

    assert message == Notify(Told(1, NULL, affected="a", user="b", happened=5))


def test_published_clients_find_the_fields_of_the_later_revision() -> None:
    assert encode_body(REVIEW, Dialect.NAMED) == (
        b'{"type":"comment_added","payload":{"content":"review content","rating":5},'
        b'"id":"722424773233213460","affected":"review-81",'
        b'"user":"511887819153866762","happened":1688747542930}'
    )


def test_a_pong_is_the_one_of_the_later_revision() -> None:
    assert json.loads(PONG) == {"event": "pong", "data": {}}


def test_fifteen_attempts_in_ten_seconds_are_the_limit_of_the_document() -> None:
    assert (ATTEMPTS, ATTEMPT_WINDOW) == (15, 10.0)
