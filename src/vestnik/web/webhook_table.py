"""The operations of the REST API that are about webhooks and what was sent to them."""

from __future__ import annotations

from vestnik.gateway import Attempt
from vestnik.web import webhooks
from vestnik.web.asked import Nothing, OwnerQuery
from vestnik.web.operations import Operation, operation
from vestnik.web.webhook_shapes import (
    AttemptList,
    AttemptQuery,
    IssuedWebhookView,
    NewWebhook,
    NewWebhookToken,
    WebhookList,
    WebhookPatch,
    WebhookView,
)

__all__ = ["DELIVERIES", "WEBHOOKS"]

WEBHOOKS: tuple[Operation, ...] = (
    operation(
        "GET",
        "/webhooks",
        webhooks.list_webhooks,
        "List an owner's webhooks.",
        asks=OwnerQuery,
        gives=WebhookList,
        errors=(404, 422),
    ),
    operation(
        "POST",
        "/webhooks",
        webhooks.create_webhook,
        "Add a webhook; its secrets are shown once, in this answer.",
        asks=NewWebhook,
        gives=IssuedWebhookView,
        status=201,
        errors=(404,),
    ),
    operation(
        "GET",
        "/webhooks/{webhook}",
        webhooks.read_webhook,
        "Show a webhook, without its secrets.",
        asks=Nothing,
        gives=WebhookView,
    ),
    operation(
        "PATCH",
        "/webhooks/{webhook}",
        webhooks.change_webhook,
        "Change a webhook; a secret that is new is shown once, in this answer.",
        asks=WebhookPatch,
        gives=IssuedWebhookView,
    ),
    operation(
        "DELETE",
        "/webhooks/{webhook}",
        webhooks.delete_webhook,
        "Forget a webhook.",
        asks=Nothing,
        gives=type(None),
        status=204,
    ),
    operation(
        "POST",
        "/webhooks/{webhook}/test",
        webhooks.test_webhook,
        "Send a test notification (type 0) and show what came back.",
        asks=Nothing,
        gives=Attempt,
    ),
    operation(
        "POST",
        "/webhooks/{webhook}/enable",
        webhooks.enable_webhook,
        "Switch a webhook on again that was switched off.",
        asks=Nothing,
        gives=WebhookView,
    ),
    operation(
        "POST",
        "/webhooks/{webhook}/token",
        webhooks.regenerate_webhook_token,
        "Replace what requests carry as X-Boticord-Token.",
        asks=NewWebhookToken,
        gives=IssuedWebhookView,
    ),
)

DELIVERIES: tuple[Operation, ...] = (
    operation(
        "GET",
        "/webhooks/{webhook}/deliveries",
        webhooks.list_attempts,
        "List what was sent to a webhook, the newest first.",
        asks=AttemptQuery,
        gives=AttemptList,
    ),
    operation(
        "GET",
        "/deliveries/{delivery}",
        webhooks.read_attempt,
        "Show what became of one attempt.",
        asks=Nothing,
        gives=Attempt,
    ),
    operation(
        "POST",
        "/deliveries/{delivery}/resend",
        webhooks.resend_delivery,
        "Send a notification to its webhook once more.",
        asks=Nothing,
        gives=Attempt,
    ),
)
