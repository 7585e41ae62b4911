"""Tokens: shown once, then known by their digest only."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from vestnik.errors import BadRequest, NotFound
from vestnik.gateway.access import digest_of, new_token
from vestnik.gateway.administration._desk import LONGEST_NAME, Desk, new_id
from vestnik.gateway.model import Scope, Token
from vestnik.gateway.ports import BrokerMessage, Changed, TokenRevoked
from vestnik.ids import OwnerId, ResourceId, TokenId

__all__ = ["MOST_TOKENS", "MOST_TOKENS_OF_RESOURCE", "Issued", "Tokens"]

MOST_TOKENS = 100
"""Tokens of one owner, and of the operator, besides those that are for one resource only."""

MOST_TOKENS_OF_RESOURCE = 20
"""Tokens that are for one resource only, and for the same one."""


class Issued(msgspec.Struct, frozen=True):
    """A token right after it was made.

    Attributes:
        secret: The token itself; nobody can ask for it again.
    """

    token: Token
    secret: str


class Tokens:
    """Creates, regenerates and deletes tokens."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def create(
        self,
        owner: OwnerId | None,
        scopes: Iterable[Scope],
        label: str = "",
        resource: ResourceId | None = None,
    ) -> Issued:
        """Make a token.

        Args:
            owner: Whose it is; ``None`` makes it the operator's, which reaches all owners.
            label: What its people call it.
            resource: Good for this one of the owner's resources only.

        Raises:
            BadRequest: It is good for nothing, the scopes do not fit to whose it is, the label is
                no line, or there are too many.
            NotFound: There is no such owner, or he has no such resource.
        """
        wanted = frozenset(scopes)
        _check_scopes(wanted, owner, resource)
        if len(label) > LONGEST_NAME or not (label.isprintable()):
            raise BadRequest(f"A label is one line of at most {LONGEST_NAME} characters.")
        secret = new_token()
        async with self._desk.turn():
            self._check_place(owner, resource)
            token = Token(
                id=TokenId(new_id("tok")),
                owner=owner,
                resource=resource,
                scopes=wanted,
                label=label,
                digest=digest_of(secret),
                created=self._desk.now(),
            )
            await self._desk.save(token, told=_changed(owner))
        return Issued(token, secret)

    async def regenerate(self, id: TokenId) -> Issued:
        """Replace the secret of a token; the old one is worth nothing from now on.

        Raises:
            NotFound: There is no such token.
        """
        secret = new_token()
        async with self._desk.turn():
            token = msgspec.structs.replace(self._find(id), digest=digest_of(secret))
            await self._desk.save(token, told=[TokenRevoked(id), *_changed(token.owner)])
        return Issued(token, secret)

    async def delete(self, id: TokenId) -> None:
        """Forget a token; its connections are dropped.

        Raises:
            NotFound: There is no such token.
        """
        async with self._desk.turn():
            token = self._find(id)
            await self._desk.delete((Token, id), told=[TokenRevoked(id), *_changed(token.owner)])

    def _find(self, id: TokenId) -> Token:
        found = self._desk.roster.token(id)
        if found is None:
            raise NotFound(f"There is no token {id!r}.")
        return found

    def _check_place(self, owner: OwnerId | None, resource: ResourceId | None) -> None:
        roster = self._desk.roster
        if owner is not None:
            self._desk.owner(owner)
        if resource is not None:
            found = roster.resource(resource)
            if found is None or found.owner != owner:
                raise NotFound(f"There is no resource {resource!r}.")
        same = sum(token.resource == resource for token in roster.tokens_of(owner))
        most = MOST_TOKENS if resource is None else MOST_TOKENS_OF_RESOURCE
        if same >= most:
            raise BadRequest(f"There can be at most {most} tokens: delete one first.")


def _check_scopes(
    scopes: frozenset[Scope], owner: OwnerId | None, resource: ResourceId | None
) -> None:
    if not scopes:
        raise BadRequest(f"A token has at least one scope: {', '.join(Scope)}.")
    if resource is not None and owner is None:
        raise BadRequest("A token for one resource is its owner's: it cannot be the operator's.")
    if resource is not None and Scope.MANAGE in scopes:
        raise BadRequest("A token for one resource changes no settings: leave 'manage' out.")
    if resource is None and Scope.BOT in scopes:
        raise BadRequest("The scope 'bot' is for one bot: say for which, by its resource.")
    if owner is not None and Scope.CORE in scopes:
        raise BadRequest("The scope 'core' reaches all bots: only the operator's tokens have it.")


def _changed(owner: OwnerId | None) -> list[BrokerMessage]:
    return [] if owner is None else [Changed(owner)]
