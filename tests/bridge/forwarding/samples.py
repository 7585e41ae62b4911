"""One event of every kind, and what becomes of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import msgspec

from vestnik.chatmail import types
from vestnik.chatmail._decoding import decode_events, decode_result
from vestnik.chatmail._generated.methods import GET_BASIC_CHAT_INFO, GET_MESSAGE
from vestnik.chatmail.events import EventPayload

__all__ = ["PICTURE", "SAMPLES", "Sample", "a_chat", "a_message", "decoded"]


class Sample(NamedTuple):
    """An event as the core writes it, and what its notification is to say."""

    fields: Mapping[str, object]
    affected: str
    user: str = ""
    told: Mapping[str, object] | None = None
    """The fields as they are told, if that is not as they came."""


_MESSAGE = {"chatId": 12, "msgId": 105}
_BLOB = "/srv/vestnik/accounts/9f/blobs/cat.png"
_LOG = {"msg": "A line for the log"}

SAMPLES = {
    "Info": Sample(_LOG, "echo"),
    "SmtpConnected": Sample(_LOG, "echo"),
    "ImapConnected": Sample(_LOG, "echo"),
    "SmtpMessageSent": Sample(_LOG, "echo"),
    "ImapMessageDeleted": Sample(_LOG, "echo"),
    "ImapInboxIdle": Sample({}, "echo"),
    "NewBlobFile": Sample({"file": _BLOB}, "echo", told={"file": "cat.png"}),
    "DeletedBlobFile": Sample({"file": _BLOB}, "echo", told={"file": "cat.png"}),
    "Warning": Sample(_LOG, "echo"),
    "Error": Sample({"msg": "Cannot login as echo@example.org"}, "echo"),
    "ErrorSelfNotInGroup": Sample({"msg": "You are not a member of the group"}, "echo"),
    "MsgsChanged": Sample(_MESSAGE, "105"),
    "ReactionsChanged": Sample({"chatId": 12, "contactId": 11, "msgId": 105}, "105", "11"),
    "IncomingReaction": Sample(
        {"chatId": 12, "contactId": 11, "msgId": 105, "reaction": "👍"}, "105", "11"
    ),
    "IncomingWebxdcNotify": Sample(
        {"chatId": 12, "contactId": 11, "href": None, "msgId": 105, "text": "Your turn"},
        "105",
        "11",
    ),
    "IncomingMsg": Sample(_MESSAGE, "105"),
    "IncomingMsgBunch": Sample({}, "echo"),
    "MsgsNoticed": Sample({"chatId": 12}, "12"),
    "MsgDelivered": Sample(_MESSAGE, "105"),
    "MsgFailed": Sample(_MESSAGE, "105"),
    "MsgRead": Sample(_MESSAGE, "105"),
    "MsgReadCountChanged": Sample(_MESSAGE, "105"),
    "MsgDeleted": Sample(_MESSAGE, "105"),
    "ChatModified": Sample({"chatId": 12}, "12"),
    "ChatEphemeralTimerModified": Sample({"chatId": 12, "timer": 3600}, "12"),
    "ChatDeleted": Sample({"chat_id": 12}, "12"),
    "PinnedMessagesChanged": Sample({"chatId": 12}, "12"),
    "ContactsChanged": Sample({"contactId": 11}, "11"),
    "LocationChanged": Sample({"contactId": 11}, "11", "11"),
    "ConfigureProgress": Sample({"comment": None, "progress": 1000}, "echo"),
    "ImexProgress": Sample({"progress": 500}, "echo"),
    "ImexFileWritten": Sample(
        {"path": "/srv/vestnik/backups/echo.tar"}, "echo", told={"path": "echo.tar"}
    ),
    "SecurejoinInviterProgress": Sample(
        {"chatId": 12, "chatType": "Single", "contactId": 11, "progress": 1000}, "12", "11"
    ),
    "SecurejoinJoinerProgress": Sample({"contactId": 11, "progress": 400}, "11"),
    "ConnectivityChanged": Sample({}, "echo"),
    "SelfavatarChanged": Sample({}, "echo"),
    "ConfigSynced": Sample({"key": "displayname"}, "echo"),
    "WebxdcStatusUpdate": Sample({"msgId": 105, "statusUpdateSerial": 3}, "105"),
    "WebxdcRealtimeData": Sample({"data": [104, 105], "msgId": 105}, "105"),
    "WebxdcRealtimeAdvertisementReceived": Sample({"msgId": 105}, "105"),
    "WebxdcInstanceDeleted": Sample({"msgId": 105}, "105"),
    "AccountsBackgroundFetchDone": Sample({}, "echo"),
    "ChatlistChanged": Sample({}, "echo"),
    "ChatlistItemChanged": Sample({"chatId": 12}, "12"),
    "AccountsChanged": Sample({}, "echo"),
    "AccountsItemChanged": Sample({}, "echo"),
    "EventChannelOverflow": Sample({"n": 120}, "echo"),
    "IncomingCall": Sample(
        {"chat_id": 12, "has_video": True, "msg_id": 105, "place_call_info": "offer"}, "105"
    ),
    "IncomingCallAccepted": Sample({"chat_id": 12, "from_this_device": True, "msg_id": 105}, "105"),
    "OutgoingCallAccepted": Sample(
        {"accept_call_info": "answer", "chat_id": 12, "msg_id": 105}, "105"
    ),
    "CallEnded": Sample({"chat_id": 12, "msg_id": 105}, "105"),
    "TransportsModified": Sample({}, "echo"),
}


def decoded(kind: str, fields: Mapping[str, object]) -> EventPayload:
    """Read an event as it would come from the core."""
    batch = [{"contextId": 1, "event": {"kind": kind, **fields}}]
    return decode_events(msgspec.json.encode(batch))[0].payload


_SENDER = {
    "address": "alice@example.org",
    "authName": "Alice",
    "color": "#a000ff",
    "displayName": "Alice",
    "e2eeAvail": True,
    "freshness": "RecentlySeen",
    "id": 11,
    "isBlocked": False,
    "isBot": False,
    "isKeyContact": True,
    "lastSeen": 1767225598,
    "name": "",
    "status": "",
}

_WRITTEN = {
    "chatId": 12,
    "dimensionsHeight": 0,
    "dimensionsWidth": 0,
    "downloadState": "Done",
    "duration": 0,
    "fileBytes": 0,
    "fromId": 11,
    "hasDeviatingTimestamp": False,
    "hasHtml": False,
    "hasLocation": False,
    "id": 105,
    "isBot": False,
    "isEdited": False,
    "isForwarded": False,
    "isInfo": False,
    "isPinned": False,
    "receivedTimestamp": 1767225599,
    "sender": _SENDER,
    "showPadlock": True,
    "sortTimestamp": 1767225598,
    "state": 10,
    "subject": "Message from Alice",
    "systemMessageType": "Unknown",
    "text": "hello",
    "timestamp": 1767225598,
    "viewType": "Text",
}

_CHAT = {
    "archived": False,
    "chatType": "Single",
    "color": "#a000ff",
    "id": 12,
    "isContactRequest": False,
    "isDeviceChat": False,
    "isEncrypted": True,
    "isMuted": False,
    "isSelfTalk": False,
    "isUnpromoted": False,
    "name": "Alice",
    "pinned": False,
}


def a_message(sender: Mapping[str, object] | None = None, /, **changes: object) -> types.Message:
    """Give a message, read as it would come from the core; changes are spelled as there."""
    sent = {**_WRITTEN, "sender": {**_SENDER, **(sender or {})}, **changes}
    return decode_result(GET_MESSAGE, msgspec.json.encode(sent))


def a_chat(**changes: object) -> types.BasicChat:
    """Give a chat, read as it would come from the core; changes are spelled as there."""
    return decode_result(GET_BASIC_CHAT_INFO, msgspec.json.encode({**_CHAT, **changes}))


PICTURE = {
    "viewType": "Image",
    "text": "my cat",
    "file": "/srv/vestnik/accounts/9f/blobs/cat.png",
    "fileName": "cat.png",
    "fileMime": "image/png",
    "fileBytes": 4711,
    "dimensionsWidth": 640,
    "dimensionsHeight": 480,
    "quote": {
        "kind": "WithMessage",
        "authorDisplayColor": "#a000ff",
        "authorDisplayName": "Echo",
        "chatId": 12,
        "isForwarded": False,
        "messageId": 104,
        "text": "Show me your cat",
        "viewType": "Text",
    },
}
"""What makes a message a picture that answers another message."""
