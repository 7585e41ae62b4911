"""Owners and their resources: who is told, and about what."""

from __future__ import annotations

import msgspec

from vestnik.errors import BadRequest, NotFound, Taken
from vestnik.gateway.administration._desk import Desk, check_id, check_name, new_id
from vestnik.gateway.model import Owner, Resource, Token, Webhook
from vestnik.gateway.ports import BrokerMessage, Changed, TokenRevoked
from vestnik.ids import OwnerId, ResourceId
from vestnik.wire import Dialect

__all__ = ["MOST_RESOURCES", "Owners", "Resources"]

MOST_RESOURCES = 10_000
"""Resources of one owner."""


class Owners:
    """Creates, changes and deletes owners."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def create(
        self, name: str, *, id: OwnerId | None = None, dialect: Dialect = Dialect.NUMERIC
    ) -> Owner:
        """Add an owner, with an id of our choice if none is given.

        Raises:
            BadRequest: The id or the name cannot be one.
            Taken: There is an owner of that id.
        """
        desk = self._desk
        id = OwnerId(new_id("own")) if id is None else id
        check_id(id)
        async with desk.turn():
            if desk.roster.owner(id) is not None:
                raise Taken(f"There is an owner {id!r} already.")
            owner = Owner(id=id, name=check_name(name), dialect=dialect, created=desk.now())
            await desk.save(owner, told=[Changed(id)])
        return owner

    async def change(
        self, id: OwnerId, *, name: str | None = None, dialect: Dialect | None = None
    ) -> Owner:
        """Change what is given.

        Raises:
            BadRequest: The name cannot be one.
            NotFound: There is no such owner.
        """
        async with self._desk.turn():
            before = self._desk.owner(id)
            owner = msgspec.structs.replace(
                before,
                name=before.name if name is None else check_name(name),
                dialect=before.dialect if dialect is None else dialect,
            )
            await self._desk.save(owner, told=[Changed(id)])
        return owner

    async def delete(self, id: OwnerId) -> None:
        """Forget an owner with all resources, tokens, webhooks and notifications.

        Raises:
            NotFound: There is no such owner.
        """
        async with self._desk.turn():
            self._desk.owner(id)
            tokens = self._desk.roster.tokens_of(id)
            told: list[BrokerMessage] = [TokenRevoked(token.id) for token in tokens]
            await self._desk.delete((Owner, id), told=[*told, Changed(id)])


class Resources:
    """Creates, changes and deletes resources."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def create(
        self, owner: OwnerId, name: str, *, id: ResourceId | None = None, notify: bool = True
    ) -> Resource:
        """Add a resource, with an id of our choice if none is given.

        Raises:
            BadRequest: The id or the name cannot be one, or the owner has too many.
            NotFound: There is no such owner.
            Taken: There is a resource of that id, of whatever owner.
        """
        desk = self._desk
        id = ResourceId(new_id("res")) if id is None else id
        check_id(id)
        async with desk.turn():
            desk.owner(owner)
            if desk.roster.resource(id) is not None:
                raise Taken(f"There is a resource {id!r} already.")
            if len(desk.roster.resources_of(owner)) >= MOST_RESOURCES:
                raise BadRequest(f"An owner has at most {MOST_RESOURCES} resources.")
            resource = Resource(
                id=id, owner=owner, name=check_name(name), notify=notify, created=desk.now()
            )
            await desk.save(resource, told=[Changed(owner)])
        return resource

    async def change(
        self, id: ResourceId, *, name: str | None = None, notify: bool | None = None
    ) -> Resource:
        """Change what is given.

        Raises:
            BadRequest: The name cannot be one.
            NotFound: There is no such resource.
        """
        async with self._desk.turn():
            before = self._find(id)
            resource = msgspec.structs.replace(
                before,
                name=before.name if name is None else check_name(name),
                notify=before.notify if notify is None else notify,
            )
            await self._desk.save(resource, told=[Changed(before.owner)])
        return resource

    async def delete(self, id: ResourceId) -> None:
        """Forget a resource, and the tokens and webhooks that are only for it.

        Raises:
            NotFound: There is no such resource.
        """
        async with self._desk.turn():
            owner = self._find(id).owner
            tokens = self._desk.roster.tokens_for(id)
            webhooks = [w for w in self._desk.roster.webhooks_of(owner) if w.resource == id]
            await self._desk.delete(
                (Resource, id),
                *((Token, token.id) for token in tokens),
                *((Webhook, webhook.id) for webhook in webhooks),
                told=[*(TokenRevoked(token.id) for token in tokens), Changed(owner)],
            )

    def _find(self, id: ResourceId) -> Resource:
        found = self._desk.roster.resource(id)
        if found is None:
            raise NotFound(f"There is no resource {id!r}.")
        return found
