"""What the REST API takes: the shapes of queries, and of bodies about settings."""

from __future__ import annotations

from typing import Annotated

import msgspec
from msgspec import UNSET, Meta, UnsetType

from vestnik.gateway import Scope
from vestnik.ids import OwnerId, ResourceId
from vestnik.wire import Dialect

__all__ = [
    "Asked",
    "ListQuery",
    "NewOwner",
    "NewResource",
    "NewToken",
    "Nothing",
    "OwnerChange",
    "OwnerQuery",
    "PageQuery",
    "ResourceChange",
]

LARGEST = 2**53 - 1
"""Beyond it, not every program can tell whole numbers apart."""

Name = Annotated[str, Meta(min_length=1, max_length=200)]
Id = Annotated[str, Meta(min_length=1, max_length=128, pattern=r"^[!\"$-.0-:;->@-~]+$")]
"""Visible ASCII without ``/?#``."""
Limit = Annotated[int, Meta(ge=1, le=1_000)]


class Asked(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What comes from outside; a misspelled field is refused, as it would have no effect."""


class Nothing(Asked, frozen=True):
    """Nothing is to be said."""


class OwnerQuery(Asked, frozen=True):
    """Whose; the token's own owner if left out."""

    owner: OwnerId | None = None


class PageQuery(Asked, frozen=True):
    """A part of a list: at most `limit` after the one with the id `after`."""

    after: str = ""
    limit: Limit = 100


class ListQuery(PageQuery, frozen=True):
    """A part of an owner's list; of the token's own owner if none is named."""

    owner: OwnerId | None = None


class NewOwner(Asked, frozen=True):
    """An owner to be; an id is made if none is given."""

    name: Name
    id: Id | None = None
    dialect: Dialect = Dialect.NUMERIC


class OwnerChange(Asked, frozen=True):
    """What is to be another way; what is left out stays."""

    name: Name | UnsetType = UNSET
    dialect: Dialect | UnsetType = UNSET


class NewResource(Asked, frozen=True):
    """A resource to be.

    Attributes:
        owner: Whose it will be; the token's own owner if left out.
        id: Only the operator chooses ids; one is made if none is given.
    """

    name: Name
    owner: OwnerId | None = None
    id: Id | None = None
    notify: bool = True


class ResourceChange(Asked, frozen=True):
    """What is to be another way; what is left out stays."""

    name: Name | UnsetType = UNSET
    notify: bool | UnsetType = UNSET


class NewToken(Asked, frozen=True):
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
