"""The shapes of what is said over HTTP about notifications."""

from __future__ import annotations

from typing import Annotated

import msgspec
from msgspec import UNSET, Meta, UnsetType

from vestnik.ids import OwnerId
from vestnik.web.asked import LARGEST, Asked, Limit
from vestnik.wire import NULL

__all__ = [
    "Accepted",
    "NewNotification",
    "NewNotifications",
    "NotificationList",
    "NotificationQuery",
    "NotificationView",
    "NotifyTypeList",
    "NotifyTypeView",
    "PayloadField",
    "UpdateList",
    "UpdatesQuery",
]

MOST_PER_BATCH = 1_000

Moment = Annotated[int, Meta(ge=0, le=LARGEST, description="Milliseconds since 1970 (UTC).")]
Offset = Annotated[int, Meta(ge=0, le=LARGEST)]
TypeNumber = Annotated[int, Meta(ge=0, le=2**31 - 1)]
TypeWord = Annotated[str, Meta(min_length=1, max_length=64)]


class NewNotification(
    msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, gc=False
):
    """Something that happened to a resource.

    Attributes:
        affected: What it is about; the resource itself if left out.
        user: Who caused it.
        happened: Now if left out.
        payload: Any JSON; passed on as it is.
    """

    type: TypeNumber | TypeWord
    resource: Annotated[str, Meta(min_length=1, max_length=128)]
    affected: Annotated[str, Meta(max_length=512)] | UnsetType = UNSET
    user: Annotated[str, Meta(max_length=256)] = ""
    happened: Moment | UnsetType = UNSET
    payload: msgspec.Raw = msgspec.field(default_factory=lambda: NULL)


class NewNotifications(Asked, frozen=True):
    """Several notifications; they are stored all together or not at all."""

    notifications: Annotated[
        tuple[NewNotification, ...], Meta(min_length=1, max_length=MOST_PER_BATCH)
    ]


class Accepted(msgspec.Struct, frozen=True):
    """What became of notifications: stored to be told, or for nobody, or known already."""

    accepted: int
    muted: int
    repeat: bool


class NotificationQuery(Asked, frozen=True):
    """A part of an owner's stream: at most `limit` after an offset of an epoch."""

    owner: OwnerId | None = None
    after: Offset = 0
    epoch: str | None = None
    limit: Limit = 100


class NotificationView(msgspec.Struct, frozen=True):
    """A stored notification.

    Attributes:
        data: The same object as in a `notify` message and in a webhook, in the owner's dialect.
    """

    offset: int
    data: Annotated[msgspec.Raw, Meta(extra_json_schema={"type": "object"})]


class NotificationList(msgspec.Struct, frozen=True):
    """A part of an owner's stream; to a token for one resource, of what happened to that.

    Attributes:
        end: Where the stream ends now.
        next: What to ask after for more; up to it everything is here that the token may see.
        floor: What came up to this offset is no longer kept.
        recovered: Whether everything that came after the asked place is there; otherwise the
            list begins as early as it can.
    """

    epoch: str
    end: int
    next: int
    floor: int
    recovered: bool
    items: list[NotificationView]


class UpdatesQuery(Asked, frozen=True):
    """What comes after an offset of an epoch; from now on, without an offset.

    Attributes:
        timeout: Seconds after which the answer comes, though there is nothing to tell.
    """

    owner: OwnerId | None = None
    after: Offset | UnsetType = UNSET
    epoch: str | None = None
    timeout: Annotated[float, Meta(ge=0, le=50)] = 30.0
    limit: Limit = 100


class UpdateList(msgspec.Struct, frozen=True):
    """What has come in a stream; to a token for one resource, of what happened to that.

    Attributes:
        next: What to ask after the next time, together with `epoch`.
        recovered: Whether everything that came after the asked place is here, or comes next;
            otherwise the list begins as early as it can.
    """

    epoch: str
    next: int
    recovered: bool
    items: list[NotificationView]


class PayloadField(msgspec.Struct, frozen=True):
    """A field of a payload."""

    name: str
    meaning: str


class NotifyTypeView(msgspec.Struct, frozen=True):
    """A notify type that has a name."""

    number: int
    name: str
    meaning: str
    payload: list[PayloadField]


class NotifyTypeList(msgspec.Struct, frozen=True):
    """All notify types that have a name; other numbers are welcome."""

    items: list[NotifyTypeView]
