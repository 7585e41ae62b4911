"""Answers and events of this core, of newer cores and of cores gone mad."""

from __future__ import annotations

import json
from contextlib import suppress
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.chatmail.spec_samples import EVENT_SPECS, JSON, METHOD_SPECS, SCHEMAS, answers, sample
from vestnik.chatmail._decoding import (
    Event,
    Method,
    UnknownEvent,
    decode_events,
    decode_result,
    encode_event,
)
from vestnik.chatmail._generated import events, types
from vestnik.chatmail._generated.methods import (
    CALL_INFO,
    CHECK_QR,
    GET_CHATLIST_ITEMS_BY_ENTRIES,
    GET_MESSAGE,
    GET_MESSAGE_INFO_OBJECT,
    GET_MESSAGE_REACTIONS,
    GET_NEXT_EVENT,
    GET_NEXT_EVENT_BATCH,
    METHODS,
    MISC_SEND_MSG,
    SEND_MSG,
)
from vestnik.errors import UnexpectedAnswer
from vestnik.ids import AccountId, ChatId, MessageId

SEVEN = AccountId(7)

# One method for each way in which a union can be reached.
UNIONS = [
    CHECK_QR,
    CALL_INFO,
    GET_MESSAGE,
    GET_MESSAGE_INFO_OBJECT,
    MISC_SEND_MSG,
    GET_CHATLIST_ITEMS_BY_ENTRIES,
    METHODS["get_draft"],
    METHODS["get_messages"],
    METHODS["get_message_list_items"],
    METHODS["get_all_accounts"],
]

few = settings(derandomize=True, deadline=None, max_examples=60)
many = settings(derandomize=True, deadline=None, max_examples=300)


def encoded(value: object) -> bytes:
    return json.dumps(value).encode()


def wrapped(kind: str, **payload: object) -> dict[str, object]:
    return {"contextId": 7, "event": {"kind": kind, **payload}}


def spec_of(method: Method[object]) -> dict[str, Any]:
    schema: dict[str, Any] = METHOD_SPECS[method.name]["result"]["schema"]
    return schema


EVENTS = answers(SCHEMAS["Event"])


def test_a_result_becomes_what_the_method_promises() -> None:
    assert decode_result(SEND_MSG, b"12") == 12
    assert decode_result(SEND_MSG, msgspec.Raw(b"12")) == 12


def test_names_of_a_map_become_ids() -> None:
    reactions = decode_result(
        GET_MESSAGE_REACTIONS, b'{"reactions": [], "reactionsByContact": {"10": ["x"]}}'
    )

    assert reactions is not None
    assert reactions.reactions_by_contact == {10: ["x"]}


def test_an_object_of_unknown_kind_arrives_whole() -> None:
    qr = decode_result(CHECK_QR, b'{"kind": "payment", "amount": {"eur": 3}}')

    assert isinstance(qr, types.UnknownQr)
    assert qr.kind == "payment"
    assert qr.raw == {"kind": "payment", "amount": {"eur": 3}}


def test_an_object_of_unknown_kind_may_be_deep_inside() -> None:
    message = {**sample(SCHEMAS["Message"]), "quote": {"kind": "Video", "at": 3}}

    result = decode_result(MISC_SEND_MSG, encoded([5, message]))

    assert result[0] == 5
    assert result[1].quote == types.UnknownMessageQuote(
        kind="Video", raw={"kind": "Video", "at": 3}
    )
    assert result[1].sender.id == 11


def test_known_objects_beside_an_unknown_one_stay_typed() -> None:
    chat = sample(SCHEMAS["ChatListItemFetchResult"])

    items = decode_result(
        GET_CHATLIST_ITEMS_BY_ENTRIES, encoded({"12": chat, "13": {"kind": "Folder"}})
    )

    chats = {int(key): type(item) for key, item in items.items()}
    assert chats == {
        12: types.ChatListItemFetchResultChatListItem,
        13: types.UnknownChatListItemFetchResult,
    }


def test_the_mark_of_unknown_kinds_is_itself_an_unknown_kind() -> None:
    qr = decode_result(CHECK_QR, b'{"kind": "?", "url": "x"}')

    assert isinstance(qr, types.UnknownQr)
    assert qr.raw == {"kind": "?", "url": "x"}


def test_an_unknown_kind_that_is_null_where_null_may_be_is_null() -> None:
    message = {**sample(SCHEMAS["Message"]), "quote": None}

    assert decode_result(GET_MESSAGE, encoded(message)).quote is None


@pytest.mark.parametrize(
    "raw", [b'"12"', b"null", b"[]", b"1.5", b"", b"{", b"\xff", b"[" * 100_000, b"1e999"]
)
def test_what_does_not_fit_is_an_unexpected_answer_with_its_bytes(raw: bytes) -> None:
    with pytest.raises(UnexpectedAnswer, match="send_msg") as caught:
        decode_result(SEND_MSG, raw)

    assert caught.value.method == "send_msg"
    assert caught.value.raw == raw


def test_a_missing_field_is_named() -> None:
    with pytest.raises(UnexpectedAnswer, match="missing required field `url`"):
        decode_result(CHECK_QR, b'{"kind": "url"}')


@pytest.mark.parametrize("raw", [b'{"url": "x"}', b'{"kind": 3}', b"[]", b'"url"'])
def test_an_object_that_does_not_say_its_kind_is_an_unexpected_answer(raw: bytes) -> None:
    with pytest.raises(UnexpectedAnswer):
        decode_result(CHECK_QR, raw)


@pytest.mark.parametrize("method", UNIONS, ids=lambda method: method.name)
@few
@given(data=st.data())
def test_answers_of_newer_cores_never_raise(method: Method[object], data: st.DataObject) -> None:
    decode_result(method, encoded(data.draw(answers(spec_of(method)))))


@many
@given(name=st.sampled_from(sorted(METHODS)), answer=JSON)
def test_any_json_at_all_is_an_answer_or_an_unexpected_one(name: str, answer: object) -> None:
    with suppress(UnexpectedAnswer):
        decode_result(METHODS[name], encoded(answer))


@many
@given(name=st.sampled_from(sorted(METHODS)), answer=st.binary())
def test_any_bytes_at_all_are_an_answer_or_an_unexpected_one(name: str, answer: bytes) -> None:
    with suppress(UnexpectedAnswer):
        decode_result(METHODS[name], answer)


def test_events_arrive_in_order_with_their_accounts() -> None:
    batch = encoded([wrapped("IncomingMsg", chatId=12, msgId=40), wrapped("ChatlistChanged")])

    assert decode_events(batch) == [
        Event(
            account_id=SEVEN, payload=events.IncomingMsg(chat_id=ChatId(12), msg_id=MessageId(40))
        ),
        Event(account_id=SEVEN, payload=events.ChatlistChanged()),
    ]


def test_an_event_of_unknown_kind_keeps_its_payload() -> None:
    (event,) = decode_events(encoded([wrapped("IncomingSmell", chatId=12)]))

    raw: dict[str, object] = {"kind": "IncomingSmell", "chatId": 12}
    assert event == Event(account_id=SEVEN, payload=UnknownEvent(kind="IncomingSmell", raw=raw))


def test_a_known_event_with_a_broken_payload_is_unknown() -> None:
    (event,) = decode_events(encoded([wrapped("IncomingMsg", chatId="twelve")]))

    raw: dict[str, object] = {"kind": "IncomingMsg", "chatId": "twelve"}
    assert event.payload == UnknownEvent(kind="IncomingMsg", raw=raw)


def test_an_unknown_chat_type_in_an_event_is_data() -> None:
    payload = {**sample(EVENT_SPECS["SecurejoinInviterProgress"]), "chatType": "Parliament"}

    (event,) = decode_events(encoded([{"contextId": 7, "event": payload}]))

    assert isinstance(event.payload, events.SecurejoinInviterProgress)
    assert event.payload.chat_type == "Parliament"


def test_one_broken_event_spoils_none_of_the_others() -> None:
    good = encoded(wrapped("MsgsChanged", chatId=0, msgId=0))
    batch = b"[" + b",".join([good, b"17", good, b'"\xff"', good]) + b"]"

    kinds = [event.payload.kind for event in decode_events(batch)]

    assert kinds == ["MsgsChanged", "", "MsgsChanged", "", "MsgsChanged"]


@pytest.mark.parametrize(
    ("item", "account_id", "raw"),
    [
        (17, 0, {"value": 17}),
        ([1], 0, {"value": [1]}),
        ({}, 0, {}),
        ({"kind": 3}, 0, {"kind": 3}),
        ({"contextId": 7}, 7, {"contextId": 7}),
        ({"contextId": 7, "event": "boo"}, 7, {"value": "boo"}),
        ({"contextId": True, "event": {"kind": []}}, 0, {"kind": []}),
    ],
)
def test_what_is_no_event_belongs_to_whom_it_says_or_to_the_account_manager(
    item: object, account_id: int, raw: dict[str, object]
) -> None:
    (event,) = decode_events(encoded([item]))

    assert event == Event(account_id=AccountId(account_id), payload=UnknownEvent(kind="", raw=raw))


@pytest.mark.parametrize("raw", [b"{}", b"null", b"7", b"", b"[", b"[}", b"\xff"])
def test_a_batch_that_is_no_list_is_an_unexpected_answer(raw: bytes) -> None:
    with pytest.raises(UnexpectedAnswer, match="get_next_event_batch"):
        decode_events(raw)


@many
@given(st.lists(EVENTS))
def test_events_of_newer_cores_never_raise(batch: list[dict[str, Any]]) -> None:
    decoded = decode_events(encoded(batch))

    assert [event.account_id for event in decoded] == [item["contextId"] for item in batch]
    for event, item in zip(decoded, batch, strict=True):
        assert event.payload.kind == item["event"]["kind"]
        known = EVENT_SPECS.get(event.payload.kind)
        assert type(event.payload).__name__ == (event.payload.kind if known else "UnknownEvent")


@many
@given(st.lists(JSON | st.fixed_dictionaries({"contextId": JSON, "event": JSON})))
def test_a_list_of_anything_becomes_as_many_events(batch: list[object]) -> None:
    assert len(decode_events(encoded(batch))) == len(batch)


@few
@given(st.lists(EVENTS))
def test_calls_for_events_are_as_patient_as_the_reader_of_events(batch: list[Any]) -> None:
    assert decode_result(GET_NEXT_EVENT_BATCH, encoded([*batch, 3])) == decode_events(
        encoded([*batch, 3])
    )
    for item in batch:
        assert [decode_result(GET_NEXT_EVENT, encoded(item))] == decode_events(encoded([item]))


@few
@given(EVENTS)
def test_an_encoded_event_decodes_to_itself(item: object) -> None:
    (event,) = decode_events(encoded([item]))

    assert decode_events(b"[" + encode_event(event) + b"]") == [event]


def test_an_unknown_event_is_encoded_as_it_came() -> None:
    item = wrapped("IncomingSmell", strength=3)

    (event,) = decode_events(encoded([item]))

    assert json.loads(encode_event(event)) == item


def test_an_event_of_ours_is_encoded_like_the_others() -> None:
    event = Event(account_id=AccountId(0), payload=events.CoreRestarted(cause="killed", failures=1))

    assert json.loads(encode_event(event)) == {
        "contextId": 0,
        "event": {"kind": "CoreRestarted", "cause": "killed", "failures": 1},
    }
