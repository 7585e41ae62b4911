"""What is to be known about every kind of event, in one table.

It holds what the core's specification does not tell: the constant and number that the C interface
has for a kind, which payload fields are its "one or two arguments", and what a 0 in them means.
The numbers are also the numbers of Vestnik's notifications.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import NamedTuple

__all__ = ["EVENT_TABLE", "Argument", "EventFacts", "EventGroup", "Zero"]


class Zero(StrEnum):
    """What a 0 (or null, where JSON has null) in a payload field means."""

    ERROR = "error"
    """It went wrong; this is the rule of the developer page."""

    SEVERAL = "several"
    """It is not about one thing but about several, or about all."""

    NEVER = "never 0"
    """The core never sends it; code that meets one has a bug before its eyes."""

    VALUE = "a value"
    """A number or truth value like any other."""

    TEXT = "no number"
    """The field holds text or bytes."""


class Argument(NamedTuple):
    """One field of a payload."""

    field: str
    zero: Zero
    remark: str = ""


class EventGroup(StrEnum):
    """What an event is about."""

    LOG = "Log and errors"
    MESSAGES = "Messages"
    CHATS = "Chats and contacts"
    PROGRESS = "Progress of long operations"
    WEBXDC = "Webxdc apps"
    CALLS = "Calls"
    ACCOUNT = "Accounts and the core itself"


class EventFacts(NamedTuple):
    """What is known about one kind of event."""

    group: EventGroup
    constant: str
    """The name in the C interface, without ``DC_EVENT_``; empty if we do not know it."""

    number: int
    """The number in the C interface; from 9000 up it is ours."""

    meaning: str
    data1: Argument | None = None
    """The first argument of the C event; ``None`` means that it is unused and always 0."""

    data2: Argument | None = None
    """The second argument of the C event; ``None`` means that it is unused and always 0."""

    others: tuple[Argument, ...] = ()
    """Payload fields that C programs have to ask for in other ways."""

    since: str = ""
    """The first version of the core that has it, if that is known."""

    remark: str = ""
    """Traps and deprecations."""

    @property
    def number_is_ours(self) -> bool:
        """Whether the core's own number is unknown to us, so that Vestnik gave it one."""
        return self.number >= 9000

    @property
    def arguments(self) -> Iterator[Argument]:
        """Every payload field: the arguments of the C event first."""
        yield from filter(None, (self.data1, self.data2))
        yield from self.others


_CHAT = Argument("chat_id", Zero.NEVER)
_MESSAGE = Argument("msg_id", Zero.NEVER)
_CONTACT = Argument("contact_id", Zero.NEVER)
_LINE = Argument("msg", Zero.TEXT)
_PERMILLE = Argument("progress", Zero.ERROR, "1 to 999 are permille, 1000 is success")


_LOG = {
    "Info": EventFacts(
        EventGroup.LOG, "INFO", 100, "A line for the log, of no interest to users.", data2=_LINE
    ),
    "Warning": EventFacts(
        EventGroup.LOG,
        "WARNING",
        300,
        "A warning for the log: something did not work at once, or was odd.",
        data2=_LINE,
    ),
    "Error": EventFacts(
        EventGroup.LOG,
        "ERROR",
        400,
        "Something went wrong that a person should hear of; the text is always there.",
        data2=_LINE,
    ),
    "ErrorSelfNotInGroup": EventFacts(
        EventGroup.LOG,
        "ERROR_SELF_NOT_IN_GROUP",
        410,
        "A group could not be changed or written to because this account is not a member of it.",
        data2=_LINE,
    ),
    "SmtpConnected": EventFacts(
        EventGroup.LOG, "SMTP_CONNECTED", 101, "The login for sending has worked.", data2=_LINE
    ),
    "ImapConnected": EventFacts(
        EventGroup.LOG, "IMAP_CONNECTED", 102, "The login for receiving has worked.", data2=_LINE
    ),
    "SmtpMessageSent": EventFacts(
        EventGroup.LOG,
        "SMTP_MESSAGE_SENT",
        103,
        "The relay has taken a mail; for messages of chats `MsgDelivered` is the one to wait for.",
        data2=_LINE,
    ),
    "ImapMessageDeleted": EventFacts(
        EventGroup.LOG,
        "IMAP_MESSAGE_DELETED",
        104,
        "A mail was marked as deleted on the relay.",
        data2=_LINE,
    ),
    "ImapInboxIdle": EventFacts(
        EventGroup.LOG,
        "IMAP_INBOX_IDLE",
        106,
        "The core now waits for new mail in the inbox.",
        since="1.112",
    ),
    "NewBlobFile": EventFacts(
        EventGroup.LOG,
        "NEW_BLOB_FILE",
        150,
        "A file came into being in the account's directory of attachments.",
        data2=Argument("file", Zero.TEXT),
    ),
    "DeletedBlobFile": EventFacts(
        EventGroup.LOG,
        "DELETED_BLOB_FILE",
        151,
        "A file is gone from the account's directory of attachments.",
        data2=Argument("file", Zero.TEXT),
    ),
}

_MESSAGES = {
    "IncomingMsg": EventFacts(
        EventGroup.MESSAGES,
        "INCOMING_MSG",
        2005,
        "A new message has arrived; ask for it by its id.",
        _CHAT,
        _MESSAGE,
        remark=(
            "There is no `MsgsChanged` beside it. An account with `bot` set to 1 gets it only when"
            " the whole message is here, attachments included (since 2.49)."
        ),
    ),
    "IncomingMsgBunch": EventFacts(
        EventGroup.MESSAGES,
        "INCOMING_MSG_BUNCH",
        2006,
        "A batch of mail has been fetched, so that one notification may stand for all of it.",
        remark="It does not come reliably; do not wait for it.",
    ),
    "MsgsChanged": EventFacts(
        EventGroup.MESSAGES,
        "MSGS_CHANGED",
        2000,
        "Messages or chats have changed: one was sent or edited, a draft set, a download ended.",
        Argument("chat_id", Zero.SEVERAL, "more than one chat changed"),
        Argument("msg_id", Zero.SEVERAL, "more than one message changed, or the chat as such"),
    ),
    "MsgDelivered": EventFacts(
        EventGroup.MESSAGES,
        "MSG_DELIVERED",
        2010,
        "The relay has taken an own message, which is not to say that somebody has got it.",
        _CHAT,
        _MESSAGE,
    ),
    "MsgFailed": EventFacts(
        EventGroup.MESSAGES,
        "MSG_FAILED",
        2012,
        "The core has given up sending an own message; its field `error` says why.",
        _CHAT,
        _MESSAGE,
    ),
    "MsgRead": EventFacts(
        EventGroup.MESSAGES,
        "MSG_READ",
        2015,
        "The first read receipt for an own message.",
        _CHAT,
        _MESSAGE,
    ),
    "MsgReadCountChanged": EventFacts(
        EventGroup.MESSAGES,
        "MSG_READ_COUNT_CHANGED",
        2018,
        "One more read receipt for an own message, the first one included.",
        _CHAT,
        _MESSAGE,
        since="2.54",
    ),
    "MsgDeleted": EventFacts(
        EventGroup.MESSAGES,
        "MSG_DELETED",
        2016,
        "A message is no longer to be shown: it was deleted, has expired or was hidden.",
        _CHAT,
        _MESSAGE,
        since="1.117",
        remark="It says nothing about the copy on the relay.",
    ),
    "MsgsNoticed": EventFacts(
        EventGroup.MESSAGES,
        "MSGS_NOTICED",
        2008,
        "Messages of a chat were noticed or read, here or on another device of the account.",
        _CHAT,
    ),
    "PinnedMessagesChanged": EventFacts(
        EventGroup.MESSAGES,
        "",
        9000,
        "The list of pinned messages of a chat has changed, by anyone's doing.",
        others=(_CHAT,),
        since="2.60",
        remark="What C programs get is unknown to us: constant, number and arguments.",
    ),
    "ReactionsChanged": EventFacts(
        EventGroup.MESSAGES,
        "REACTIONS_CHANGED",
        2001,
        "The reactions to a message have changed.",
        _CHAT,
        _MESSAGE,
        (Argument("contact_id", Zero.SEVERAL, "reactions in a channel, where nobody is named"),),
    ),
    "IncomingReaction": EventFacts(
        EventGroup.MESSAGES,
        "INCOMING_REACTION",
        2002,
        "Somebody has reacted to an own message; a `ReactionsChanged` comes with it.",
        _CONTACT,
        _MESSAGE,
        (_CHAT, Argument("reaction", Zero.TEXT)),
        since="1.148",
    ),
}

_CHATS = {
    "ChatModified": EventFacts(
        EventGroup.CHATS,
        "CHAT_MODIFIED",
        2020,
        "A chat's name, picture, description, members or mute setting has changed.",
        _CHAT,
    ),
    "ChatEphemeralTimerModified": EventFacts(
        EventGroup.CHATS,
        "CHAT_EPHEMERAL_TIMER_MODIFIED",
        2021,
        "A chat's messages now disappear after another time.",
        _CHAT,
        Argument("timer", Zero.VALUE, "seconds; 0 means that messages stay"),
    ),
    "ChatDeleted": EventFacts(
        EventGroup.CHATS,
        "CHAT_DELETED",
        2023,
        "A chat was deleted, on this device or on another one.",
        _CHAT,
        since="1.156.3",
    ),
    "ChatlistChanged": EventFacts(
        EventGroup.CHATS,
        "CHATLIST_CHANGED",
        2300,
        "The chat list has other chats or another order now.",
        since="1.137.3",
    ),
    "ChatlistItemChanged": EventFacts(
        EventGroup.CHATS,
        "CHATLIST_ITEM_CHANGED",
        2301,
        "The entry of a chat in the chat list has changed.",
        Argument("chat_id", Zero.SEVERAL, "null in JSON: every entry may have changed"),
        since="1.137.3",
    ),
    "ContactsChanged": EventFacts(
        EventGroup.CHATS,
        "CONTACTS_CHANGED",
        2030,
        "Contacts were added, renamed, blocked or deleted.",
        Argument("contact_id", Zero.SEVERAL, "null in JSON: not one new contact but any change"),
    ),
    "LocationChanged": EventFacts(
        EventGroup.CHATS,
        "LOCATION_CHANGED",
        2035,
        "A contact is at another place.",
        Argument("contact_id", Zero.SEVERAL, "null in JSON: several contacts are"),
    ),
}

_PROGRESS = {
    "ConfigureProgress": EventFacts(
        EventGroup.PROGRESS,
        "CONFIGURE_PROGRESS",
        2041,
        "How far the login to a relay is.",
        _PERMILLE,
        Argument("comment", Zero.TEXT, "what is being done or what went wrong; may be null"),
    ),
    "ImexProgress": EventFacts(
        EventGroup.PROGRESS, "IMEX_PROGRESS", 2051, "How far a backup or import is.", _PERMILLE
    ),
    "ImexFileWritten": EventFacts(
        EventGroup.PROGRESS,
        "IMEX_FILE_WRITTEN",
        2052,
        "A file of a backup or export is complete; one export may write several.",
        data2=Argument("path", Zero.TEXT),
    ),
    "SecurejoinInviterProgress": EventFacts(
        EventGroup.PROGRESS,
        "SECUREJOIN_INVITER_PROGRESS",
        2060,
        "Somebody has come by way of an invitation of this account.",
        _CONTACT,
        Argument("progress", Zero.NEVER, "always 1000"),
        (_CHAT, Argument("chat_type", Zero.TEXT)),
        remark="It comes again when the same person scans the code again. `chat_id` since 2.16.",
    ),
    "SecurejoinJoinerProgress": EventFacts(
        EventGroup.PROGRESS,
        "SECUREJOIN_JOINER_PROGRESS",
        2061,
        "How far this account is in following somebody's invitation.",
        _CONTACT,
        Argument("progress", Zero.NEVER, "400 is introduced, 1000 is joined"),
    ),
}

_WEBXDC = {
    "WebxdcStatusUpdate": EventFacts(
        EventGroup.WEBXDC,
        "WEBXDC_STATUS_UPDATE",
        2120,
        "A webxdc app has a new status update, from others or from this account.",
        _MESSAGE,
        Argument("status_update_serial", Zero.VALUE, "the serial of the update"),
        remark="Remember the last serial you have seen and ask for what is after it.",
    ),
    "WebxdcInstanceDeleted": EventFacts(
        EventGroup.WEBXDC,
        "WEBXDC_INSTANCE_DELETED",
        2121,
        "The message that held a webxdc app was deleted.",
        _MESSAGE,
    ),
    "WebxdcRealtimeData": EventFacts(
        EventGroup.WEBXDC,
        "WEBXDC_REALTIME_DATA",
        2150,
        "Bytes from another member of a webxdc app's realtime channel.",
        _MESSAGE,
        Argument("data", Zero.TEXT, "a list of bytes; in C the argument is their number"),
        since="1.139",
    ),
    "WebxdcRealtimeAdvertisementReceived": EventFacts(
        EventGroup.WEBXDC,
        "WEBXDC_REALTIME_ADVERTISEMENT",
        2151,
        "Somebody has opened a webxdc app's realtime channel; a bot may join in now.",
        _MESSAGE,
        since="1.148",
    ),
    "IncomingWebxdcNotify": EventFacts(
        EventGroup.WEBXDC,
        "INCOMING_WEBXDC_NOTIFY",
        2003,
        "A webxdc app wants the user to be notified.",
        _CONTACT,
        _MESSAGE,
        (_CHAT, Argument("text", Zero.TEXT), Argument("href", Zero.TEXT, "may be null")),
        since="1.151",
    ),
}

_CALLS = {
    "IncomingCall": EventFacts(
        EventGroup.CALLS,
        "INCOMING_CALL",
        2550,
        "Somebody is calling.",
        _MESSAGE,
        Argument("has_video", Zero.VALUE, "0 in C is a call without video"),
        (_CHAT, Argument("place_call_info", Zero.TEXT)),
        since="2.13",
    ),
    "IncomingCallAccepted": EventFacts(
        EventGroup.CALLS,
        "INCOMING_CALL_ACCEPTED",
        2560,
        "A call was taken by this account, so that it need not ring on any device any more.",
        _MESSAGE,
        Argument("from_this_device", Zero.VALUE, "0 in C: on another device"),
        (_CHAT,),
        since="2.13",
    ),
    "OutgoingCallAccepted": EventFacts(
        EventGroup.CALLS,
        "OUTGOING_CALL_ACCEPTED",
        2570,
        "The called side has taken the call.",
        _MESSAGE,
        Argument("accept_call_info", Zero.TEXT),
        (_CHAT,),
        since="2.13",
    ),
    "CallEnded": EventFacts(
        EventGroup.CALLS,
        "CALL_ENDED",
        2580,
        "A call is over: hung up, declined, or nobody took it.",
        _MESSAGE,
        None,
        (_CHAT,),
        since="2.13",
    ),
}

_ACCOUNT = {
    "ConnectivityChanged": EventFacts(
        EventGroup.ACCOUNT,
        "CONNECTIVITY_CHANGED",
        2100,
        "The connection to the relay is better or worse than before; ask `get_connectivity`.",
    ),
    "ConfigSynced": EventFacts(
        EventGroup.ACCOUNT,
        "CONFIG_SYNCED",
        2111,
        "A setting that the devices of an account share has a new value, which is not told here.",
        data2=Argument("key", Zero.TEXT),
        since="1.133",
    ),
    "SelfavatarChanged": EventFacts(
        EventGroup.ACCOUNT,
        "SELFAVATAR_CHANGED",
        2110,
        "The account's own picture has changed.",
        remark="Deprecated: `ConfigSynced` tells the same.",
    ),
    "TransportsModified": EventFacts(
        EventGroup.ACCOUNT,
        "TRANSPORTS_MODIFIED",
        2600,
        "The account has other relays than before.",
        since="2.30",
    ),
    "AccountsChanged": EventFacts(
        EventGroup.ACCOUNT,
        "ACCOUNTS_CHANGED",
        2302,
        "An account was added or removed.",
        since="1.151.2",
        remark="It comes from the account manager, as account 0.",
    ),
    "AccountsItemChanged": EventFacts(
        EventGroup.ACCOUNT,
        "ACCOUNTS_ITEM_CHANGED",
        2303,
        "What a list of accounts shows of this one has changed: name, picture, being configured.",
        since="1.151.2",
    ),
    "AccountsBackgroundFetchDone": EventFacts(
        EventGroup.ACCOUNT,
        "ACCOUNTS_BACKGROUND_FETCH_DONE",
        2200,
        "A background fetch is over, and all of its events came before this one.",
        since="1.134",
        remark="It comes from the account manager, as account 0.",
    ),
    "EventChannelOverflow": EventFacts(
        EventGroup.ACCOUNT,
        "CHANNEL_OVERFLOW",
        2400,
        "Events were lost because nobody read them in time: look for fresh messages everywhere.",
        Argument("n", Zero.NEVER, "how many were lost"),
        since="1.139.5",
        remark="It comes from the account manager, as account 0, whosever events were lost.",
    ),
}

EVENT_TABLE: Mapping[str, EventFacts] = MappingProxyType(
    {**_LOG, **_MESSAGES, **_CHATS, **_PROGRESS, **_WEBXDC, **_CALLS, **_ACCOUNT}
)
"""The facts by the kind of event."""
