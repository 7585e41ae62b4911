"""The operations of the REST API that are about owners, their resources and tokens."""

from __future__ import annotations

from vestnik.gateway import Owner, Resource
from vestnik.web import settings
from vestnik.web.asked import (
    ListQuery,
    NewOwner,
    NewResource,
    NewToken,
    Nothing,
    OwnerChange,
    OwnerQuery,
    PageQuery,
    ResourceChange,
)
from vestnik.web.operations import Operation, operation
from vestnik.web.shown import IssuedTokenView, MeView, OwnerList, ResourceList, TokenList, TokenView

__all__ = ["PEOPLE", "RESOURCES", "TOKENS"]

PEOPLE: tuple[Operation, ...] = (
    operation(
        "GET",
        "/me",
        settings.read_me,
        "Tell whose the token is and what it is good for.",
        asks=Nothing,
        gives=MeView,
        scopes=(),
    ),
    operation(
        "GET",
        "/owners",
        settings.list_owners,
        "List owners.",
        asks=PageQuery,
        gives=OwnerList,
        is_operators=True,
    ),
    operation(
        "POST",
        "/owners",
        settings.create_owner,
        "Add an owner.",
        asks=NewOwner,
        gives=Owner,
        is_operators=True,
        status=201,
        errors=(409,),
    ),
    operation(
        "GET", "/owners/{owner}", settings.read_owner, "Show an owner.", asks=Nothing, gives=Owner
    ),
    operation(
        "PATCH",
        "/owners/{owner}",
        settings.change_owner,
        "Change an owner's name or dialect.",
        asks=OwnerChange,
        gives=Owner,
    ),
    operation(
        "DELETE",
        "/owners/{owner}",
        settings.delete_owner,
        "Forget an owner with everything.",
        asks=Nothing,
        gives=type(None),
        is_operators=True,
        status=204,
    ),
)

RESOURCES: tuple[Operation, ...] = (
    operation(
        "GET",
        "/resources",
        settings.list_resources,
        "List an owner's resources.",
        asks=ListQuery,
        gives=ResourceList,
        errors=(404, 422),
    ),
    operation(
        "POST",
        "/resources",
        settings.create_resource,
        "Add a resource; only the operator chooses its id.",
        asks=NewResource,
        gives=Resource,
        status=201,
        errors=(404, 409),
    ),
    operation(
        "GET",
        "/resources/{resource}",
        settings.read_resource,
        "Show a resource.",
        asks=Nothing,
        gives=Resource,
    ),
    operation(
        "PATCH",
        "/resources/{resource}",
        settings.change_resource,
        "Rename a resource, or switch its notifications on or off.",
        asks=ResourceChange,
        gives=Resource,
    ),
    operation(
        "DELETE",
        "/resources/{resource}",
        settings.delete_resource,
        "Forget a resource with the tokens and webhooks that are only for it.",
        asks=Nothing,
        gives=type(None),
        status=204,
    ),
)

TOKENS: tuple[Operation, ...] = (
    operation(
        "GET",
        "/tokens",
        settings.list_tokens,
        "List tokens, without the tokens themselves.",
        asks=OwnerQuery,
        gives=TokenList,
        errors=(404,),
    ),
    operation(
        "POST",
        "/tokens",
        settings.create_token,
        "Make a token; it is shown once, in this answer.",
        asks=NewToken,
        gives=IssuedTokenView,
        status=201,
        errors=(404,),
    ),
    operation(
        "GET",
        "/tokens/{token}",
        settings.read_token,
        "Show what is known of a token.",
        asks=Nothing,
        gives=TokenView,
    ),
    operation(
        "POST",
        "/tokens/{token}/regenerate",
        settings.regenerate_token,
        "Replace a token by a new one at once; its connections are dropped.",
        asks=Nothing,
        gives=IssuedTokenView,
    ),
    operation(
        "DELETE",
        "/tokens/{token}",
        settings.delete_token,
        "Forget a token; its connections are dropped.",
        asks=Nothing,
        gives=type(None),
        status=204,
    ),
)
