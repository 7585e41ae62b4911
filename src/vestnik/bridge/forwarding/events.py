"""From an event of the core to the notification that a bot's program gets.

The payload is the event as the core's JSON-RPC writes it, to the letter, with its ``kind``; so
``ChatDeleted`` and the four events of calls have ``chat_id`` where all others have ``chatId``, and
types that were generated from the core's specification fit. To it come ``bot`` and, where it is
about an incoming message, ``message``. Paths of the host are given as names of files.
"""

from __future__ import annotations

from pathlib import PurePath

import msgspec

from vestnik.bridge.forwarding.choosing import LAST_SPECIAL_CONTACT
from vestnik.bridge.forwarding.message import shortened
from vestnik.bridge.forwarding.sizes import MOST_PAYLOAD, fit
from vestnik.bridge.forwarding.told import ToldMessage
from vestnik.bridge.subscription import NUMBERS
from vestnik.chatmail import Event, events
from vestnik.ids import ResourceId
from vestnik.wire import Notification

__all__ = ["notification_of", "number_of_event"]

_encoder = msgspec.json.Encoder()

_CAUSED_BY_CONTACT = (
    events.IncomingReaction,
    events.IncomingWebxdcNotify,
    events.LocationChanged,
    events.ReactionsChanged,
    events.SecurejoinInviterProgress,
)
"""In these the contact is who did it; in others it is whom it was done to."""

_WITH_PATH = {
    "NewBlobFile": "file",
    "DeletedBlobFile": "file",
    "ImexFileWritten": "path",
}


def number_of_event(payload: events.EventPayload) -> int | None:
    """Return the type of an event's notifications; of what only newer cores know, ``None``."""
    return NUMBERS.get(payload.kind)


def notification_of(
    event: Event, bot: ResourceId, happened: int, message: ToldMessage | None = None
) -> Notification | None:
    """Make the notification of an event; ``None`` if its kind has no number.

    Args:
        happened: When, in milliseconds since 1970.
        message: The message that it is about, if programs are told of it.
    """
    payload = event.payload
    number = number_of_event(payload)
    if number is None:
        return None
    return Notification(
        type=number,
        resource=bot,
        affected=_affected(payload, bot),
        user=_user(payload, message),
        happened=happened,
        payload=_payload(payload, bot, message),
    )


def _affected(payload: events.EventPayload, bot: ResourceId) -> str:
    """Name what it is about: a message, else a chat, else a contact, else the bot; 0 is none."""
    for names in (("msg_id", "msgId"), ("chat_id", "chatId"), ("contact_id", "contactId")):
        if id := _id(payload, names):
            return str(id)
    return bot


def _id(payload: events.EventPayload, names: tuple[str, str]) -> int:
    if isinstance(payload, events.UnknownEvent):
        found = next((payload.raw[name] for name in names if name in payload.raw), 0)
        return found if type(found) is int else 0
    return getattr(payload, names[0], None) or 0


def _user(payload: events.EventPayload, message: ToldMessage | None) -> str:
    """Name who caused it, as far as the core says so."""
    if message is not None:
        return str(message.sender.id) if message.sender.id > LAST_SPECIAL_CONTACT else ""
    if isinstance(payload, _CAUSED_BY_CONTACT):
        return str(payload.contact_id or "")
    return ""


def _payload(
    payload: events.EventPayload, bot: ResourceId, message: ToldMessage | None
) -> msgspec.Raw:
    own = _own_fields(payload)
    tail = b',"bot":' + _encoder.encode(bot)
    room = MOST_PAYLOAD - len(tail)
    if len(own) > room:
        own = _encoder.encode(fit(msgspec.json.decode(own), room))
    if message is not None:
        told = _encoder.encode(shortened(message, room - len(own) - len(',"message":')))
        tail += b',"message":' + told
    return msgspec.Raw(own[:-1] + tail + b"}")


def _own_fields(payload: events.EventPayload) -> bytes:
    """Encode an event as the core does; it has a kind, so that something can be put behind it."""
    if isinstance(payload, events.UnknownEvent):
        raw = {name: value for name, value in payload.raw.items() if name not in _OURS}
        return _encoder.encode({"kind": payload.kind, **_without_path(payload.kind, raw)})
    if payload.kind in _WITH_PATH:
        return _encoder.encode(_without_path(payload.kind, msgspec.to_builtins(payload)))
    return _encoder.encode(payload)


_OURS = ("bot", "message")


def _without_path(kind: str, fields: dict[str, object]) -> dict[str, object]:
    """Leave of a path the name of the file: where the host keeps it is nobody's business."""
    name = _WITH_PATH.get(kind)
    if name is None or name not in fields:
        return fields
    return {**fields, name: PurePath(str(fields[name])).name}
