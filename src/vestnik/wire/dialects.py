"""From a notification to JSON and back, in either dialect."""

from __future__ import annotations

import msgspec

from vestnik.wire.notification import NULL, Dialect, Notification
from vestnik.wire.types import NOTIFY_TYPES, number_of

__all__ = ["Told", "encode_body", "name_of"]


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

    type: int | str
    payload: msgspec.Raw = NULL
    affected: str | None = None
    id: str | None = None
    user: str | None = None
    happened: int = 0

    @property
    def number(self) -> int | None:
        """The type's number; ``None`` for a word that nobody knows here."""
        return self.type if isinstance(self.type, int) else number_of(self.type)


_encoder = msgspec.json.Encoder()


def encode_body(notification: Notification, dialect: Dialect) -> bytes:
    """Spell a notification as JSON: the ``data`` of a ``notify``, and the body of a webhook."""
    if dialect is Dialect.NUMERIC:
        return _encoder.encode(
            _Numeric(
                notification.type,
                notification.payload,
                notification.affected,
                notification.user,
                notification.happened,
            )
        )
    return _encoder.encode(
        _Named(
            name_of(notification.type),
            notification.payload,
            notification.resource,
            notification.affected,
            notification.user,
            notification.happened,
        )
    )


def name_of(number: int) -> str:
    """Return the word for a type; of one that nobody knows, its digits."""
    known = NOTIFY_TYPES.get(number)
    return known.name if known else str(number)
