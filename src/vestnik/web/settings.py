"""Owners, resources and tokens over HTTP."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

from msgspec import UNSET, UnsetType

from vestnik.bridge.model import HostedBot
from vestnik.errors import NotAllowed
from vestnik.gateway import Issued, Owner, Resource
from vestnik.ids import OwnerId, ResourceId
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
from vestnik.web.call import Call
from vestnik.web.shown import (
    IssuedTokenView,
    MeView,
    OwnerList,
    ResourceList,
    TokenList,
    TokenView,
    token_view,
)

__all__ = [
    "change_owner",
    "change_resource",
    "create_owner",
    "create_resource",
    "create_token",
    "delete_owner",
    "delete_resource",
    "delete_token",
    "given",
    "list_owners",
    "list_resources",
    "list_tokens",
    "part_of",
    "read_me",
    "read_owner",
    "read_resource",
    "read_token",
    "regenerate_token",
]

Value = TypeVar("Value")
Listed = TypeVar("Listed", Owner, Resource, HostedBot)


async def read_me(call: Call, asked: Nothing) -> MeView:
    caller = call.caller
    owner = None if caller.owner is None else call.gateway.roster.owner(caller.owner)
    return MeView(token_view(caller), owner)


async def list_owners(call: Call, asked: PageQuery) -> OwnerList:
    return OwnerList(*part_of(call.gateway.roster.owners(), asked))


async def create_owner(call: Call, asked: NewOwner) -> Owner:
    id = None if asked.id is None else OwnerId(asked.id)
    owners = call.gateway.administration.owners
    return await owners.create(asked.name, id=id, dialect=asked.dialect)


async def read_owner(call: Call, asked: Nothing) -> Owner:
    return call.owner()


async def change_owner(call: Call, asked: OwnerChange) -> Owner:
    return await call.gateway.administration.owners.change(
        call.owner().id, name=given(asked.name), dialect=given(asked.dialect)
    )


async def delete_owner(call: Call, asked: Nothing) -> None:
    await call.gateway.administration.owners.delete(call.owner().id)


async def list_resources(call: Call, asked: ListQuery) -> ResourceList:
    owner = call.some_owner(asked.owner)
    return ResourceList(*part_of(call.gateway.roster.resources_of(owner), asked))


async def create_resource(call: Call, asked: NewResource) -> Resource:
    if asked.id is not None and call.caller.owner is not None:
        # Else an owner could take the id of somebody's bot, and be told what happens to it.
        raise NotAllowed("Only the operator chooses the ids of resources: leave the id out.")
    return await call.gateway.administration.resources.create(
        call.some_owner(asked.owner),
        asked.name,
        id=None if asked.id is None else ResourceId(asked.id),
        notify=asked.notify,
    )


async def read_resource(call: Call, asked: Nothing) -> Resource:
    return call.resource()


async def change_resource(call: Call, asked: ResourceChange) -> Resource:
    return await call.gateway.administration.resources.change(
        call.resource().id, name=given(asked.name), notify=given(asked.notify)
    )


async def delete_resource(call: Call, asked: Nothing) -> None:
    await call.gateway.administration.resources.delete(call.resource().id)


async def list_tokens(call: Call, asked: OwnerQuery) -> TokenList:
    tokens = call.gateway.roster.tokens_of(call.whose(asked.owner))
    return TokenList([token_view(token) for token in tokens])


async def create_token(call: Call, asked: NewToken) -> IssuedTokenView:
    owner = call.whose(asked.owner)
    if asked.resource is not None and asked.owner is None:
        owner = call.resource(asked.resource).owner
    tokens = call.gateway.administration.tokens
    return _shown(await tokens.create(owner, asked.scopes, asked.label, asked.resource))


async def read_token(call: Call, asked: Nothing) -> TokenView:
    return token_view(call.token_meant())


async def regenerate_token(call: Call, asked: Nothing) -> IssuedTokenView:
    tokens = call.gateway.administration.tokens
    return _shown(await tokens.regenerate(call.token_meant().id))


async def delete_token(call: Call, asked: Nothing) -> None:
    await call.gateway.administration.tokens.delete(call.token_meant().id)


def given(value: Value | UnsetType) -> Value | None:
    """Return what was given, ``None`` if nothing was."""
    return None if value is UNSET else value


def part_of(records: Sequence[Listed], asked: PageQuery) -> tuple[list[Listed], str | None]:
    """Cut a page out of a list, by ids: so it goes on even after one that has gone meanwhile."""
    rest = sorted((one for one in records if one.id > asked.after), key=lambda one: one.id)
    page = rest[: asked.limit]
    return page, page[-1].id if len(rest) > len(page) else None


def _shown(issued: Issued) -> IssuedTokenView:
    return IssuedTokenView(token_view(issued.token), issued.secret)
