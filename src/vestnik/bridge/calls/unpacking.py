"""Keeps programs from making the core unpack apps or pictures that would fill its memory.

Which methods look into apps was measured on the core, for it does not say so: besides those of
apps, all that sum up a message in a line, and a line is what is quoted of a message without a text.
A picture may take half a gibibyte, the core's own bound: an account has one unpacked at a time.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING
from weakref import WeakValueDictionary

from vestnik.bridge.calls.problems import Problem, RpcCode
from vestnik.bridge.files.apps import is_harmless_app
from vestnik.bridge.files.uploads import Upload
from vestnik.chatmail.types import MessageLoadResultMessage, Viewtype
from vestnik.ids import AccountId, ChatId, MessageId

if TYPE_CHECKING:
    from vestnik.chatmail import Core

__all__ = ["OF_CHATS", "OF_MESSAGES", "Unpacking"]

OF_MESSAGES: Mapping[str, str] = MappingProxyType(
    {
        "forward_messages": "messageIds",
        "get_message_notification_info": "messageId",
        "get_message_summary_text": "messageId",
        "get_webxdc_blob": "instanceMsgId",
        "get_webxdc_info": "instanceMsgId",
        "misc_set_draft": "quotedMessageId",
    }
)
"""The methods that look into apps, and which parameter names the messages."""

OF_CHATS: Mapping[str, str] = MappingProxyType({"get_chatlist_items_by_entries": "entries"})
"""Those that sum up the last message of a chat, and which parameter names the chats."""

_ENDING = "xdc"


class Unpacking:
    """Looks at apps before the core does, and lets pictures in one by one.

    Args:
        core: Knows which files are apps.
    """

    def __init__(self, core: Core) -> None:
        self._core = core
        self._turns: WeakValueDictionary[AccountId, asyncio.Lock] = WeakValueDictionary()

    def turn(self, account: AccountId) -> asyncio.Lock:
        """Return what is held while a picture of an account is unpacked."""
        return self._turns.setdefault(account, asyncio.Lock())

    async def check_call(
        self, account: AccountId, method: str, given: Mapping[str, object]
    ) -> None:
        """Check the apps that a method would look into.

        Raises:
            Problem: One of them would do harm.
        """
        if (name := OF_MESSAGES.get(method)) is not None:
            messages = given[name]
            listed = messages if isinstance(messages, list) else [messages]
            await self._check(account, [one for one in listed if isinstance(one, int)])
        elif (name := OF_CHATS.get(method)) is not None:
            chats = given[name]
            assert isinstance(chats, list)
            for chat in chats:
                await self._check(account, await self._apps_in(account, chat))

    async def check_quoted(self, account: AccountId, quoted: MessageId | None) -> None:
        """Check the message that another one quotes.

        Raises:
            Problem: It is an app that would do harm.
        """
        if quoted is not None:
            await self._check(account, [quoted])

    async def check_upload(self, upload: Upload, *said: object) -> None:
        """Check a file that is to be sent, if it may be taken for an app.

        Args:
            said: What the program says that it is: its name, its kind.

        Raises:
            Problem: It would do harm.
        """
        names = [upload.name, *(str(one) for one in said if one)]
        if any(one.lower().endswith(_ENDING) for one in names):
            await _check_file(upload.path)

    async def _apps_in(self, account: AccountId, chat: ChatId) -> Sequence[MessageId]:
        return await self._core.get_chat_media(account, chat, Viewtype.WEBXDC)

    async def _check(self, account: AccountId, messages: Sequence[int]) -> None:
        ids = [MessageId(one) for one in messages]
        found = await self._core.get_messages(account, ids) if ids else {}
        for one in found.values():
            if not isinstance(one, MessageLoadResultMessage) or not one.file:
                continue
            if one.view_type is Viewtype.WEBXDC:
                await _check_file(Path(one.file))


async def _check_file(path: Path) -> None:
    if not await asyncio.to_thread(is_harmless_app, path):
        raise Problem(
            RpcCode.REFUSED,
            "The app is none that can be looked into safely: it is no plain archive, or unpacks to "
            "too much.",
        )
