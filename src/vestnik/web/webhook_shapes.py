"""The shapes of what is said over HTTP about webhooks; no secret is shown but a new one."""

from __future__ import annotations

from typing import Annotated

import msgspec
from msgspec import UNSET, Meta, UnsetType

from vestnik.gateway import AddressFamily, Attempt, Webhook
from vestnik.ids import DeliveryId, OwnerId, ResourceId, WebhookId
from vestnik.web.asked import LARGEST, Asked, Limit

__all__ = [
    "AttemptList",
    "AttemptQuery",
    "IssuedWebhookView",
    "NewWebhook",
    "NewWebhookToken",
    "WebhookList",
    "WebhookPatch",
    "WebhookView",
    "webhook_view",
]

Url = Annotated[str, Meta(min_length=1, max_length=2048)]
Headers = Annotated[dict[str, str], Meta(max_length=10)]

MASK = "***"
"""What stands for a secret that is there but is not shown."""


class NewWebhook(Asked, frozen=True):
    """A webhook to be.

    Attributes:
        owner: Whose it will be; the token's own owner if left out.
        resource: Only for this one; all of the owner's if left out.
        token: What requests carry as X-Boticord-Token; one is made if none is given.
    """

    url: Url
    owner: OwnerId | None = None
    resource: ResourceId | None = None
    token: Annotated[str, Meta(min_length=1, max_length=1024)] | None = None
    headers: Headers = msgspec.field(default_factory=dict)
    signed: bool = False
    family: AddressFamily = AddressFamily.ANY
    retries: bool = False
    enabled: bool = True


class WebhookPatch(Asked, frozen=True):
    """What is to be another way; what is left out stays.

    Attributes:
        headers: Sent with every request; all of them, as they replace the old ones.
        signed: Whether requests carry a signature by Standard Webhooks.
        family: By which kind of address it is reached.
        retries: Whether a failed attempt is made again.
    """

    url: Url | UnsetType = UNSET
    headers: Headers | UnsetType = UNSET
    signed: bool | UnsetType = UNSET
    family: AddressFamily | UnsetType = UNSET
    retries: bool | UnsetType = UNSET
    enabled: bool | UnsetType = UNSET


class NewWebhookToken(Asked, frozen=True):
    """What requests shall carry as X-Boticord-Token; one is made if none is given."""

    token: Annotated[str, Meta(min_length=1, max_length=1024)] | None = None


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


class AttemptQuery(Asked, frozen=True):
    """A part of a webhook's deliveries, the newest first."""

    before: Annotated[int, Meta(ge=1, le=LARGEST)] | UnsetType = UNSET
    limit: Limit = 100


class AttemptList(msgspec.Struct, frozen=True):
    """Some deliveries, the newest first; `next` is what to ask before for more."""

    items: list[Attempt]
    next: DeliveryId | None


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
