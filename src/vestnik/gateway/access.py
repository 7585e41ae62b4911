"""Who may do what: tokens, scopes, and how far each of them reaches."""

from __future__ import annotations

import hashlib
import hmac
import secrets

from vestnik.errors import NotAllowed
from vestnik.gateway.model import Scope, Token
from vestnik.gateway.roster import Roster
from vestnik.ids import OwnerId, ResourceId

__all__ = ["Access", "digest_of", "new_token", "new_webhook_token", "reaches"]

_ACCESS, _WEBHOOK = "vst_", "vwh_"
_LONGEST = 512
"""Nobody has a token as long as that, and hashing it would be work for an attacker's sake."""


def new_token() -> str:
    """Return a token that nobody can guess: 256 bits after a prefix that scanners can find."""
    return _ACCESS + secrets.token_urlsafe(32)


def new_webhook_token() -> str:
    """Return what a webhook's requests can carry; one sees that it lets nobody in here."""
    return _WEBHOOK + secrets.token_urlsafe(32)


def digest_of(token: str) -> str:
    """Return what is kept of a token; a fast hash does, because tokens are no passwords."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


def reaches(token: Token, owner: OwnerId, resource: ResourceId | None = None) -> bool:
    """Say whether a token is good for an owner's things: his own, or the operator's.

    Args:
        resource: What the thing is of, or is; ``None`` if it is of the owner as a whole, which a
            token for one resource never reaches.
    """
    if token.resource is not None and token.resource != resource:
        return False
    return token.owner is None or token.owner == owner


class Access:
    """Recognises tokens.

    Args:
        roster: Where the tokens of all owners are.
    """

    def __init__(self, roster: Roster) -> None:
        self._roster = roster
        self._guests: dict[str, Token] = {}

    def admit(self, token: Token) -> None:
        """Recognise a token, too, that is in no roster: it is never stored, listed or changed."""
        self._guests[token.digest] = token

    def identify(self, token: str) -> Token | None:
        """Return what is known of a token, or ``None`` if it is nobody's."""
        if len(token) > _LONGEST:
            return None
        digest = digest_of(token)
        found = self._roster.token_by_digest(digest) or self._guests.get(digest)
        if found is None or not hmac.compare_digest(found.digest, digest):
            return None
        return found

    def knows(self, token: Token) -> bool:
        """Tell whether a token that was recognised a moment ago is still good."""
        return (
            token.digest in self._guests or self._roster.token_by_digest(token.digest) is not None
        )

    def require(self, token: str, scope: Scope) -> Token:
        """Return what is known of a token that is good for something.

        Raises:
            NotAllowed: Nobody has this token, or it is not good for that.
        """
        found = self.identify(token)
        if found is None:
            raise NotAllowed("Nobody has this token: create one, or check that it is whole.")
        if scope not in found.scopes:
            raise NotAllowed(f"The token lacks the scope {scope.value!r}.")
        return found
