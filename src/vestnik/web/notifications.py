"""Notifications over HTTP: put in, and read again."""

from __future__ import annotations

import re

import msgspec
from msgspec import UNSET

from vestnik.errors import BadRequest
from vestnik.gateway import Receipt
from vestnik.gateway.model import Page
from vestnik.gateway.ports import NotificationLog
from vestnik.ids import OwnerId, ResourceId
from vestnik.web.asked import (
    NewNotification,
    NewNotifications,
    Nothing,
    NotificationQuery,
)
from vestnik.web.call import Call
from vestnik.web.http import Problem
from vestnik.web.operations import decoder_of
from vestnik.web.shown import (
    Accepted,
    NotificationList,
    NotificationView,
    NotifyTypeList,
    NotifyTypeView,
    PayloadField,
)
from vestnik.wire import NOTIFY_TYPES, Notification, encode_body, number_of

__all__ = [
    "MOST_DEPTH",
    "decode_notifications",
    "list_notifications",
    "list_notify_types",
    "publish_notifications",
]

MOST_DEPTH = 64
"""How deep a payload may be nested; what reads it later may bear less than we do."""

MOST_PAYLOAD = 64 * 1024
"""Bytes of the longest payload; common WebSocket clients drop the connection at a mebibyte."""

_MOST_ANSWER = 4 * 1024 * 1024
"""Bytes of payloads after which an answer ends, whatever limit was asked for."""
_PORTION = 50
"""Notifications that are read from the store at once."""

_BRACKETS = re.compile(rb'"(?:[^"\\]|\\.)*"|[\[\]{}]', re.DOTALL)
"""Strings, so that what stands in them is passed over, and brackets."""
_KEY = re.compile(rb"[\x21-\x7e]{1,255}")

_payloads = msgspec.json.Decoder()
_single = decoder_of(NewNotification)
_several = decoder_of(NewNotifications)


class _Shape(msgspec.Struct, frozen=True):
    notifications: msgspec.Raw | msgspec.UnsetType = UNSET


_shapes = msgspec.json.Decoder(_Shape)


def decode_notifications(body: bytes) -> tuple[NewNotification, ...]:
    """Read one notification or several.

    Raises:
        Problem: It is neither.
    """
    if not body.isascii():
        _check_text(body)
    try:
        items: tuple[NewNotification, ...] = (_single(body),)
    except Problem:
        if not _has_several(body):
            raise
        items = _several(body).notifications
    if len(body) > MOST_PAYLOAD and any(len(item.payload) > MOST_PAYLOAD for item in items):
        raise Problem(422, f"A payload has at most {MOST_PAYLOAD} bytes.")
    for item in items:
        _check_payload(item.payload)
    return items


async def publish_notifications(call: Call, asked: tuple[NewNotification, ...]) -> Accepted:
    now = int(call.gateway.clock.now() * 1000)
    items = [_notification(new, now) for new in asked]
    key = _key(call.headers.get(b"idempotency-key"))
    receipt: Receipt = await call.gateway.publishing.publish(items, call.caller, key)
    return Accepted(receipt.accepted, receipt.muted, receipt.is_repeat)


async def list_notifications(call: Call, asked: NotificationQuery) -> NotificationList:
    owner = call.gateway.roster.owner(call.some_owner(asked.owner))
    if owner is None:
        raise BadRequest("The owner is gone.")
    position = await call.gateway.log.position(owner.id)
    is_same = asked.epoch in (None, position.epoch)
    after = asked.after if is_same else 0
    page = await _read(call.gateway.log, owner.id, after, asked.limit)
    return NotificationList(
        epoch=position.epoch,
        end=position.offset,
        floor=page.floor,
        recovered=is_same and page.floor <= after <= position.offset,
        items=[
            NotificationView(
                item.offset, msgspec.Raw(encode_body(item.notification, owner.dialect))
            )
            for item in page.items
        ],
    )


async def list_notify_types(call: Call, asked: Nothing) -> NotifyTypeList:
    return NotifyTypeList(
        [
            NotifyTypeView(
                row.number, row.name, row.meaning, [PayloadField(*field) for field in row.payload]
            )
            for row in NOTIFY_TYPES.values()
        ]
    )


async def _read(log: NotificationLog, owner: OwnerId, after: int, limit: int) -> Page:
    """Read in portions until there is enough for one answer."""
    page = await log.read(owner, after, min(limit, _PORTION))
    items, portion = list(page.items), page.items
    size = sum(len(item.notification.payload) for item in portion)
    while portion and len(items) < limit and size < _MOST_ANSWER:
        portion = (await log.read(owner, items[-1].offset, min(limit - len(items), _PORTION))).items
        items += portion
        size += sum(len(item.notification.payload) for item in portion)
    return Page(tuple(items), page.floor)


def _notification(new: NewNotification, now: int) -> Notification:
    return Notification(
        new.type if isinstance(new.type, int) else _number(new.type),
        ResourceId(new.resource),
        new.resource if new.affected is UNSET else new.affected,
        new.user,
        now if new.happened is UNSET else new.happened,
        # A copy, or the smallest payload would keep the whole body in memory.
        new.payload.copy(),
    )


def _number(word: str) -> int:
    number = number_of(word)
    if number is None or number >= 2**31:
        raise Problem(422, f"No notify type is called {word!r}: a number always works.")
    return number


def _key(text: bytes | None) -> str | None:
    if text is None:
        return None
    if not _KEY.fullmatch(text):
        raise Problem(400, "Idempotency-Key has 1 to 255 visible ASCII characters.")
    return text.decode("ascii")


def _check_text(body: bytes) -> None:
    # Payloads pass through unread, and clients would drop the connection at bad UTF-8.
    try:
        body.decode()
    except UnicodeDecodeError as error:
        raise Problem(400, f"The body is no UTF-8: {error.reason}.") from None


def _has_several(body: bytes) -> bool:
    try:
        return _shapes.decode(body).notifications is not UNSET
    except (msgspec.DecodeError, RecursionError):
        return False


def _check_payload(payload: msgspec.Raw) -> None:
    """Refuse what a program that reads it would choke on: depth, and numbers out of reach."""
    text = bytes(payload)
    # Nearly always there are so few brackets that nobody need look how they stand.
    if text.count(b"[") + text.count(b"{") > MOST_DEPTH:
        _check_depth(text)
    try:
        _payloads.decode(text)
    except (msgspec.DecodeError, RecursionError) as error:
        raise Problem(422, f"The payload cannot be read: {error}.") from None


def _check_depth(payload: bytes) -> None:
    """Count brackets: a decoder would lose what stands twice."""
    depth = 0
    for found in _BRACKETS.finditer(payload):
        depth += {b"[": 1, b"{": 1, b"]": -1, b"}": -1}.get(found[0], 0)
        if depth > MOST_DEPTH:
            raise Problem(422, f"A payload is nested at most {MOST_DEPTH} deep.")
