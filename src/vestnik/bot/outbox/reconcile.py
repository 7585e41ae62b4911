"""Finding out, after a crash, whether the core has taken a message.

The core gives messages ids that only grow, so what a message became has a greater id than any that
was known when it was given away. Among those, which may also be the author's, its text tells which
it is: the core keeps texts to the letter, but not the names of files.

The core writes down a message first and then that it is to be sent. If it dies in between, the
message is there and never goes; so one that is not yet sent is given to it once more, as the same
message, which receivers keep only once.
"""

from __future__ import annotations

from vestnik.bot.outbox.queue import Doubt
from vestnik.chatmail import Core
from vestnik.chatmail.types import (
    MessageData,
    MessageListItemMessage,
    MessageLoadResultMessage,
    MessageQuoteWithMessage,
)
from vestnik.ids import AccountId, ChatId, ContactId, MessageId

__all__ = ["find_sent", "last_message"]

PENDING = 20
"""The state of a message that is not sent yet, whether or not it ever will be."""

SELF = ContactId(1)
LOADED_TOGETHER = 100


async def find_sent(
    core: Core, account_id: AccountId, chat_id: ChatId, doubt: Doubt
) -> MessageId | None:
    """Return the message that came of what was given to the core; ``None`` if none did.

    The message that is returned is on its way.
    """
    ids = [
        message_id
        for message_id in await _message_ids(core, account_id, chat_id)
        if message_id > doubt.floor
    ]
    for start in range(0, len(ids), LOADED_TOGETHER):
        loaded = await core.get_messages(account_id, ids[start : start + LOADED_TOGETHER])
        for message in loaded.values():
            if isinstance(message, MessageLoadResultMessage) and _is(message, doubt.data):
                if message.state == PENDING:
                    await core.resend_messages(account_id, [message.id])
                return message.id
    return None


async def last_message(core: Core, account_id: AccountId, chat_id: ChatId) -> MessageId:
    """Return the greatest id of a message of a chat, 0 if there is none."""
    return max(await _message_ids(core, account_id, chat_id), default=MessageId(0))


async def _message_ids(core: Core, account_id: AccountId, chat_id: ChatId) -> list[MessageId]:
    items = await core.get_message_list_items(account_id, chat_id, False, False)
    return sorted(item.msg_id for item in items if isinstance(item, MessageListItemMessage))


def _is(message: MessageLoadResultMessage, data: MessageData) -> bool:
    return (
        message.from_id == SELF
        and not message.is_info
        and message.text == (data.text or "")
        and (message.file_name is not None) == (data.file is not None)
        and message.has_html == (data.html is not None)
        and message.override_sender_name == data.override_sender_name
        and _has_quote(message, data)
    )


def _has_quote(message: MessageLoadResultMessage, data: MessageData) -> bool:
    quote = message.quote
    if data.quoted_message_id is None or not isinstance(quote, MessageQuoteWithMessage):
        # Of a message that is deleted meanwhile only the text is known.
        quoted = data.quoted_message_id is not None or data.quoted_text is not None
        return (quote is not None) == quoted
    return quote.message_id == data.quoted_message_id
