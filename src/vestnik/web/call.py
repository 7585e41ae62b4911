"""One request to the API, and how far its token reaches."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from vestnik.errors import NotAllowed, NotFound
from vestnik.gateway import Attempt, Gateway, Owner, Resource, Token, Webhook, reaches
from vestnik.ids import DeliveryId, OwnerId, ResourceId, TokenId, WebhookId
from vestnik.web.http import Problem

if TYPE_CHECKING:
    from vestnik.web.hosting import Hosting

__all__ = ["Call"]

Thing = TypeVar("Thing", bound=Owner | Resource | Token | Webhook | Attempt)

_MOST_DIGITS = 18


class Call(NamedTuple):
    """One request whose token is known.

    Attributes:
        token: ``None`` only where everybody may ask.
        path: What stands in the path in place of the braces.
        hosted: The bots that are hosted here, if any can be.
    """

    gateway: Gateway
    token: Token | None
    path: Mapping[str, str]
    query: bytes
    headers: Mapping[bytes, bytes]
    body: bytes
    hosted: Hosting | None = None

    @property
    def hosting(self) -> Hosting:
        """The bots that are hosted here.

        Raises:
            NotFound: This gateway hosts none.
        """
        if self.hosted is None:
            raise NotFound("This gateway hosts no bots.")
        return self.hosted

    @property
    def caller(self) -> Token:
        """Whose request it is.

        Raises:
            NotAllowed: There is no token.
        """
        if self.token is None:
            raise NotAllowed("This needs a token.")
        return self.token

    def whose(self, asked: OwnerId | None) -> OwnerId | None:
        """Return whose things are meant; ``None`` are the operator's own.

        Raises:
            NotFound: There is no such owner, or the token does not reach him.
        """
        if asked is None or asked == self.caller.owner:
            return self.caller.owner
        return self._reached(self.gateway.roster.owner(asked), asked, "owner").id

    def some_owner(self, asked: OwnerId | None) -> OwnerId:
        """Return whose things are meant, where the operator has to say it.

        Raises:
            NotFound: There is no such owner, or the token does not reach him.
            Problem: The operator did not say whose.
        """
        found = self.whose(asked)
        if found is None:
            raise Problem(422, "Say whose: the operator's token needs an owner here.")
        return found

    def owner(self) -> Owner:
        """Return the owner that the path names, if the token reaches him."""
        id = OwnerId(self.path["owner"])
        return self._reached(self.gateway.roster.owner(id), id, "owner")

    def resource(self, id: ResourceId | None = None) -> Resource:
        """Return a resource, if the token reaches it: of an id, else the one in the path."""
        id = ResourceId(self.path["resource"]) if id is None else id
        return self._reached(self.gateway.roster.resource(id), id, "resource")

    def bot(self) -> ResourceId:
        """Return the id of the bot that the path names, if the token reaches its resource."""
        id = ResourceId(self.path["bot"])
        return self._reached(self.gateway.roster.resource(id), id, "bot").id

    def token_meant(self) -> Token:
        """Return the token that the path names, if the caller's reaches it."""
        id = TokenId(self.path["token"])
        return self._reached(self.gateway.roster.token(id), id, "token")

    def webhook(self) -> Webhook:
        """Return the webhook that the path names, if the token reaches it."""
        id = WebhookId(self.path["webhook"])
        return self._reached(self.gateway.roster.webhook(id), id, "webhook")

    async def attempt(self) -> Attempt:
        """Return the attempt that the path names, if the token reaches it."""
        text = self.path["delivery"]
        is_number = text.isascii() and text.isdigit() and len(text) <= _MOST_DIGITS
        found = await self.gateway.attempts.get(DeliveryId(int(text))) if is_number else None
        return self._reached(found, text, "delivery")

    def _reached(self, found: Thing | None, id: str, kind: str) -> Thing:
        """Return what the caller reaches; all else is as if it were not there."""
        if found is not None:
            owner = found.id if isinstance(found, Owner) else found.owner
            if self.caller.owner is None or (
                owner is not None and reaches(self.caller, owner, _resource_of(found))
            ):
                return found
        raise NotFound(f"There is no {kind} {id!r}.")


def _resource_of(thing: Owner | Resource | Token | Webhook | Attempt) -> ResourceId | None:
    """Return of which resource something is; most things are of an owner as a whole."""
    match thing:
        case Resource():
            return thing.id
        case Token() | Webhook():
            return thing.resource
        case _:
            return None
