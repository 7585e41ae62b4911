"""Forwarding, which the core does without telling the id of the copy."""

from __future__ import annotations

from vestnik.bot.objects.contact import ME
from vestnik.bot.objects.once import do_once
from vestnik.bot.objects.scope import Scope
from vestnik.chatmail.types import Message, MessageListItemMessage
from vestnik.ids import ChatId, MessageId

__all__ = ["forward_once"]

_LOOKED_AT = 50
"""How many of a chat's last messages are searched for the copy that a run before a crash sent."""


async def forward_once(scope: Scope, message_id: MessageId, chat_id: ChatId) -> None:
    """Forward a message, unless an earlier run of the same handling has."""
    core, account_id, key = scope.core, scope.account_id, scope.next_key()

    async def act() -> None:
        await core.forward_messages(account_id, [message_id], chat_id)

    async def was_done() -> bool:
        original = await core.get_message(account_id, message_id)
        items = await core.get_message_list_items(account_id, chat_id, False, False)
        ids = [item.msg_id for item in items if isinstance(item, MessageListItemMessage)]
        for copy_id in reversed(ids[-_LOOKED_AT:]):
            if _is_copy(await core.get_message(account_id, copy_id), original):
                return True
        return False

    await do_once(scope, key, act, was_done)


def _is_copy(message: Message, original: Message) -> bool:
    """Tell whether the account forwarded this one, after the original was there."""
    return (
        message.from_id == ME
        and message.is_forwarded
        and message.id > original.id
        and (message.text, message.file_name) == (original.text, original.file_name)
    )
