"""Records as tests need them."""

from __future__ import annotations

from vestnik.gateway import Owner, Resource, Scope, Token, Webhook, digest_of
from vestnik.ids import OwnerId, ResourceId, TokenId, WebhookId
from vestnik.wire import Notification

__all__ = ["about", "operator", "owner", "resource", "token", "webhook"]


def owner(id: str = "anna") -> Owner:
    return Owner(id=OwnerId(id), name=id, created=0)


def resource(id: str = "bot", of: str = "anna", *, notify: bool = True) -> Resource:
    return Resource(id=ResourceId(id), owner=OwnerId(of), name=id, notify=notify, created=0)


def token(
    secret: str = "secret",
    of: str | None = "anna",
    id: str = "tok",
    resource: str | None = None,
) -> Token:
    return Token(
        id=TokenId(id),
        owner=None if of is None else OwnerId(of),
        resource=None if resource is None else ResourceId(resource),
        scopes=frozenset(Scope),
        digest=digest_of(secret),
        created=0,
    )


def operator() -> Token:
    return token("operator", None, "tok_operator")


def webhook(
    id: str = "hook",
    of: str = "anna",
    resource: str | None = None,
    *,
    enabled: bool = True,
    disabled_since: int | None = None,
) -> Webhook:
    return Webhook(
        id=WebhookId(id),
        owner=OwnerId(of),
        resource=None if resource is None else ResourceId(resource),
        url="https://hook.example/",
        token="sealed",
        enabled=enabled,
        disabled_since=disabled_since,
        created=0,
    )


def about(resource: str = "bot", type: int = 1) -> Notification:
    return Notification(type, ResourceId(resource), resource, "", 0)
