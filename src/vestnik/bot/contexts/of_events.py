"""From an event of the core, which says little more than ids, to the context that it means.

What a context shows beyond the ids is fetched here, once.
"""

from __future__ import annotations

from vestnik.bot.contexts.base import Context
from vestnik.bot.contexts.calls import Call, CallStage
from vestnik.bot.contexts.changes import Deletion, Edit, Failure, Reaction
from vestnik.bot.contexts.of_messages import member_change_of, message_of
from vestnik.bot.contexts.people import Join
from vestnik.bot.contexts.places import LocationUpdate
from vestnik.bot.contexts.told_changes import is_news
from vestnik.bot.objects.contact import ME, Contact, ContactRef
from vestnik.bot.objects.message_ref import MessageRef
from vestnik.bot.objects.scope import Scope, Services
from vestnik.chatmail import Event, events

__all__ = [
    "call_of",
    "change_of",
    "deletion_of",
    "failure_of",
    "join_of",
    "location_of",
    "reaction_of",
]

JOINED = 1000
"""The progress of a SecureJoin that is done."""

_NOTICED = 13
"""The state of a message that came in without being news."""


async def change_of(event: Event, told: events.MsgsChanged, services: Services) -> Context | None:
    """A message was edited, or came in without being news, as when a member leaves."""
    if not told.msg_id:
        return None
    account_id = event.account_id
    raw = await services.core.get_message(account_id, told.msg_id)
    change: Context | None = None
    if raw.is_info:
        # Others were, or will be, told of by an IncomingMsg.
        if raw.from_id == ME or raw.state == _NOTICED:
            change = member_change_of(services, account_id, raw, event)
    elif raw.is_edited and raw.from_id != ME:
        message = message_of(services, account_id, raw, event)
        change = Edit(services, account_id, event, chat_id=raw.chat_id, message=message)
    if change is None or not await is_news(services, account_id, raw.id, raw.text):
        return None
    return change


async def deletion_of(event: Event, told: events.MsgDeleted, services: Services) -> Context:
    """A message is gone."""
    return Deletion(services, event.account_id, event, chat_id=told.chat_id, message_id=told.msg_id)


async def reaction_of(
    event: Event, told: events.ReactionsChanged, services: Services
) -> Context | None:
    """Somebody reacted, or took it back; in channels it may be unknown who."""
    if told.contact_id in (0, ME):
        return None
    scope = Scope(services, event.account_id)
    found = await scope.core.get_message_reactions(scope.account_id, told.msg_id)
    emoji = found.reactions_by_contact.get(told.contact_id, []) if found else []
    return Reaction(
        services,
        event.account_id,
        event,
        keys=scope.keys,
        chat_id=told.chat_id,
        sender=await ContactRef(scope, told.contact_id).fetch(),
        message=MessageRef(scope, told.msg_id, told.chat_id),
        emoji=" ".join(emoji),
    )


async def failure_of(event: Event, told: events.MsgFailed, services: Services) -> Context:
    """A message of the bot could not be delivered."""
    account_id = event.account_id
    raw = await services.core.get_message(account_id, told.msg_id)
    message = message_of(services, account_id, raw, event)
    error = raw.error or ""
    return Failure(services, account_id, event, chat_id=told.chat_id, message=message, error=error)


async def join_of(
    event: Event, told: events.SecurejoinInviterProgress, services: Services
) -> Context | None:
    """Somebody came by an invitation."""
    if told.progress != JOINED:
        return None
    scope = Scope(services, event.account_id)
    return Join(
        services,
        event.account_id,
        event,
        keys=scope.keys,
        chat_id=told.chat_id,
        sender=await ContactRef(scope, told.contact_id).fetch(),
        type=told.chat_type,
    )


CallEvent = (
    events.IncomingCall
    | events.IncomingCallAccepted
    | events.OutgoingCallAccepted
    | events.CallEnded
)


async def call_of(event: Event, told: CallEvent, services: Services) -> Context:
    """A call has come to another stage."""
    scope = Scope(services, event.account_id)
    raw = await scope.core.get_message(scope.account_id, told.msg_id)
    stage, offer, has_video = _stage(told)
    return Call(
        services,
        event.account_id,
        event,
        keys=scope.keys,
        chat_id=told.chat_id,
        stage=stage,
        message_id=told.msg_id,
        sender=Contact(scope, raw.from_id, raw.sender),
        offer=offer,
        has_video=has_video,
    )


def _stage(told: CallEvent) -> tuple[CallStage, str, bool]:
    match told:
        case events.IncomingCall():
            return CallStage.RINGING, told.place_call_info, told.has_video
        case events.IncomingCallAccepted():
            return CallStage.TAKEN, "", False
        case events.OutgoingCallAccepted():
            return CallStage.ANSWERED, told.accept_call_info, False
        case events.CallEnded():
            return CallStage.ENDED, "", False


async def location_of(
    event: Event, told: events.LocationChanged, services: Services
) -> Context | None:
    """Somebody is at another place."""
    if told.contact_id == ME:
        return None
    scope = Scope(services, event.account_id)
    contact = ContactRef(scope, told.contact_id) if told.contact_id else None
    return LocationUpdate(services, event.account_id, event, keys=scope.keys, contact=contact)
