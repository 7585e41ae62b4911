"""How a chat begins: a group with a code that works once."""

from __future__ import annotations

import asyncio
import contextlib
import logging

from vestnik.bridge.channel.model import ChannelChat, ChannelOptions, Invitation
from vestnik.bridge.channel.rows import ChannelRows
from vestnik.chatmail import Core
from vestnik.chatmail.types import QrWithdrawVerifyGroup
from vestnik.clock import Clock
from vestnik.errors import CallFailed
from vestnik.gateway.model import Owner
from vestnik.ids import AccountId, ChatId

__all__ = ["Invitations"]

log = logging.getLogger("vestnik.bridge")

_HOUR = 3_600_000
_MOST_NAME = 60


class Invitations:
    """Makes codes, and withdraws them."""

    def __init__(
        self, core: Core, rows: ChannelRows, clock: Clock, options: ChannelOptions
    ) -> None:
        self._core = core
        self._rows = rows
        self._clock = clock
        self._options = options
        # Two at once would both find room for the last chat.
        self._turn = asyncio.Lock()

    async def make(self, account: AccountId, owner: Owner) -> Invitation:
        """Make a group for an owner, and the code by which one joins it.

        Raises:
            BadRequest: The owner has as many chats as one may have.
            CallFailed: The core refuses.
        """
        async with self._turn:
            await self._rows.check_room(account, owner.id, self._options.most_chats)
            name = f"Notifications for {owner.name[:_MOST_NAME]}"
            chat = await self._core.create_group_chat(account, name, False)
            # Asked for once: every answer is another code.
            link = await self._core.get_chat_securejoin_qr_code(account, chat)
            now = int(self._clock.now() * 1000)
            expires = now + int(self._options.hours * _HOUR)
            await self._rows.add(account, chat, owner.id, link=link, created=now, expires=expires)
        return Invitation(link, expires, chat)

    async def withdraw(self, chat: ChannelChat) -> None:
        """Make a code worthless; one that is so already stays so.

        The core would bring a withdrawn code back to life, so it is asked first.
        """
        code = await self._core.check_qr(chat.account, chat.link)
        if isinstance(code, QrWithdrawVerifyGroup):
            await self._core.set_config_from_qr(chat.account, chat.link)

    async def discard(self, chat: ChannelChat) -> None:
        """Let nobody come any more by a code, and have the group no longer."""
        with contextlib.suppress(CallFailed):
            await self.withdraw(chat)
        await discard_group(self._core, chat.account, chat.chat)


async def discard_group(core: Core, account: AccountId, chat: ChatId) -> None:
    """Leave and delete a group in which nobody else is."""
    with contextlib.suppress(CallFailed):
        await core.leave_group(account, chat)
        await core.delete_chat(account, chat)
