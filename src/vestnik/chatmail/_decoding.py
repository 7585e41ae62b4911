"""Turns the core's answers and events into typed data, without being afraid of newer cores.

The rules:

- What fits the types is decoded straight into them; this is the fast path, and nearly all there is.
- Unknown fields are dropped, unknown enum values become `OpenEnum` members for the occasion.
- An object whose ``kind`` is unknown becomes the ``Unknown…`` variant of its union, at any depth:
  only when the fast path fails is the answer decoded once more, with such objects marked.
- An event never raises: whatever is not as it should be arrives as `UnknownEvent`.
- An answer that still does not fit raises `UnexpectedAnswer`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from typing import TypeVar, cast

import msgspec
from msgspec import inspect

from vestnik.chatmail._generated.events import Event
from vestnik.chatmail._open import UNKNOWN_TAG, OpenEnum, UnknownEvent, UnknownVariant
from vestnik.chatmail.method import Method
from vestnik.errors import UnexpectedAnswer
from vestnik.ids import AccountId

__all__ = [
    "Event",
    "Method",
    "OpenEnum",
    "UnknownEvent",
    "decode_events",
    "decode_result",
    "encode_event",
]

T = TypeVar("T")

_EVENT = msgspec.json.Decoder(Event)
_EVENTS = msgspec.json.Decoder(list[Event])
_ITEMS = msgspec.json.Decoder(list[msgspec.Raw])

# `DecodeError` also stands for what does not fit; the others are JSON that no core would write.
_UNFIT = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)


def decode_result(method: Method[T], raw: bytes | msgspec.Raw) -> T:
    """Decode the result of a call.

    Raises:
        UnexpectedAnswer: It is not what the core's specification says.
    """
    try:
        return method.decoder.decode(raw)
    except _UNFIT:
        read = _EVENT_READERS.get(method.name)
        return cast("T", read(raw)) if read else _decode_leniently(method, raw)


def _decode_leniently(method: Method[T], raw: bytes | msgspec.Raw) -> T:
    """Decode a result that may have objects of unknown kinds in it."""
    try:
        tree = msgspec.json.decode(raw)
        if mark := _marker_of(method.result):
            tree = mark(tree)
        return cast("T", msgspec.convert(tree, method.result, str_keys=True))
    except _UNFIT as error:
        raise UnexpectedAnswer(method.name, str(error), bytes(raw)) from None


def decode_events(raw: bytes | msgspec.Raw) -> list[Event]:
    """Decode a batch of events; one that is broken spoils none of the others.

    Raises:
        UnexpectedAnswer: It is not a list at all.
    """
    try:
        return _EVENTS.decode(raw)
    except _UNFIT:
        pass
    try:
        items = _ITEMS.decode(raw)
    except _UNFIT as error:
        raise UnexpectedAnswer("get_next_event_batch", str(error), bytes(raw)) from None
    return [_decode_event(item) for item in items]


def _decode_event(raw: bytes | msgspec.Raw) -> Event:
    """Decode one event, whatever it is."""
    try:
        return _EVENT.decode(raw)
    except _UNFIT:
        return _unknown_event(_plain(raw))


def _plain(raw: bytes | msgspec.Raw) -> object:
    """Decode into plain data, or into text what is not even that."""
    try:
        return msgspec.json.decode(raw)
    except _UNFIT:
        return bytes(raw).decode(errors="replace")


def _unknown_event(item: object) -> Event:
    """Wrap what does not fit; without an account of its own it belongs to the account manager."""
    envelope = item if isinstance(item, dict) else {}
    payload = envelope.get("event", item)
    raw = payload if isinstance(payload, dict) else {"value": payload}
    account, kind = envelope.get("contextId"), raw.get("kind")
    return Event(
        account_id=AccountId(account if type(account) is int else 0),
        payload=UnknownEvent(kind=kind if isinstance(kind, str) else "", raw=raw),
    )


# Answers that are events keep the promise of events.
_EVENT_READERS: Mapping[str, Callable[[bytes | msgspec.Raw], object]] = {
    "get_next_event": _decode_event,
    "get_next_event_batch": decode_events,
}


def encode_event(event: Event) -> bytes:
    """Encode an event as the core would write it, unknown ones just as they came."""
    if not isinstance(event.payload, UnknownVariant):
        return msgspec.json.encode(event)
    return msgspec.json.encode({"contextId": event.account_id, "event": event.payload.raw})


# The slow path: a marker rewrites plain data so that unknown variants fit their union.

_Marker = Callable[[object], object]


@cache
def _marker_of(type_: object) -> _Marker | None:
    return _marker(inspect.type_info(type_))


def _marker(info: inspect.Type) -> _Marker | None:
    """Build the marker of a type; ``None`` if there is no union in it."""
    match info:
        case inspect.StructType():
            return _struct_marker(info)
        case inspect.UnionType(types=members):
            return _union_marker(members)
        case inspect.ListType(item_type=item):
            return _list_marker(_marker(item))
        case inspect.TupleType(item_types=items):
            return _tuple_marker([_marker(item) for item in items])
        case inspect.DictType(value_type=value):
            return _dict_marker(_marker(value))
        case _:
            return None


def _list_marker(mark: _Marker | None) -> _Marker | None:
    if mark is None:
        return None
    return lambda tree: [mark(item) for item in tree] if isinstance(tree, list) else tree


def _tuple_marker(marks: list[_Marker | None]) -> _Marker | None:
    if not any(marks):
        return None

    def mark_all(tree: object) -> object:
        if not isinstance(tree, list) or len(tree) != len(marks):
            return tree
        return [mark(item) if mark else item for mark, item in zip(marks, tree, strict=True)]

    return mark_all


def _dict_marker(mark: _Marker | None) -> _Marker | None:
    if mark is None:
        return None
    return lambda tree: (
        {name: mark(value) for name, value in tree.items()} if isinstance(tree, dict) else tree
    )


def _struct_marker(info: inspect.StructType) -> _Marker | None:
    marks = {field.encode_name: mark for field in info.fields if (mark := _marker(field.type))}
    if not marks:
        return None

    def mark_fields(tree: object) -> object:
        if not isinstance(tree, dict):
            return tree
        return {name: marks[name](v) if name in marks else v for name, v in tree.items()}

    return mark_fields


def _union_marker(members: tuple[inspect.Type, ...]) -> _Marker | None:
    structs = [member for member in members if isinstance(member, inspect.StructType)]
    if not any(issubclass(struct.cls, UnknownVariant) for struct in structs):
        # Not a tagged union: at most one struct, list or map, or nothing.
        return next((mark for member in members if (mark := _marker(member))), None)
    marks = {struct.tag: _marker(struct) for struct in structs if struct.tag != UNKNOWN_TAG}

    def mark_kind(tree: object) -> object:
        kind = tree.get("kind") if isinstance(tree, dict) else None
        if not isinstance(kind, str):
            return tree
        if kind not in marks:
            return {"kind": UNKNOWN_TAG, "unknownKind": kind, "raw": tree}
        mark = marks[kind]
        return mark(tree) if mark else tree

    return mark_kind
