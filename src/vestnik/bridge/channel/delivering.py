"""What is to be done for one chat now: greet, tell, end. It is never done twice.

What is about to be told is noted before it goes out, and the position moves after that. A message
that a crash interrupted is made again of the same part of the log and goes out under the same
name, by which the outbox knows it.
"""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Awaitable, Callable

from vestnik.bot.outbox import Outbox
from vestnik.bot.words import Words
from vestnik.bridge.channel.desk import Desk
from vestnik.bridge.channel.model import ChannelChat, ChatState, Ending
from vestnik.bridge.channel.stream import StreamReader
from vestnik.chatmail import Core
from vestnik.chatmail.types import MessageData
from vestnik.errors import CallFailed
from vestnik.ids import AccountId, ChatId

__all__ = ["Delivering", "WordsOf"]

log = logging.getLogger("vestnik.bridge")

WordsOf = Callable[[ChannelChat], Awaitable[Words]]
"""Finds the words in the language that a chat has chosen."""


class Delivering:
    """Does what is due in the chats of an account.

    Args:
        outbox: What every message goes through; it waits for the pace of the account.
    """

    def __init__(
        self,
        account: AccountId,
        core: Core,
        desk: Desk,
        outbox: Outbox,
        stream: StreamReader,
        words_of: WordsOf,
    ) -> None:
        self._account = account
        self._core = core
        self._desk = desk
        self._rows = desk.rows
        self._outbox = outbox
        self._stream = stream
        self._words_of = words_of

    async def tend(self, chat: ChatId) -> None:
        """Do all that is due in a chat.

        Raises:
            StoreFailed: The log cannot be read.
            OutboxClosed: Nothing can be sent any more.
        """
        found = await self._rows.get(self._account, chat)
        while found is not None and await self._step(found):
            found = await self._rows.get(self._account, chat)

    async def _step(self, chat: ChannelChat) -> bool:
        """Do one thing; tell whether to look again."""
        match chat.state:
            case ChatState.WAITING:
                return False
            case ChatState.JOINED:
                await self._greet(chat)
                return True
            case ChatState.ENDING:
                await self._leave(chat)
                return False
        return await self._tell(chat)

    async def _greet(self, chat: ChannelChat) -> None:
        owner = self._desk.gateway.roster.owner(chat.owner)
        words = await self._words_of(chat)
        text = words.say("channel.greeting", owner=owner.name if owner else chat.owner)
        await self._send(chat, text, "greeting")
        await self._rows.greeted(chat.account, chat.chat)

    async def _leave(self, chat: ChannelChat) -> None:
        if chat.member is None:
            await self._desk.invitations.discard(chat)
        else:
            words = await self._words_of(chat)
            reason = chat.reason or Ending.REMOVED.value
            await self._send(chat, words.say(f"channel.end.{reason}"), "end")
            with contextlib.suppress(CallFailed):
                await self._core.leave_group(chat.account, chat.chat)
        await self._rows.forget(chat.account, chat.chat)

    async def _tell(self, chat: ChannelChat) -> bool:
        if self._desk.gateway.roster.owner(chat.owner) is None:
            await self._desk.end(chat, Ending.OWNER)
            return True
        if chat.muted_until is not None and chat.muted_until <= self._desk.now():
            return await self._unmute(chat, chat.muted_until)
        head = await self._desk.gateway.log.position(chat.owner)
        if head.epoch != chat.epoch:
            return await self._begin_anew(chat, head.epoch, head.offset)
        # What was planned before a crash is told as it was planned.
        up_to = head.offset if chat.planned is None else chat.planned
        if up_to <= chat.position:
            return False
        return await self._tell_up_to(chat, up_to)

    async def _tell_up_to(self, chat: ChannelChat, up_to: int) -> bool:
        told = await self._stream.read(chat, up_to, await self._words_of(chat))
        if chat.muted_until is not None and chat.planned is None:
            await self._rows.move(chat.account, chat.chat, chat.epoch, up_to, told.count)
            return True
        if told.text:
            await self._rows.plan(chat.account, chat.chat, up_to)
            await self._send(chat, told.text, f"{chat.epoch}:{up_to}")
        await self._rows.move(chat.account, chat.chat, chat.epoch, up_to)
        return True

    async def _begin_anew(self, chat: ChannelChat, epoch: str, position: int) -> bool:
        words = await self._words_of(chat)
        await self._send(chat, words.say("channel.restarted"), f"{epoch}:new")
        await self._rows.move(chat.account, chat.chat, epoch, position)
        return True

    async def _unmute(self, chat: ChannelChat, until: int) -> bool:
        """Say what was skipped; whatever was not looked at yet is told."""
        words = await self._words_of(chat)
        text = words.say("channel.unmuted", number=chat.skipped)
        await self._send(chat, text, f"unmuted:{until}")
        await self._rows.unmute(chat.account, chat.chat, until)
        return True

    async def _send(self, chat: ChannelChat, text: str, name: str) -> None:
        """Send a message whose name is the same after a crash."""
        key = f"channel:{chat.chat}:{name}"
        try:
            await self._outbox.send(
                chat.account, chat.chat, MessageData(text=text), key=key, urgent=False
            )
        except CallFailed as refusal:
            await self._refused(chat, refusal)

    async def _refused(self, chat: ChannelChat, refusal: CallFailed) -> None:
        """Pass over what cannot be said; a chat in which nothing can be said is over."""
        log.warning("Chat %d takes no message: %s", chat.chat, refusal)
        try:
            may_write = await self._core.can_send(chat.account, chat.chat)
        except CallFailed:
            may_write = False
        if not may_write:
            await self._rows.end(chat.account, chat.chat, Ending.STOPPED)
