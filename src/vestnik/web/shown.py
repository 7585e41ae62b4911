"""What the REST API gives: the shapes of answers, without any secret."""

from __future__ import annotations

from typing import Annotated

import msgspec
from msgspec import Meta

from vestnik.gateway import AddressFamily, Attempt, Owner, Resource, Scope, Token, Webhook
from vestnik.ids import DeliveryId, OwnerId, ResourceId, TokenId, WebhookId

__all__ = [
    "Accepted",
    "AttemptList",
    "ErrorBody",
    "ErrorDetail",
    "IssuedTokenView",
    "IssuedWebhookView",
    "MeView",
    "NotificationList",
    "NotificationView",
    "NotifyTypeList",
    "NotifyTypeView",
    "OwnerList",
    "PayloadField",
    "ResourceList",
    "TokenList",
    "TokenView",
    "UpdateList",
    "WebhookList",
    "WebhookView",
    "token_view",
    "webhook_view",
]

MASK = "***"
"""What stands for a secret that is there but is not shown."""


class Accepted(msgspec.Struct, frozen=True):
    """What became of notifications: stored to be told, or for nobody, or known already."""

    accepted: int
    muted: int
    repeat: bool


class NotificationView(msgspec.Struct, frozen=True):
    """A stored notification.

    Attributes:
        data: The same object as in a `notify` message and in a webhook, in the owner's dialect.
    """

    offset: int
    data: Annotated[msgspec.Raw, Meta(extra_json_schema={"type": "object"})]


class NotificationList(msgspec.Struct, frozen=True):
    """A part of an owner's stream; to a token for one resource, of what happened to that.

    Attributes:
        end: Where the stream ends now.
        next: What to ask after for more; up to it everything is here that the token may see.
        floor: What came up to this offset is no longer kept.
        recovered: Whether everything that came after the asked place is there; otherwise the
            list begins as early as it can.
    """

    epoch: str
    end: int
    next: int
    floor: int
    recovered: bool
    items: list[NotificationView]


class UpdateList(msgspec.Struct, frozen=True):
    """What has come in a stream; to a token for one resource, of what happened to that.

    Attributes:
        next: What to ask after the next time, together with `epoch`.
        recovered: Whether everything that came after the asked place is here, or comes next;
            otherwise the list begins as early as it can.
    """

    epoch: str
    next: int
    recovered: bool
    items: list[NotificationView]


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


class WebhookView(msgspec.Struct, frozen=True, kw_only=True):
    """A webhook, without its secrets.

    Attributes:
        headers: Names of the owner's own headers; the values are not shown.
        failing_since: When its present row of failures began.
        disabled_since: When it was switched off for failing too long.
    """

    id: WebhookId
    owner: OwnerId
    resource: ResourceId | None
    url: str
    headers: dict[str, str]
    signed: bool
    family: AddressFamily
    retries: bool
    enabled: bool
    failing_since: int | None
    disabled_since: int | None
    created: int


class IssuedWebhookView(msgspec.Struct, frozen=True):
    """A webhook, with those of its secrets that are new; they are never shown again."""

    webhook: WebhookView
    token: str | None
    signing_secret: str | None


class WebhookList(msgspec.Struct, frozen=True):
    """All webhooks of an owner."""

    items: list[WebhookView]


class AttemptList(msgspec.Struct, frozen=True):
    """Some deliveries, the newest first; `next` is what to ask before for more."""

    items: list[Attempt]
    next: DeliveryId | None


class PayloadField(msgspec.Struct, frozen=True):
    """A field of a payload."""

    name: str
    meaning: str


class NotifyTypeView(msgspec.Struct, frozen=True):
    """A notify type that has a name."""

    number: int
    name: str
    meaning: str
    payload: list[PayloadField]


class NotifyTypeList(msgspec.Struct, frozen=True):
    """All notify types that have a name; other numbers are welcome."""

    items: list[NotifyTypeView]


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


def webhook_view(webhook: Webhook) -> WebhookView:
    """Show a webhook without its secrets."""
    return WebhookView(
        id=webhook.id,
        owner=webhook.owner,
        resource=webhook.resource,
        url=webhook.url,
        headers={name: MASK for name, _ in webhook.headers},
        signed=webhook.signing_secret is not None,
        family=webhook.family,
        retries=webhook.retries,
        enabled=webhook.enabled,
        failing_since=webhook.failing_since,
        disabled_since=webhook.disabled_since,
        created=webhook.created,
    )
