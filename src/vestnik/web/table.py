"""All operations of the REST API."""

from __future__ import annotations

from vestnik.gateway import Attempt, Owner, Resource, Scope
from vestnik.web import notifications, settings, webhooks
from vestnik.web.asked import (
    AttemptQuery,
    ListQuery,
    NewNotification,
    NewNotifications,
    NewOwner,
    NewResource,
    NewToken,
    NewWebhook,
    NewWebhookToken,
    Nothing,
    NotificationQuery,
    OwnerChange,
    OwnerQuery,
    PageQuery,
    ResourceChange,
    WebhookPatch,
)
from vestnik.web.operations import Operation, operation
from vestnik.web.shown import (
    Accepted,
    AttemptList,
    IssuedTokenView,
    IssuedWebhookView,
    MeView,
    NotificationList,
    NotifyTypeList,
    OwnerList,
    ResourceList,
    TokenList,
    TokenView,
    WebhookList,
    WebhookView,
)

__all__ = ["OPERATIONS"]

_NOTIFICATIONS: tuple[Operation, ...] = (
    operation(
        "POST",
        "/notifications",
        notifications.publish_notifications,
        "Put one notification or several in; they are stored when the answer comes.",
        asks=tuple[NewNotification, ...],
        bodies=(NewNotification, NewNotifications),
        decode=notifications.decode_notifications,
        gives=Accepted,
        scope=Scope.PUBLISH,
        status=202,
        errors=(404,),
    ),
    operation(
        "GET",
        "/notifications",
        notifications.list_notifications,
        "Read an owner's notifications again, from a position on.",
        asks=NotificationQuery,
        gives=NotificationList,
        scope=Scope.NOTIFY,
        errors=(404, 422),
    ),
    operation(
        "GET",
        "/notify-types",
        notifications.list_notify_types,
        "List the notify types that have a name; other numbers are welcome.",
        asks=Nothing,
        gives=NotifyTypeList,
        is_public=True,
    ),
)

_PEOPLE: tuple[Operation, ...] = (
    operation(
        "GET",
        "/me",
        settings.read_me,
        "Tell whose the token is and what it is good for.",
        asks=Nothing,
        gives=MeView,
        scope=None,
    ),
    operation(
        "GET",
        "/owners",
        settings.list_owners,
        "List owners.",
        asks=PageQuery,
        gives=OwnerList,
        is_operators=True,
    ),
    operation(
        "POST",
        "/owners",
        settings.create_owner,
        "Add an owner.",
        asks=NewOwner,
        gives=Owner,
        is_operators=True,
        status=201,
        errors=(409,),
    ),
    operation(
        "GET", "/owners/{owner}", settings.read_owner, "Show an owner.", asks=Nothing, gives=Owner
    ),
    operation(
        "PATCH",
        "/owners/{owner}",
        settings.change_owner,
        "Change an owner's name or dialect.",
        asks=OwnerChange,
        gives=Owner,
    ),
    operation(
        "DELETE",
        "/owners/{owner}",
        settings.delete_owner,
        "Forget an owner with everything.",
        asks=Nothing,
        gives=type(None),
        is_operators=True,
        status=204,
    ),
)

_RESOURCES: tuple[Operation, ...] = (
    operation(
        "GET",
        "/resources",
        settings.list_resources,
        "List an owner's resources.",
        asks=ListQuery,
        gives=ResourceList,
        errors=(404, 422),
    ),
    operation(
        "POST",
        "/resources",
        settings.create_resource,
        "Add a resource; only the operator chooses its id.",
        asks=NewResource,
        gives=Resource,
        status=201,
        errors=(404, 409),
    ),
    operation(
        "GET",
        "/resources/{resource}",
        settings.read_resource,
        "Show a resource.",
        asks=Nothing,
        gives=Resource,
    ),
    operation(
        "PATCH",
        "/resources/{resource}",
        settings.change_resource,
        "Rename a resource, or switch its notifications on or off.",
        asks=ResourceChange,
        gives=Resource,
    ),
    operation(
        "DELETE",
        "/resources/{resource}",
        settings.delete_resource,
        "Forget a resource and the webhooks that are only for it.",
        asks=Nothing,
        gives=type(None),
        status=204,
    ),
)

_TOKENS: tuple[Operation, ...] = (
    operation(
        "GET",
        "/tokens",
        settings.list_tokens,
        "List tokens, without the tokens themselves.",
        asks=OwnerQuery,
        gives=TokenList,
        errors=(404,),
    ),
    operation(
        "POST",
        "/tokens",
        settings.create_token,
        "Make a token; it is shown once, in this answer.",
        asks=NewToken,
        gives=IssuedTokenView,
        status=201,
        errors=(404,),
    ),
    operation(
        "GET",
        "/tokens/{token}",
        settings.read_token,
        "Show what is known of a token.",
        asks=Nothing,
        gives=TokenView,
    ),
    operation(
        "POST",
        "/tokens/{token}/regenerate",
        settings.regenerate_token,
        "Replace a token by a new one at once; its connections are dropped.",
        asks=Nothing,
        gives=IssuedTokenView,
    ),
    operation(
        "DELETE",
        "/tokens/{token}",
        settings.delete_token,
        "Forget a token; its connections are dropped.",
        asks=Nothing,
        gives=type(None),
        status=204,
    ),
)

_WEBHOOKS: tuple[Operation, ...] = (
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

_DELIVERIES: tuple[Operation, ...] = (
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

OPERATIONS: tuple[Operation, ...] = (
    *_NOTIFICATIONS,
    *_PEOPLE,
    *_RESOURCES,
    *_TOKENS,
    *_WEBHOOKS,
    *_DELIVERIES,
)
"""In the order in which requests are matched; what has to be fast stands first."""
