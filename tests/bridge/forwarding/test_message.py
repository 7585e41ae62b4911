"""What programs are told of a message: all that a bot needs, and little when there is little."""

from __future__ import annotations

import json

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.bridge.forwarding.samples import PICTURE, a_chat, a_message
from vestnik.bridge.forwarding.events import notification_of
from vestnik.bridge.forwarding.message import shortened, told_message
from vestnik.bridge.forwarding.sizes import MOST_PAYLOAD, size
from vestnik.chatmail import Event, events, types
from vestnik.ids import AccountId, ResourceId

ALWAYS = {
    "id": 105,
    "sent": 1767225598000,
    "received": 1767225599000,
    "viewType": "Text",
    "text": "hello",
    "isBot": False,
    "isInfo": False,
    "chat": {"id": 12, "name": "Alice", "type": "Single", "isEncrypted": True},
    "sender": {
        "id": 11,
        "name": "Alice",
        "address": "alice@example.org",
        "isKeyContact": True,
    },
}


def told(
    message: types.Message,
    chat: types.BasicChat | None = None,
    *,
    url: str = "",
    webxdc: types.WebxdcMessageInfo | None = None,
) -> dict[str, object]:
    made = told_message(message, chat or a_chat(), url=url, webxdc=webxdc)
    found: dict[str, object] = json.loads(msgspec.json.encode(made))
    return found


def test_of_a_plain_message_there_is_what_is_always_there_and_nothing_else() -> None:
    assert told(a_message()) == ALWAYS


@pytest.mark.parametrize(
    ("changes", "added"),
    [
        ({"isForwarded": True}, {"isForwarded": True}),
        ({"isEdited": True}, {"isEdited": True}),
        ({"isBot": True}, {"isBot": True}),
        ({"hasHtml": True}, {"hasHtml": True}),
        ({"hasLocation": True}, {"hasLocation": True}),
        ({"showPadlock": False}, {"isUnencrypted": True}),
        ({"parentId": 104}, {"parentId": 104}),
        ({"webxdcHref": "#move-7"}, {"webxdcHref": "#move-7"}),
        (
            {
                "isInfo": True,
                "showPadlock": False,
                "systemMessageType": "MemberAddedToGroup",
                "infoContactId": 14,
            },
            {"isInfo": True, "systemMessageType": "MemberAddedToGroup", "infoContactId": 14},
        ),
        ({"systemMessageType": "FromTheFuture"}, {"systemMessageType": "FromTheFuture"}),
        (
            {"quote": {"kind": "JustText", "text": "what was said"}},
            {"quote": {"text": "what was said"}},
        ),
        ({"quote": {"kind": "FromTheFuture"}}, {}),
        (
            {
                "viewType": "Vcard",
                "vcardContact": {
                    "addr": "bob@example.org",
                    "color": "#000000",
                    "displayName": "Bob",
                    "key": "x" * 5000,
                },
            },
            {"viewType": "Vcard", "vcard": {"name": "Bob", "address": "bob@example.org"}},
        ),
    ],
)
def test_what_says_something_is_added(changes: dict[str, object], added: dict[str, object]) -> None:
    assert told(a_message(**changes)) == {**ALWAYS, **added}


def test_a_quote_tells_which_message_is_answered_and_who_wrote_it() -> None:
    quote = {
        "kind": "WithMessage",
        "authorDisplayColor": "#000000",
        "authorDisplayName": "Echo",
        "chatId": 12,
        "isForwarded": False,
        "messageId": 104,
        "text": "pong",
        "viewType": "Text",
    }
    assert told(a_message(quote=quote))["quote"] == {
        "text": "pong",
        "messageId": 104,
        "chatId": 12,
        "author": "Echo",
    }
    long = told(a_message(quote={**quote, "text": "x" * 5000, "overrideSenderName": "List"}))
    assert long["quote"] == {
        "text": "x" * 1000,
        "messageId": 104,
        "chatId": 12,
        "author": "List",
        "isTextCut": True,
    }


def test_a_file_is_told_with_a_link_and_without_its_path() -> None:
    found = told(a_message(**PICTURE), url="https://bots.example.org/api/v1/files/x")
    assert found["viewType"] == "Image"
    assert found["file"] == {
        "name": "cat.png",
        "mime": "image/png",
        "bytes": 4711,
        "width": 640,
        "height": 480,
        "url": "https://bots.example.org/api/v1/files/x",
    }
    assert "/srv" not in json.dumps(found)


def test_a_voice_message_has_a_duration_and_no_width() -> None:
    voice = a_message(viewType="Voice", file="/x/a.ogg", fileBytes=9, duration=2500)
    assert told(voice, url="https://x")["file"] == {
        "name": "",
        "mime": "application/octet-stream",
        "bytes": 9,
        "duration": 2500,
        "url": "https://x",
    }


def test_a_subject_is_told_where_mail_has_one() -> None:
    chat = a_chat(isEncrypted=False)
    assert told(a_message(subject="Holidays"), chat)["subject"] == "Holidays"


def test_a_message_by_way_of_a_list_keeps_both_names() -> None:
    found = told(a_message({"isKeyContact": False}, overrideSenderName="Carol"))
    assert found["sender"] == {
        "id": 11,
        "name": "Alice",
        "address": "alice@example.org",
        "overrideName": "Carol",
    }


def test_an_app_is_told_with_its_name() -> None:
    info = types.WebxdcMessageInfo(
        icon="icon.png",
        internet_access=False,
        is_app_sender=False,
        is_broadcast=False,
        name="Chess",
        self_addr="x",
        send_update_interval=1,
        send_update_max_size=1,
        summary="White to move",
    )
    found = told(a_message(viewType="Webxdc"), webxdc=info)
    assert found["webxdc"] == {"name": "Chess", "summary": "White to move"}


def test_a_chat_of_an_unknown_type_is_told_as_the_core_calls_it() -> None:
    found = told(a_message(), a_chat(chatType="Theatre"))
    assert found["chat"] == {"id": 12, "name": "Alice", "type": "Theatre", "isEncrypted": True}


def test_a_text_that_is_too_long_is_cut_and_says_so() -> None:
    message = told_message(a_message(text="é" * 100_000), a_chat())
    cut = shortened(message, 10_000)
    assert cut.is_text_cut
    assert cut.text == "é" * len(cut.text)
    assert 9_990 <= size(cut) <= 10_000


def test_a_text_that_just_fits_is_left_alone() -> None:
    message = told_message(a_message(text="x" * 20_000), a_chat())
    assert shortened(message, size(message)) is message
    assert shortened(message, size(message) - 1).is_text_cut


# What takes the most room as JSON, and what is more than one UTF-16 unit or byte.
TEXT = st.text(st.sampled_from('\x00\x1f"\\aé漢🎈\n'), max_size=200)


@given(TEXT, st.integers(1, 2000), st.booleans())
def test_no_message_is_longer_than_a_payload_may_be(
    text: str, times: int, is_long_everywhere: bool
) -> None:
    long = (text or "x") * times
    names: dict[str, object] = {}
    if is_long_everywhere:
        names = {
            "overrideSenderName": long,
            "subject": long,
            "fileName": long,
            "fileMime": long,
            "file": "/x",
            "webxdcHref": long,
            "quote": {"kind": "JustText", "text": long},
            "vcardContact": {"addr": long, "color": "", "displayName": long},
        }
    sender: dict[str, object] = {"displayName": long, "address": long}
    message = a_message(sender, text=long, **names)
    made = told_message(message, a_chat(name=long, isEncrypted=False), url="https://x/" * 20)
    payload = events.IncomingMsg(chat_id=message.chat_id, msg_id=message.id)
    event = Event(account_id=AccountId(1), payload=payload)
    notification = notification_of(event, ResourceId("echo"), 1, made)
    assert notification is not None
    encoded = bytes(notification.payload)
    assert len(encoded) <= MOST_PAYLOAD
    told_text = json.loads(encoded)["message"]["text"]
    assert long.startswith(told_text)
    assert (told_text == long) is not json.loads(encoded)["message"].get("isTextCut", False)
