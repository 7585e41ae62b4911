"""From a message of the core to the context that it is."""

from __future__ import annotations

from vestnik.bot.contexts.message import Message
from vestnik.bot.contexts.people import MemberChange, Membership
from vestnik.bot.objects.contact import Contact, ContactRef
from vestnik.bot.objects.scope import Keys, Scope, Services
from vestnik.chatmail import Event, types
from vestnik.chatmail.types import SystemMessageType, Viewtype
from vestnik.ids import AccountId, MessageId

__all__ = ["context_of_raw", "member_change_of", "message_of"]

_MEMBERSHIP = {
    SystemMessageType.MEMBER_ADDED_TO_GROUP: Membership.ADDED,
    SystemMessageType.MEMBER_REMOVED_FROM_GROUP: Membership.REMOVED,
}


def context_of_raw(
    services: Services, account_id: AccountId, raw: types.Message
) -> Message | MemberChange | None:
    """Make the context of a message that came in, which is its cause.

    Returns:
        The message; a `MemberChange` if it tells of one; ``None`` if it tells of anything else
        that nobody wrote, such as a call.
    """
    if raw.is_info:
        return member_change_of(services, account_id, raw, cause=raw.id)
    if raw.view_type is Viewtype.CALL:
        return None
    return message_of(services, account_id, raw, cause=raw.id)


def message_of(
    services: Services,
    account_id: AccountId,
    raw: types.Message,
    event: Event | None = None,
    cause: MessageId | None = None,
    keys: Keys | None = None,
) -> Message:
    """Make a message."""
    return Message(services, account_id, event, cause, keys, chat_id=raw.chat_id, raw=raw)


def member_change_of(
    services: Services,
    account_id: AccountId,
    raw: types.Message,
    event: Event | None = None,
    cause: MessageId | None = None,
) -> MemberChange | None:
    """Read from an info message who came or went; ``None`` if it tells of something else."""
    change = _MEMBERSHIP.get(raw.system_message_type)
    if change is None or not raw.info_contact_id:
        return None
    if change is Membership.REMOVED and raw.info_contact_id == raw.from_id:
        change = Membership.LEFT
    scope = Scope(services, account_id, Keys.of(account_id, cause))
    return MemberChange(
        services,
        account_id,
        event,
        cause,
        scope.keys,
        chat_id=raw.chat_id,
        change=change,
        member=ContactRef(scope, raw.info_contact_id),
        sender=Contact(scope, raw.from_id, raw.sender),
        message_id=raw.id,
    )
