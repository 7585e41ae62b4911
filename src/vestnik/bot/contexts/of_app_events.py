"""From an event of the core about a webxdc app to the context that it means."""

from __future__ import annotations

from vestnik.bot.contexts.apps import WebxdcNotification, WebxdcUpdate
from vestnik.bot.contexts.base import Context
from vestnik.bot.contexts.of_messages import message_of
from vestnik.bot.objects.contact import ContactRef
from vestnik.bot.objects.scope import Scope, Services
from vestnik.chatmail import Event, events
from vestnik.chatmail.types import Viewtype
from vestnik.ids import MessageId

__all__ = ["notification_of", "update_of"]


async def update_of(
    event: Event, told: events.WebxdcStatusUpdate, services: Services
) -> Context | None:
    """An app has new updates, unless all of them are the bot's own."""
    raw = await services.core.get_message(event.account_id, told.msg_id)
    message = message_of(services, event.account_id, raw, event)
    updates = await message.webxdc.unhandled()
    if not updates:
        return None
    return WebxdcUpdate(
        services,
        event.account_id,
        event,
        keys=message.keys,
        chat_id=raw.chat_id,
        message=message,
        updates=tuple(updates),
    )


async def notification_of(
    event: Event, told: events.IncomingWebxdcNotify, services: Services
) -> Context:
    """An app wants attention."""
    scope = Scope(services, event.account_id)
    return WebxdcNotification(
        services,
        event.account_id,
        event,
        keys=scope.keys,
        chat_id=told.chat_id,
        sender=await ContactRef(scope, told.contact_id).fetch(),
        text=told.text,
        href=told.href,
        webxdc_id=await _app_behind(scope, told.msg_id),
    )


async def _app_behind(scope: Scope, message_id: MessageId) -> MessageId:
    """Find the app of a notification: the core names the info message that came with it, if any."""
    raw = await scope.core.get_message(scope.account_id, message_id)
    if raw.view_type is Viewtype.WEBXDC or raw.parent_id is None:
        return message_id
    return raw.parent_id
