"""Asks the core for the message that a program is to be told of."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import NamedTuple

from vestnik.bridge.files.apps import is_harmless_app
from vestnik.chatmail import Core
from vestnik.chatmail.types import BasicChat, Message, Viewtype, WebxdcMessageInfo
from vestnik.errors import CallFailed
from vestnik.ids import AccountId, ChatId, MessageId

__all__ = ["Loaded", "load", "load_edited"]


class Loaded(NamedTuple):
    """A message with what belongs to it."""

    message: Message
    chat: BasicChat
    webxdc: WebxdcMessageInfo | None


async def load(
    core: Core, account_id: AccountId, chat_id: ChatId, message_id: MessageId
) -> Loaded | None:
    """Load a message and its chat, both at once; ``None`` if it is gone.

    Raises:
        CallFailed: It is there, but the core could not give it.
    """
    # Both are waited for in any case: nothing runs on when one of them has failed.
    message, chat = await asyncio.gather(
        core.get_message(account_id, message_id),
        core.get_basic_chat_info(account_id, chat_id),
        return_exceptions=True,
    )
    if not isinstance(message, BaseException) and not isinstance(chat, BaseException):
        return Loaded(message, chat, await _webxdc(core, account_id, message))
    problem = message if isinstance(message, BaseException) else chat
    assert isinstance(problem, BaseException)
    if not isinstance(problem, CallFailed):
        raise problem
    if await core.get_existing_msg_ids(account_id, [message_id]):
        raise problem
    return None


async def load_edited(core: Core, account_id: AccountId, message_id: MessageId) -> Loaded | None:
    """Load a message that was edited; ``None`` if it was not, as nearly always, or is gone."""
    try:
        message = await core.get_message(account_id, message_id)
        if not message.is_edited:
            return None
        chat = await core.get_basic_chat_info(account_id, message.chat_id)
    except CallFailed:
        return None
    return Loaded(message, chat, await _webxdc(core, account_id, message))


async def _webxdc(core: Core, account_id: AccountId, message: Message) -> WebxdcMessageInfo | None:
    if message.view_type is not Viewtype.WEBXDC or not message.file:
        return None
    # Everybody may send one that would end the core, and end it again whenever it is asked for.
    if not await asyncio.to_thread(is_harmless_app, Path(message.file)):
        return None
    try:
        return await core.get_webxdc_info(account_id, message.id)
    except CallFailed:
        return None  # it only looks like an app
