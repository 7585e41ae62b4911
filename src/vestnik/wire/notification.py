"""What a notification says, whatever dialect it is told in."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, TypeAlias

import msgspec

from vestnik.errors import BadMessage
from vestnik.ids import ResourceId
from vestnik.wire.codes import ErrorCode

__all__ = ["NULL", "Dialect", "Int64", "Notification", "Offset", "Position", "payload_of"]

Int64: TypeAlias = Annotated[int, msgspec.Meta(ge=-(2**63), le=2**63 - 1)]
"""A number that stores and other languages can hold; checked where it is decoded."""

Offset: TypeAlias = Annotated[int, msgspec.Meta(ge=0, le=2**63 - 1)]
"""A place in a stream; checked where it is decoded."""

NULL = msgspec.Raw(b"null")
"""The payload of a notification that has none."""


class Dialect(StrEnum):
    """How notifications are spelled."""

    NUMERIC = "numeric"
    """The second seed to the letter: `type` is a number, `affected` names the resource."""

    NAMED = "named"
    """The later public revision: `type` is a word, and `id` names the bot beside `affected`."""


class Notification(msgspec.Struct, frozen=True, gc=False):
    """One thing that happened.

    Attributes:
        type: Its number; see `vestnik.wire.NOTIFY_TYPES`, but others are welcome.
        resource: The bot, or whatever else has the owner who is told.
        affected: What it is about: a comment, a message, or the resource itself.
        user: Who caused it.
        happened: When, in milliseconds since 1970 (UTC).
        payload: Anything more, as JSON that is passed on untouched but for its line breaks; see
            `payload_of`.
    """

    type: Int64
    resource: ResourceId
    affected: str
    user: str
    happened: Int64
    payload: msgspec.Raw = NULL


class Position(msgspec.Struct, frozen=True, gc=False):
    """A place in the stream of an owner's notifications.

    Attributes:
        epoch: Which stream; it changes when offsets begin anew, as after a restored backup.
        offset: How many notifications the stream had at that place; the first one has offset 1.
    """

    epoch: str
    offset: Offset


def payload_of(json: bytes | str) -> msgspec.Raw:
    """Take JSON as the payload of a notification: in one line, and otherwise as it is.

    Raises:
        BadMessage: It is no JSON, or no UTF-8.
    """
    try:
        text = json.encode() if isinstance(json, str) else json
        text.decode()
        return msgspec.Raw(msgspec.json.format(text, indent=-1))
    except (msgspec.DecodeError, UnicodeError, RecursionError) as error:
        raise BadMessage(ErrorCode.BAD_REQUEST, f"A payload is JSON in UTF-8: {error}.") from None
