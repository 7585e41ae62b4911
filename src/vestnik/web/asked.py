"""What the REST API takes: the shapes of bodies and queries."""

from __future__ import annotations

from typing import Annotated

import msgspec
from msgspec import UNSET, Meta, UnsetType

from vestnik.gateway import AddressFamily, Scope
from vestnik.ids import OwnerId, ResourceId
from vestnik.wire import NULL, Dialect

__all__ = [
    "AttemptQuery",
    "ListQuery",
    "NewNotification",
    "NewNotifications",
    "NewOwner",
    "NewResource",
    "NewToken",
    "NewWebhook",
    "NewWebhookToken",
    "Nothing",
    "NotificationQuery",
    "OwnerChange",
    "OwnerQuery",
    "PageQuery",
    "ResourceChange",
    "UpdatesQuery",
    "WebhookPatch",
]

MOST_PER_BATCH = 1_000
_LARGEST = 2**53 - 1

Name = Annotated[str, Meta(min_length=1, max_length=200)]
Id = Annotated[str, Meta(min_length=1, max_length=128, pattern=r"^[!\"$-.0-:;->@-~]+$")]
"""Visible ASCII without ``/?#``."""
Moment = Annotated[int, Meta(ge=0, le=_LARGEST, description="Milliseconds since 1970 (UTC).")]
Offset = Annotated[int, Meta(ge=0, le=_LARGEST)]
Limit = Annotated[int, Meta(ge=1, le=1_000)]
TypeNumber = Annotated[int, Meta(ge=0, le=2**31 - 1)]
TypeWord = Annotated[str, Meta(min_length=1, max_length=64)]
Headers = Annotated[dict[str, str], Meta(max_length=10)]
Url = Annotated[str, Meta(min_length=1, max_length=2048)]


class _Asked(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What comes from outside; a misspelled field is refused, as it would have no effect."""


class Nothing(_Asked, frozen=True):
    """Nothing is to be said."""


class OwnerQuery(_Asked, frozen=True):
    """Whose; the token's own owner if left out."""

    owner: OwnerId | None = None


class PageQuery(_Asked, frozen=True):
    """A part of a list: at most `limit` after the one with the id `after`."""

    after: str = ""
    limit: Limit = 100


class ListQuery(PageQuery, frozen=True):
    """A part of an owner's list; of the token's own owner if none is named."""

    owner: OwnerId | None = None


class NotificationQuery(_Asked, frozen=True):
    """A part of an owner's stream: at most `limit` after an offset of an epoch."""

    owner: OwnerId | None = None
    after: Offset = 0
    epoch: str | None = None
    limit: Limit = 100


class UpdatesQuery(_Asked, frozen=True):
    """What comes after an offset of an epoch; from now on, without an offset.

    Attributes:
        timeout: Seconds after which the answer comes, though there is nothing to tell.
    """

    owner: OwnerId | None = None
    after: Offset | UnsetType = UNSET
    epoch: str | None = None
    timeout: Annotated[float, Meta(ge=0, le=50)] = 30.0
    limit: Limit = 100


class AttemptQuery(_Asked, frozen=True):
    """A part of a webhook's deliveries, the newest first."""

    before: Annotated[int, Meta(ge=1, le=_LARGEST)] | UnsetType = UNSET
    limit: Limit = 100


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


class NewNotifications(_Asked, frozen=True):
    """Several notifications; they are stored all together or not at all."""

    notifications: Annotated[
        tuple[NewNotification, ...], Meta(min_length=1, max_length=MOST_PER_BATCH)
    ]


class NewOwner(_Asked, frozen=True):
    """An owner to be; an id is made if none is given."""

    name: Name
    id: Id | None = None
    dialect: Dialect = Dialect.NUMERIC


class OwnerChange(_Asked, frozen=True):
    """What is to be another way; what is left out stays."""

    name: Name | UnsetType = UNSET
    dialect: Dialect | UnsetType = UNSET


class NewResource(_Asked, frozen=True):
    """A resource to be.

    Attributes:
        owner: Whose it will be; the token's own owner if left out.
        id: Only the operator chooses ids; one is made if none is given.
    """

    name: Name
    owner: OwnerId | None = None
    id: Id | None = None
    notify: bool = True


class ResourceChange(_Asked, frozen=True):
    """What is to be another way; what is left out stays."""

    name: Name | UnsetType = UNSET
    notify: bool | UnsetType = UNSET


class NewToken(_Asked, frozen=True):
    """A token to be.

    Attributes:
        scopes: What it is good for; `bot` needs a resource, `core` is for the operator's alone.
        owner: Whose it will be; if left out, the resource's owner's, else that of the token.
        resource: Good for this one only, and not for settings; for all of the owner's if left out.
    """

    scopes: Annotated[list[Scope], Meta(min_length=1, max_length=16)]
    owner: OwnerId | None = None
    resource: ResourceId | None = None
    label: Annotated[str, Meta(max_length=200)] = ""


class WebhookPatch(_Asked, frozen=True):
    """What is to be another way; what is left out stays.

    Attributes:
        headers: Sent with every request; all of them, as they replace the old ones.
        signed: Whether requests carry a signature by Standard Webhooks.
        family: By which kind of address it is reached.
        retries: Whether a failed attempt is made again.
    """

    url: Url | UnsetType = UNSET
    headers: Headers | UnsetType = UNSET
    signed: bool | UnsetType = UNSET
    family: AddressFamily | UnsetType = UNSET
    retries: bool | UnsetType = UNSET
    enabled: bool | UnsetType = UNSET


class NewWebhook(_Asked, frozen=True):
    """A webhook to be.

    Attributes:
        owner: Whose it will be; the token's own owner if left out.
        resource: Only for this one; all of the owner's if left out.
        token: What requests carry as X-Boticord-Token; one is made if none is given.
    """

    url: Url
    owner: OwnerId | None = None
    resource: ResourceId | None = None
    token: Annotated[str, Meta(min_length=1, max_length=1024)] | None = None
    headers: Headers = msgspec.field(default_factory=dict)
    signed: bool = False
    family: AddressFamily = AddressFamily.ANY
    retries: bool = False
    enabled: bool = True


class NewWebhookToken(_Asked, frozen=True):
    """What requests shall carry as X-Boticord-Token; one is made if none is given."""

    token: Annotated[str, Meta(min_length=1, max_length=1024)] | None = None
