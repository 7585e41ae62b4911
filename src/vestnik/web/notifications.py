"""Notifications over HTTP: put in, and read again."""

from __future__ import annotations

import re
from collections.abc import Iterable

import msgspec
from msgspec import UNSET

from vestnik.errors import BadRequest
from vestnik.gateway import Owner, Receipt
from vestnik.gateway.model import Stored
from vestnik.gateway.reading import read_part
from vestnik.ids import ResourceId
from vestnik.web.asked import Nothing
from vestnik.web.call import Call
from vestnik.web.http import Problem, idempotency_key
from vestnik.web.notification_shapes import (
    Accepted,
    NewNotification,
    NewNotifications,
    NotificationList,
    NotificationQuery,
    NotificationView,
    NotifyTypeList,
    NotifyTypeView,
    PayloadField,
    UpdateList,
    UpdatesQuery,
)
from vestnik.web.operations import decoder_of
from vestnik.wire import NOTIFY_TYPES, Notification, encode_body, number_of

__all__ = [
    "MOST_DEPTH",
    "decode_notifications",
    "list_notifications",
    "list_notify_types",
    "list_updates",
    "publish_notifications",
]

MOST_DEPTH = 64
"""How deep a payload may be nested; what reads it later may bear less than we do."""

MOST_PAYLOAD = 64 * 1024
"""Bytes of the longest payload; common WebSocket clients drop the connection at a mebibyte."""

_BRACKETS = re.compile(rb'"(?:[^"\\]|\\.)*"|[\[\]{}]', re.DOTALL)
"""Strings, so that what stands in them is passed over, and brackets."""

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
    key = idempotency_key(call.headers)
    receipt: Receipt = await call.gateway.publishing.publish(items, call.caller, key)
    return Accepted(receipt.accepted, receipt.muted, receipt.is_repeat)


async def list_notifications(call: Call, asked: NotificationQuery) -> NotificationList:
    owner = call.gateway.roster.owner(call.some_owner(asked.owner))
    if owner is None:
        raise BadRequest("The owner is gone.")
    position = await call.gateway.log.position(owner.id)
    is_same = asked.epoch in (None, position.epoch)
    after = asked.after if is_same else 0
    part = await read_part(call.gateway.log, owner.id, after, asked.limit, call.caller.resource)
    return NotificationList(
        epoch=position.epoch,
        end=position.offset,
        next=part.next if after <= position.offset else position.offset,
        floor=part.floor,
        recovered=is_same and part.floor <= after <= position.offset,
        items=_views(part.items, owner),
    )


async def list_updates(call: Call, asked: UpdatesQuery) -> UpdateList:
    owner = call.gateway.roster.owner(call.some_owner(asked.owner))
    if owner is None:
        raise BadRequest("The owner is gone.")
    page = await call.gateway.updates.wait(
        call.caller,
        owner.id,
        after=None if asked.after is UNSET else asked.after,
        epoch=asked.epoch,
        limit=asked.limit,
        seconds=asked.timeout,
    )
    # He may have changed his dialect in the meantime.
    owner = call.gateway.roster.owner(owner.id) or owner
    return UpdateList(page.epoch, page.next, page.recovered, _views(page.items, owner))


async def list_notify_types(call: Call, asked: Nothing) -> NotifyTypeList:
    return NotifyTypeList(
        [
            NotifyTypeView(
                row.number, row.name, row.meaning, [PayloadField(*field) for field in row.payload]
            )
            for row in NOTIFY_TYPES.values()
        ]
    )


def _views(items: Iterable[Stored], owner: Owner) -> list[NotificationView]:
    return [
        NotificationView(item.offset, msgspec.Raw(encode_body(item.notification, owner.dialect)))
        for item in items
    ]


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
