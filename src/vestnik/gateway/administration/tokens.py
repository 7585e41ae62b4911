"""Tokens: shown once, then known by their digest only."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from vestnik.errors import BadRequest, NotFound
from vestnik.gateway.access import digest_of, new_token
from vestnik.gateway.administration._desk import LONGEST_NAME, Desk, new_id
from vestnik.gateway.model import Scope, Token
from vestnik.gateway.ports import BrokerMessage, Changed, TokenRevoked
from vestnik.ids import OwnerId, TokenId

__all__ = ["MOST_TOKENS", "Issued", "Tokens"]

MOST_TOKENS = 100
"""Tokens of one owner, and of the operator."""


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
        self, owner: OwnerId | None, scopes: Iterable[Scope], label: str = ""
    ) -> Issued:
        """Make a token.

        Args:
            owner: Whose it is; ``None`` makes it the operator's, which reaches all owners.
            label: What its people call it.

        Raises:
            BadRequest: It is good for nothing, the label is no line, or there are too many.
            NotFound: There is no such owner.
        """
        wanted = frozenset(scopes)
        if not wanted:
            raise BadRequest("A token has at least one scope: notify, publish or manage.")
        if len(label) > LONGEST_NAME or not (label.isprintable()):
            raise BadRequest(f"A label is one line of at most {LONGEST_NAME} characters.")
        secret = new_token()
        async with self._desk.turn():
            self._check_place(owner)
            token = Token(
                id=TokenId(new_id("tok")),
                owner=owner,
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

    def _check_place(self, owner: OwnerId | None) -> None:
        if owner is not None:
            self._desk.owner(owner)
        if len(self._desk.roster.tokens_of(owner)) >= MOST_TOKENS:
            raise BadRequest(f"There can be at most {MOST_TOKENS} tokens: delete one first.")


def _changed(owner: OwnerId | None) -> list[BrokerMessage]:
    return [] if owner is None else [Changed(owner)]
