"""From what the core tells to what a handler is given."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Set
from typing import Any, NamedTuple

from vestnik.bot.contexts import (
    Call,
    Context,
    Deletion,
    Edit,
    Failure,
    Join,
    LocationUpdate,
    MemberChange,
    Message,
    RawEvent,
    Reaction,
    WebxdcNotification,
    WebxdcUpdate,
    of_app_events,
    of_events,
)
from vestnik.bot.contexts.of_messages import context_of_raw
from vestnik.bot.objects import Services
from vestnik.chatmail import Event, events
from vestnik.errors import CallFailed
from vestnik.ids import AccountId, MessageId

__all__ = ["context_of", "context_of_message", "kinds_of"]


class _Translation(NamedTuple):
    """How the events of a kind are translated, and which contexts may come of them."""

    make: Callable[[Event, Any, Services], Awaitable[Context | None]]
    kinds: frozenset[type[Context]]


def _translation(
    make: Callable[[Event, Any, Services], Awaitable[Context | None]], *kinds: type[Context]
) -> _Translation:
    return _Translation(make, frozenset(kinds))


_CALL = _translation(of_events.call_of, Call)
_TRANSLATIONS: dict[type[object], _Translation] = {
    # Not IncomingMsg: what came in may have been missed, and is asked for by `context_of_message`.
    events.MsgsChanged: _translation(of_events.change_of, Edit, MemberChange),
    events.MsgDeleted: _translation(of_events.deletion_of, Deletion),
    # Not IncomingReaction: it tells neither of what is taken back nor of others' messages.
    events.ReactionsChanged: _translation(of_events.reaction_of, Reaction),
    events.MsgFailed: _translation(of_events.failure_of, Failure),
    events.SecurejoinInviterProgress: _translation(of_events.join_of, Join),
    events.IncomingCall: _CALL,
    events.IncomingCallAccepted: _CALL,
    events.OutgoingCallAccepted: _CALL,
    events.CallEnded: _CALL,
    events.WebxdcStatusUpdate: _translation(of_app_events.update_of, WebxdcUpdate),
    events.IncomingWebxdcNotify: _translation(of_app_events.notification_of, WebxdcNotification),
    events.LocationChanged: _translation(of_events.location_of, LocationUpdate),
}


def kinds_of(event: Event) -> frozenset[type[Context]]:
    """Tell which contexts an event may mean, besides the `RawEvent` that every event is."""
    translation = _TRANSLATIONS.get(type(event.payload))
    return translation.kinds if translation else frozenset()


async def context_of(
    event: Event, services: Services, *, wanted: Set[type[Context]] | None = None
) -> Context | None:
    """Make the context of an event other than the arrival of a message.

    Args:
        event: What the core told.
        services: The bot's core and memory.
        wanted: The contexts that anybody listens to; for others the core is asked nothing.

    Returns:
        The context; a `RawEvent` if the event means none, or none that is wanted; ``None`` if
        what it is about is gone.
    """
    raw_event = RawEvent(services, event.account_id, event)
    translation = _TRANSLATIONS.get(type(event.payload))
    if translation is None or (wanted is not None and not wanted & translation.kinds):
        return raw_event
    try:
        return await translation.make(event, event.payload, services) or raw_event
    except CallFailed:
        # Others may delete their messages at any time, also between an event and this question.
        return None


async def context_of_message(
    services: Services, account_id: AccountId, message_id: MessageId
) -> Message | MemberChange | None:
    """Make the context of a message that came in, whether or not an event told of it.

    It is the cause of all that is sent while it is handled.

    Returns:
        The message; a `MemberChange` if it tells of one; ``None`` if it is gone, or tells of
        anything else that nobody wrote.

    Raises:
        CallFailed: It is there, but the core could not give it.
    """
    core = services.core
    try:
        raw = await core.get_message(account_id, message_id)
    except CallFailed:
        if await core.get_existing_msg_ids(account_id, [message_id]):
            raise
        return None
    return context_of_raw(services, account_id, raw)
