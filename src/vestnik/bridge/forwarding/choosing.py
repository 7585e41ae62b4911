"""What of all that happens is for the program of a bot."""

from __future__ import annotations

from vestnik.bridge.model import BotRecord
from vestnik.bridge.subscription import EDITS
from vestnik.chatmail import events
from vestnik.chatmail.types import Message
from vestnik.ids import ContactId

__all__ = ["LAST_SPECIAL_CONTACT", "is_for_programs", "is_subscribed", "wants_messages"]

LAST_SPECIAL_CONTACT = ContactId(9)
"""Contacts up to this id are the account itself, the core's own information and the device."""

_DEVICE = ContactId(5)


def wants_messages(record: BotRecord) -> bool:
    """Tell whether a bot hears of incoming messages."""
    return "IncomingMsg" in record.events


def is_subscribed(record: BotRecord, payload: events.EventPayload) -> bool:
    """Tell whether a bot hears of events of this kind, or of some of them."""
    wanted = record.events
    return payload.kind in wanted or (isinstance(payload, events.MsgsChanged) and EDITS in wanted)


def is_for_programs(message: Message) -> bool:
    """Tell whether a message is of somebody, or tells what somebody did: not the core's own."""
    if message.from_id == _DEVICE:
        return False
    return message.is_info or message.from_id > LAST_SPECIAL_CONTACT
