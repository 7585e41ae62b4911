"""A tested bot on the real core, and people who write to it by a relay in this process.

A message has another id in each account; all of them know it by its Message-ID.
"""

from __future__ import annotations

from contextlib import AsyncExitStack
from pathlib import Path

from vestnik.bot.objects.contact import ME
from vestnik.chatmail import Core
from vestnik.chatmail.types import MessageListItemMessage, MessageLoadResultMessage
from vestnik.ids import AccountId, ChatId, MessageId
from vestnik.relay import Relay
from vestnik.testing.live import LiveAccount, add_live_account
from vestnik.testing.stage.real_actor import RealActor, mail_name
from vestnik.testing.stage.stage import Stage

__all__ = ["RealStage"]

FAILED = 24
"""The state of a message that will never arrive."""


class RealStage(Stage):
    """A bot's account on a core, and other cores for those who write to it.

    Args:
        relay: Where all of them have their mailboxes.
        core: The bot's core.
        peoples_core: The core of the others.
        directory: Where the bot keeps its memory.
        running: Ends what is begun here.
    """

    def __init__(
        self,
        relay: Relay,
        core: Core,
        peoples_core: Core,
        directory: Path,
        running: AsyncExitStack,
    ) -> None:
        super().__init__(directory)
        self.core = core
        self.peoples_core = peoples_core
        self.relay = relay
        self.address = ""
        self.sent: dict[str, MessageId] = {}
        self.running = running

    async def log_in(self) -> None:
        """Give the bot its account."""
        account: LiveAccount = await add_live_account(self.core, self.relay, bot=True, name="Bot")
        await self.core.stop_io(account.id)
        self.account_id, self.address = account.id, account.address

    async def name_message(self, account_id: AccountId, message_id: MessageId) -> str:
        """Name a message by its Message-ID."""
        return await mail_name(self.core, account_id, message_id)

    def actor(self, address: str, name: str, *, is_bot: bool) -> RealActor:
        """Let somebody come, with an account on the relay made at first use."""
        return RealActor(self, name, is_bot=is_bot)

    async def last_id(self) -> MessageId:
        """Return the greatest id of a message that is in the bot's account."""
        ids = [one for chat in await self._chats() for one in await self._ids(chat)]
        return max(ids, default=MessageId(0))

    async def sent_to(self, address: str, after: MessageId) -> set[str]:
        """Return the names of what the bot has sent to somebody, and what was not refused."""
        contacts = await self.core.get_contacts(self.account_id, 0, None)
        ids = {contact.id for contact in contacts if contact.address == address}
        names = set()
        for chat in await self._chats():
            if ids & {*await self.core.get_chat_contacts(self.account_id, chat)}:
                names |= await self._sent_in(chat, after)
        return names

    async def _sent_in(self, chat: ChatId, after: MessageId) -> set[str]:
        new = [message_id for message_id in await self._ids(chat) if message_id > after]
        loaded = (await self.core.get_messages(self.account_id, new)).values()
        names = set()
        for message in loaded:
            if isinstance(message, MessageLoadResultMessage) and _is_said(message):
                name = await self.name_message(self.account_id, message.id)
                self.sent[name] = message.id
                names.add(name)
        return names

    async def _chats(self) -> list[ChatId]:
        return await self.core.get_chatlist_entries(self.account_id, 0, None, None)

    async def _ids(self, chat: ChatId) -> list[MessageId]:
        items = await self.core.get_message_list_items(self.account_id, chat, False, False)
        return [item.msg_id for item in items if isinstance(item, MessageListItemMessage)]


def _is_said(message: MessageLoadResultMessage) -> bool:
    return message.from_id == ME and not message.is_info and message.state != FAILED
