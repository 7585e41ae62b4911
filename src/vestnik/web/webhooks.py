"""Webhooks and their deliveries over HTTP."""

from __future__ import annotations

from msgspec import UNSET

from vestnik.gateway import Attempt, IssuedWebhook, WebhookChange
from vestnik.ids import DeliveryId
from vestnik.web.asked import Nothing, OwnerQuery
from vestnik.web.call import Call
from vestnik.web.settings import given
from vestnik.web.webhook_shapes import (
    AttemptList,
    AttemptQuery,
    IssuedWebhookView,
    NewWebhook,
    NewWebhookToken,
    WebhookList,
    WebhookPatch,
    WebhookView,
    webhook_view,
)

__all__ = [
    "change_webhook",
    "create_webhook",
    "delete_webhook",
    "enable_webhook",
    "list_attempts",
    "list_webhooks",
    "read_attempt",
    "read_webhook",
    "regenerate_webhook_token",
    "resend_delivery",
    "test_webhook",
]


async def list_webhooks(call: Call, asked: OwnerQuery) -> WebhookList:
    webhooks = call.gateway.roster.webhooks_of(call.some_owner(asked.owner))
    return WebhookList([webhook_view(webhook) for webhook in webhooks])


async def create_webhook(call: Call, asked: NewWebhook) -> IssuedWebhookView:
    settings = WebhookChange(
        url=asked.url,
        headers=tuple(asked.headers.items()),
        signed=asked.signed,
        family=asked.family,
        retries=asked.retries,
        enabled=asked.enabled,
    )
    return _shown(
        await call.gateway.administration.webhooks.create(
            call.some_owner(asked.owner), settings, resource=asked.resource, token=asked.token
        )
    )


async def read_webhook(call: Call, asked: Nothing) -> WebhookView:
    return webhook_view(call.webhook())


async def change_webhook(call: Call, asked: WebhookPatch) -> IssuedWebhookView:
    headers = given(asked.headers)
    settings = WebhookChange(
        url=given(asked.url),
        headers=None if headers is None else tuple(headers.items()),
        signed=given(asked.signed),
        family=given(asked.family),
        retries=given(asked.retries),
        enabled=given(asked.enabled),
    )
    webhooks = call.gateway.administration.webhooks
    return _shown(await webhooks.change(call.webhook().id, settings))


async def delete_webhook(call: Call, asked: Nothing) -> None:
    await call.gateway.administration.webhooks.delete(call.webhook().id)


async def enable_webhook(call: Call, asked: Nothing) -> WebhookView:
    webhooks = call.gateway.administration.webhooks
    return webhook_view(await webhooks.enable(call.webhook().id))


async def regenerate_webhook_token(call: Call, asked: NewWebhookToken) -> IssuedWebhookView:
    webhooks = call.gateway.administration.webhooks
    return _shown(await webhooks.regenerate_token(call.webhook().id, asked.token))


async def test_webhook(call: Call, asked: Nothing) -> Attempt:
    by = str(call.caller.owner or "operator")
    return await call.gateway.deliveries.test(call.webhook().id, by=by)


async def list_attempts(call: Call, asked: AttemptQuery) -> AttemptList:
    before = None if asked.before is UNSET else DeliveryId(asked.before)
    # One more than is shown tells whether there is more.
    found = await call.gateway.attempts.latest(call.webhook().id, asked.limit + 1, before)
    shown = list(found[: asked.limit])
    return AttemptList(shown, shown[-1].id if len(found) > len(shown) else None)


async def read_attempt(call: Call, asked: Nothing) -> Attempt:
    return await call.attempt()


async def resend_delivery(call: Call, asked: Nothing) -> Attempt:
    return await call.gateway.deliveries.resend((await call.attempt()).id)


def _shown(issued: IssuedWebhook) -> IssuedWebhookView:
    return IssuedWebhookView(webhook_view(issued.webhook), issued.token, issued.signing_secret)
