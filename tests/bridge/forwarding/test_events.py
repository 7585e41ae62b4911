"""From an event of the core to a notification: every kind, and what only newer cores know."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.bridge.forwarding.samples import SAMPLES, a_chat, a_message, decoded
from vestnik.bridge.forwarding.events import notification_of
from vestnik.bridge.forwarding.message import told_message
from vestnik.bridge.forwarding.sizes import MOST_PAYLOAD
from vestnik.chatmail import EVENT_TABLE, Event, UnknownEvent, events
from vestnik.ids import AccountId, ChatId, ContactId, MessageId, ResourceId
from vestnik.wire import Dialect, Notification
from vestnik.wire.dialects import encode_body

ECHO = ResourceId("echo")


def told(payload: events.EventPayload) -> Notification | None:
    return notification_of(Event(account_id=AccountId(1), payload=payload), ECHO, 1767225600000)


def told_payload(payload: events.EventPayload) -> dict[str, object]:
    notification = told(payload)
    assert notification is not None
    found: dict[str, object] = json.loads(bytes(notification.payload))
    return found


def test_there_is_a_sample_of_every_kind() -> None:
    assert set(SAMPLES) == set(EVENT_TABLE)


@pytest.mark.parametrize("kind", SAMPLES)
def test_an_event_becomes_a_notification_with_its_own_fields(kind: str) -> None:
    sample = SAMPLES[kind]
    notification = told(decoded(kind, sample.fields))
    assert notification is not None
    assert notification.type == EVENT_TABLE[kind].number
    assert notification.resource == "echo"
    assert notification.affected == sample.affected
    assert notification.user == sample.user
    assert notification.happened == 1767225600000
    fields = sample.fields if sample.told is None else sample.told
    assert json.loads(bytes(notification.payload)) == {"kind": kind, **fields, "bot": "echo"}


def test_the_kind_comes_first_and_the_bot_last() -> None:
    notification = told(events.MsgRead(chat_id=ChatId(12), msg_id=MessageId(105)))
    assert notification is not None
    assert bytes(notification.payload) == (
        b'{"kind":"MsgRead","chatId":12,"msgId":105,"bot":"echo"}'
    )


@pytest.mark.parametrize(
    ("payload", "affected"),
    [
        (events.MsgsChanged(chat_id=ChatId(12), msg_id=MessageId(0)), "12"),
        (events.MsgsChanged(chat_id=ChatId(0), msg_id=MessageId(0)), "echo"),
        (events.ChatlistItemChanged(chat_id=None), "echo"),
        (events.ContactsChanged(contact_id=None), "echo"),
    ],
)
def test_what_is_about_several_affects_the_chat_or_the_bot(
    payload: events.EventPayload, affected: str
) -> None:
    notification = told(payload)
    assert notification is not None
    assert notification.affected == affected


def test_a_reaction_of_nobody_in_particular_has_no_user() -> None:
    payload = events.ReactionsChanged(
        chat_id=ChatId(12), contact_id=ContactId(0), msg_id=MessageId(105)
    )
    notification = told(payload)
    assert notification is not None
    assert notification.user == ""


def test_an_event_of_a_kind_that_only_newer_cores_know_has_no_number_and_is_not_told() -> None:
    assert told(decoded("PollClosed", {"msgId": 105})) is None
    assert told(UnknownEvent(kind="", raw={"value": "broken"})) is None


def test_a_known_kind_with_fields_that_are_not_what_they_were_is_told_as_it_came() -> None:
    changed = decoded("MsgRead", {"chatId": 12, "msgId": 105, "by": [1, {"x": None}], "bot": 7})
    assert isinstance(changed, events.MsgRead)
    broken = decoded("MsgRead", {"chatId": "twelve", "msgId": 105, "bot": 7, "message": {}})
    assert isinstance(broken, UnknownEvent)
    notification = told(broken)
    assert notification is not None
    assert (notification.type, notification.affected, notification.user) == (2015, "105", "")
    assert told_payload(broken) == {
        "kind": "MsgRead",
        "chatId": "twelve",
        "msgId": 105,
        "bot": "echo",
    }


def test_an_unknown_event_with_a_path_tells_no_folder_of_the_host() -> None:
    broken = decoded("NewBlobFile", {"file": ["/srv/secret/cat.png"]})
    assert "/srv" not in json.dumps(told_payload(broken))


def test_a_message_that_comes_along_gives_the_user() -> None:
    payload = events.IncomingMsg(chat_id=ChatId(12), msg_id=MessageId(105))
    event = Event(account_id=AccountId(1), payload=payload)
    message = told_message(a_message(), a_chat())
    notification = notification_of(event, ECHO, 1, message)
    assert notification is not None
    assert notification.user == "11"
    found = json.loads(bytes(notification.payload))
    assert list(found) == ["kind", "chatId", "msgId", "bot", "message"]
    assert found["message"]["text"] == "hello"


def test_the_core_itself_is_nobody() -> None:
    payload = events.IncomingMsg(chat_id=ChatId(12), msg_id=MessageId(105))
    event = Event(account_id=AccountId(1), payload=payload)
    info = a_message(fromId=2, isInfo=True, systemMessageType="ChatE2ee")
    notification = notification_of(event, ECHO, 1, told_message(info, a_chat()))
    assert notification is not None
    assert notification.user == ""


def test_bytes_that_are_too_many_are_left_out_and_a_long_text_is_cut() -> None:
    data = events.WebxdcRealtimeData(msg_id=MessageId(105), data=[200] * 128_000)
    assert told_payload(data) == {
        "kind": "WebxdcRealtimeData",
        "msgId": 105,
        "isCut": True,
        "bot": "echo",
    }
    line = told_payload(events.Info(msg="é" * 100_000))
    assert line == {"kind": "Info", "msg": "é" * 2047, "isCut": True, "bot": "echo"}


def test_an_event_with_too_many_fields_keeps_its_kind() -> None:
    payload = UnknownEvent(kind="MsgRead", raw={f"field {n}": "x" * 1000 for n in range(1000)})
    assert told_payload(payload) == {"kind": "MsgRead", "isCut": True, "bot": "echo"}


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(max_size=20_000),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=10,
)


@given(st.sampled_from(sorted(SAMPLES)), st.dictionaries(st.text(), JSON))
def test_whatever_a_core_says_fits_and_is_one_line_of_json(
    kind: str, fields: dict[str, object]
) -> None:
    notification = told(decoded(kind, fields))
    assert notification is not None
    payload = bytes(notification.payload)
    assert len(payload) <= MOST_PAYLOAD
    assert b"\n" not in payload
    assert json.loads(payload)["bot"] == "echo"
    body = json.loads(encode_body(notification, Dialect.NUMERIC))
    assert body["payload"]["kind"] == kind
