"""All settings records in memory, by every way in which the gateway looks for them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Generic, TypeVar, cast

from vestnik.gateway.model import Owner, Record, RecordId, Resource, Token, Webhook
from vestnik.ids import OwnerId, ResourceId, TokenId, WebhookId

__all__ = ["Roster"]

Id = TypeVar("Id", bound=RecordId)
Owned = TypeVar("Owned", Resource, Token, Webhook)


class Roster:
    """Owners, resources, tokens and webhooks; pure, so that every part may look without waiting.

    It checks nothing: the rules are `Administration`'s, and what is put here is stored already.
    """

    def __init__(self, records: Iterable[Record] = ()) -> None:
        self._owners: dict[OwnerId, Owner] = {}
        self._resources: _Shelf[ResourceId, Resource] = _Shelf()
        self._tokens: _Shelf[TokenId, Token] = _Shelf()
        self._webhooks: _Shelf[WebhookId, Webhook] = _Shelf()
        self._digests: dict[str, Token] = {}
        self._told: dict[OwnerId, dict[ResourceId, tuple[Webhook, ...]]] = {}
        self.put(*records)

    def put(self, *records: Record) -> None:
        """Add records, or replace those of the same kind and id."""
        for record in records:
            match record:
                case Owner():
                    self._owners[record.id] = record
                case Resource():
                    self._resources.put(record.id, record)
                case Token():
                    self._put_token(record)
                case Webhook():
                    self._told.pop(record.owner, None)
                    self._webhooks.put(record.id, record)

    def remove(self, kind: type[Record], id: RecordId) -> None:
        """Forget a record, if it is there; an owner's records go with him."""
        if kind is Owner:
            self._remove_owner(cast("OwnerId", id))
        elif kind is Resource:
            self._remove_resource(cast("ResourceId", id))
        elif kind is Token:
            self._remove_token(cast("TokenId", id))
        else:
            self._remove_webhook(cast("WebhookId", id))

    def owner(self, id: OwnerId) -> Owner | None:
        """Return the owner of that id."""
        return self._owners.get(id)

    def resource(self, id: ResourceId) -> Resource | None:
        """Return the resource of that id."""
        return self._resources.by_id.get(id)

    def token(self, id: TokenId) -> Token | None:
        """Return what is known of the token of that public id."""
        return self._tokens.by_id.get(id)

    def webhook(self, id: WebhookId) -> Webhook | None:
        """Return the webhook of that id."""
        return self._webhooks.by_id.get(id)

    def owners(self) -> Sequence[Owner]:
        """Return all owners, in the order in which they came."""
        return tuple(self._owners.values())

    def resources_of(self, owner: OwnerId) -> Sequence[Resource]:
        """Return an owner's resources, in the order in which they came."""
        return self._resources.of(owner)

    def tokens_of(self, owner: OwnerId | None) -> Sequence[Token]:
        """Return an owner's tokens, or with ``None`` the operator's."""
        return self._tokens.of(owner)

    def tokens_for(self, resource: ResourceId) -> Sequence[Token]:
        """Return the tokens that are good for one resource only, and that one is this."""
        found = self._resources.by_id.get(resource)
        if found is None:
            return ()
        return tuple(one for one in self._tokens.of(found.owner) if one.resource == resource)

    def webhooks_of(self, owner: OwnerId) -> Sequence[Webhook]:
        """Return an owner's webhooks, those that are switched off, too."""
        return self._webhooks.of(owner)

    def token_by_digest(self, digest: str) -> Token | None:
        """Return what is known of the token with that digest."""
        return self._digests.get(digest)

    def webhooks_for(self, owner: OwnerId, resource: ResourceId) -> Sequence[Webhook]:
        """Return the webhooks that get what happens to a resource: enabled ones only."""
        told = self._told.get(owner)
        if told is None:
            told = self._told[owner] = {}
        found = told.get(resource)
        if found is None:
            found = tuple(_those_for(self._webhooks.of(owner), resource))
            # Only what exists is worth remembering; any other id would let the cache grow.
            if resource in self._resources.by_id:
                told[resource] = found
        return found

    def _put_token(self, token: Token) -> None:
        before = self._tokens.put(token.id, token)
        if before is not None:
            self._digests.pop(before.digest, None)
        self._digests[token.digest] = token

    def _remove_token(self, id: TokenId) -> None:
        gone = self._tokens.pop(id)
        if gone is not None:
            self._digests.pop(gone.digest, None)

    def _remove_resource(self, id: ResourceId) -> None:
        gone = self._resources.pop(id)
        if gone is not None:
            self._told.get(gone.owner, {}).pop(id, None)

    def _remove_webhook(self, id: WebhookId) -> None:
        gone = self._webhooks.pop(id)
        if gone is not None:
            self._told.pop(gone.owner, None)

    def _remove_owner(self, id: OwnerId) -> None:
        for token in self._tokens.of(id):
            self._remove_token(token.id)
        for webhook in self._webhooks.of(id):
            self._remove_webhook(webhook.id)
        for resource in self._resources.of(id):
            self._resources.pop(resource.id)
        self._told.pop(id, None)
        self._owners.pop(id, None)


class _Shelf(Generic[Id, Owned]):
    """Records of one kind, by id and by owner."""

    def __init__(self) -> None:
        self.by_id: dict[Id, Owned] = {}
        self._by_owner: dict[OwnerId | None, dict[Id, Owned]] = {}

    def put(self, id: Id, record: Owned) -> Owned | None:
        before = self.by_id.get(id)
        if before is not None and before.owner != record.owner:
            self.pop(id)
        self.by_id[id] = record
        self._by_owner.setdefault(record.owner, {})[id] = record
        return before

    def pop(self, id: Id) -> Owned | None:
        gone = self.by_id.pop(id, None)
        if gone is not None:
            rest = self._by_owner[gone.owner]
            del rest[id]
            if not rest:
                del self._by_owner[gone.owner]
        return gone

    def of(self, owner: OwnerId | None) -> tuple[Owned, ...]:
        return tuple(self._by_owner.get(owner, {}).values())


def _those_for(webhooks: Iterable[Webhook], resource: ResourceId) -> Iterator[Webhook]:
    for webhook in webhooks:
        wants = webhook.resource is None or webhook.resource == resource
        if wants and webhook.enabled and webhook.disabled_since is None:
            yield webhook
