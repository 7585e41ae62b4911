"""What a client gets: a notification whichever dialect it came in, or word that some are lost."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, timedelta
from typing import TypeAlias

import msgspec

from vestnik.errors import BadMessage
from vestnik.wire import ErrorCode, Position, Told, name_of

__all__ = ["Gap", "JsonValue", "Notification", "read_notification"]

JsonValue: TypeAlias = "bool | int | float | str | list[JsonValue] | dict[str, JsonValue] | None"

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_FIRST, _LAST = datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)
_KEY_BYTES = 16
_keys = msgspec.json.Encoder(order="deterministic")


class Notification(msgspec.Struct, frozen=True, omit_defaults=False):
    """Something that happened, as it was told.

    Attributes:
        type: The number; ``None`` for a word that nobody knows here.
        name: The word; of a number that nobody knows, its digits.
        payload: Anything more, decoded.
        affected: What it is about: a comment, a message, or the resource itself.
        resource: The bot; ``None`` if the server does not say.
        user: Who caused it.
        happened_ms: When, in milliseconds since 1970 (UTC).
        key: The same for every copy of it, whether it came by WebSocket or by webhook.
        position: Its place in the stream, if the server knows places.
        told: As it came.
    """

    type: int | None
    name: str
    payload: JsonValue
    affected: str | None
    resource: str | None
    user: str | None
    happened_ms: int
    key: str
    position: Position | None
    told: Told

    @property
    def happened(self) -> datetime:
        """When it happened; what no calendar can hold is its first or last moment."""
        try:
            return _EPOCH + timedelta(milliseconds=self.happened_ms)
        except OverflowError:
            return _LAST if self.happened_ms > 0 else _FIRST

    def body(self) -> bytes:
        """Spell it as it came: the ``data`` of a ``notify``, and the body of a webhook."""
        fields = msgspec.structs.asdict(self.told)
        present = {name: value for name, value in fields.items() if value is not None}
        return msgspec.json.encode(present)


class Gap(msgspec.Struct, frozen=True):
    """Notifications may be lost here, and the server cannot bring them back.

    Attributes:
        reason: How it came, in one sentence.
        lost: How many, if that is known.
    """

    reason: str
    lost: int | None = None


def read_notification(told: Told, position: Position | None = None) -> Notification:
    """Make sense of what a server or a webhook told.

    Raises:
        BadMessage: Its payload is no JSON that could be read.
    """
    number = told.number
    name = told.type if number is None else name_of(number)
    payload = _decoded(told.payload)
    affected = told.affected if told.affected is not None else told.id
    return Notification(
        type=number,
        name=str(name),
        payload=payload,
        affected=affected,
        resource=told.id,
        user=told.user,
        happened_ms=told.happened,
        key=_key(str(name), affected, told.user, told.happened, payload),
        position=position,
        told=told,
    )


def _decoded(payload: msgspec.Raw) -> JsonValue:
    try:
        value: JsonValue = msgspec.json.decode(payload)
    except (msgspec.DecodeError, RecursionError) as error:
        raise BadMessage(ErrorCode.BAD_REQUEST, f"The payload cannot be read: {error}.") from None
    return value


def _key(*parts: JsonValue) -> str:
    """Name a notification by all that its copies share; not by its place, which webhooks lack."""
    return hashlib.sha256(_keys.encode(parts)).hexdigest()[: 2 * _KEY_BYTES]
