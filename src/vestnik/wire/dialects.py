"""From a notification to JSON and back, in either dialect."""

from __future__ import annotations

import msgspec

from vestnik.errors import BadMessage
from vestnik.wire.codes import ErrorCode
from vestnik.wire.notification import NULL, Dialect, Int64, Notification
from vestnik.wire.types import name_of, number_of

__all__ = ["Told", "decode_body", "encode_body"]


class _Numeric(msgspec.Struct, frozen=True, gc=False):
    """The seed's five fields, in the seed's order."""

    type: int
    payload: msgspec.Raw
    affected: str
    user: str
    happened: int


class _Named(msgspec.Struct, frozen=True, gc=False):
    """What published clients expect, and `affected` for those who know the seed."""

    type: str
    payload: msgspec.Raw
    id: str
    affected: str
    user: str
    happened: int


class Told(msgspec.Struct, frozen=True):
    """A notification as a client gets it, from any server and in any dialect.

    Attributes:
        type: A number (the seed) or a word (later revisions).
        affected: What it is about; servers of the later revision leave it out.
        id: The bot; servers of the seed leave it out.
    """

    type: Int64 | str
    payload: msgspec.Raw = NULL
    affected: str | None = None
    id: str | None = None
    user: str | None = None
    happened: Int64 = 0

    @property
    def number(self) -> int | None:
        """The type's number; ``None`` for a word that nobody knows here."""
        return self.type if isinstance(self.type, int) else number_of(self.type)


_encoder = msgspec.json.Encoder()
_bodies = msgspec.json.Decoder(Told)


def encode_body(notification: Notification, dialect: Dialect) -> bytes:
    """Spell a notification in one line of JSON.

    That is the ``data`` of a ``notify``, and the body of a webhook.
    """
    spelled = _encoder.encode(_spelled(notification, dialect))
    if b"\n" in spelled or b"\r" in spelled:
        # A payload came with line breaks, and a body may end up where a line is a record.
        return msgspec.json.format(spelled, indent=-1)
    return spelled


def decode_body(body: bytes) -> Told:
    """Understand a notification, such as the body of a webhook, in either dialect.

    Raises:
        BadMessage: It is no JSON object with a ``type``, or no UTF-8.
    """
    try:
        # A payload is passed on unread, so that nothing else would look at its characters.
        if not body.isascii():
            body.decode("utf-8")
        return _bodies.decode(body)
    except (msgspec.DecodeError, UnicodeError, RecursionError) as error:
        raise BadMessage(
            ErrorCode.BAD_REQUEST, f"A notification is a JSON object with a type: {error}."
        ) from None


def _spelled(notification: Notification, dialect: Dialect) -> _Numeric | _Named:
    if dialect is Dialect.NUMERIC:
        return _Numeric(
            notification.type,
            notification.payload,
            notification.affected,
            notification.user,
            notification.happened,
        )
    return _Named(
        name_of(notification.type),
        notification.payload,
        notification.resource,
        notification.affected,
        notification.user,
        notification.happened,
    )
