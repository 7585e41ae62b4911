"""What the REST API gives: the shapes of answers about settings, and of errors."""

from __future__ import annotations

import msgspec

from vestnik.gateway import Owner, Resource, Scope, Token
from vestnik.ids import OwnerId, ResourceId, TokenId

__all__ = [
    "ErrorBody",
    "ErrorDetail",
    "IssuedTokenView",
    "MeView",
    "OwnerList",
    "ResourceList",
    "TokenList",
    "TokenView",
    "token_view",
]


class MeView(msgspec.Struct, frozen=True):
    """Who one is, going by the token; without an owner, the operator."""

    token: TokenView
    owner: Owner | None


class OwnerList(msgspec.Struct, frozen=True):
    """Some owners; `next` is what to ask after for more."""

    items: list[Owner]
    next: str | None


class ResourceList(msgspec.Struct, frozen=True):
    """Some resources; `next` is what to ask after for more."""

    items: list[Resource]
    next: str | None


class TokenView(msgspec.Struct, frozen=True):
    """What is known of a token; never the token itself.

    Attributes:
        resource: Good for this one only; for all of the owner's if there is none.
    """

    id: TokenId
    owner: OwnerId | None
    resource: ResourceId | None
    scopes: list[Scope]
    label: str
    created: int


class IssuedTokenView(msgspec.Struct, frozen=True):
    """A token right after it was made: `secret` is never shown again."""

    token: TokenView
    secret: str


class TokenList(msgspec.Struct, frozen=True):
    """All tokens of an owner, or of the operator."""

    items: list[TokenView]


class ErrorDetail(msgspec.Struct, frozen=True):
    """What is wrong: a word for programs, a sentence for people."""

    code: str
    message: str


class ErrorBody(msgspec.Struct, frozen=True):
    """The answer when something is wrong."""

    error: ErrorDetail


def token_view(token: Token) -> TokenView:
    """Show a token without what it is recognised by."""
    return TokenView(
        id=token.id,
        owner=token.owner,
        resource=token.resource,
        scopes=sorted(token.scopes),
        label=token.label,
        created=token.created,
    )
