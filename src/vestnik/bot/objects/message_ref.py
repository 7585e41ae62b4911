"""A message of which only the id is at hand, and what can be done with any message."""

from __future__ import annotations

from collections.abc import Awaitable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Unpack

from vestnik.bot.objects.files import absolute
from vestnik.bot.objects.forwarding import forward_once
from vestnik.bot.objects.outgoing import SendOptions, send_message
from vestnik.bot.objects.scope import Scope
from vestnik.chatmail import types
from vestnik.errors import CallFailed
from vestnik.ids import ChatId, MessageId

if TYPE_CHECKING:
    from vestnik.bot.contexts.message import Message
    from vestnik.bot.objects.chat import Chat
    from vestnik.bot.objects.webxdc import Webxdc

__all__ = ["MessageActions", "MessageRef"]


class MessageActions:
    """What can be done with a message.

    Nothing happens to a message that is gone: others may delete theirs at any time, and a second
    run after a crash meets what the first one has deleted.
    """

    if TYPE_CHECKING:  # fields of some subclasses, properties of others

        @property
        def scope(self) -> Scope: ...
        @property
        def id(self) -> MessageId: ...
        @property
        def chat_id(self) -> ChatId: ...

    async def reply(
        self, text: str = "", *, quote: bool = True, **options: Unpack[SendOptions]
    ) -> MessageRef:
        """Answer in the same chat.

        Args:
            text: What to say.
            quote: Whether the answer shows what it answers.
            options: What it can have besides; see `SendOptions`.

        Raises:
            BadInput: There is nothing in it.
            CallFailed: The core refuses it for good.
        """
        quoted = self.id if quote else None
        try:
            sent = await send_message(self.scope, self.chat_id, text, options, quoted)
        except CallFailed:
            if not quote or await self.exists():
                raise
            sent = await send_message(self.scope, self.chat_id, text, options)
        return MessageRef(self.scope, sent, self.chat_id)

    async def answer(self, text: str = "", **options: Unpack[SendOptions]) -> MessageRef:
        """Answer in the same chat without showing what is answered; see `reply`."""
        return await self.reply(text, quote=False, **options)

    async def react(self, *emoji: str) -> None:
        """React to it; without emoji the reaction is taken back."""
        core, account_id = self.scope.core, self.scope.account_id
        await self._unless_gone(core.send_reaction(account_id, self.id, list(emoji)))

    async def edit(self, text: str) -> None:
        """Replace the text of an own message, for all its readers."""
        core, account_id = self.scope.core, self.scope.account_id
        await self._unless_gone(core.send_edit_request(account_id, self.id, text))

    async def delete(self, *, for_all: bool = True) -> None:
        """Delete it, here and, if it is an own message, for all its readers."""
        core, account_id = self.scope.core, self.scope.account_id
        if for_all:
            await self._unless_gone(core.delete_messages_for_all(account_id, [self.id]))
        else:
            await self._unless_gone(core.delete_messages(account_id, [self.id]), mails=0)

    async def pin(self) -> None:
        """Pin it, for everybody in the chat."""
        await self._set_pinned(True)

    async def unpin(self) -> None:
        """Pin it no longer."""
        await self._set_pinned(False)

    async def forward(self, chat: Chat) -> None:
        """Send it on to another chat."""
        await self._unless_gone(forward_once(self.scope, self.id, chat.id))

    async def fetch(self) -> Message:
        """Ask the core for it as it is now.

        Raises:
            CallFailed: It is gone.
        """
        from vestnik.bot.contexts.message import Message  # which is a context and knows messages

        raw = await self.scope.core.get_message(self.scope.account_id, self.id)
        scope = self.scope
        return Message(
            scope.services, scope.account_id, keys=scope.keys, chat_id=raw.chat_id, raw=raw
        )

    async def exists(self) -> bool:
        """Tell whether it is still there."""
        core, account_id = self.scope.core, self.scope.account_id
        return bool(await core.get_existing_msg_ids(account_id, [self.id]))

    async def reactions(self) -> dict[str, int]:
        """Count the reactions to it, the most frequent first."""
        core, account_id = self.scope.core, self.scope.account_id
        found = await core.get_message_reactions(account_id, self.id)
        return {one.emoji: one.count for one in found.reactions} if found else {}

    async def read_by(self) -> list[types.MessageReadReceipt]:
        """Tell who has read it and when, as far as they let others know."""
        core, account_id = self.scope.core, self.scope.account_id
        return await core.get_message_read_receipts(account_id, self.id)

    async def html(self) -> str | None:
        """Return the whole of a message that was too long or too rich to be shown as text."""
        return await self.scope.core.get_message_html(self.scope.account_id, self.id)

    async def save_file(self, path: Path | str) -> None:
        """Copy what is attached to a path where nothing is yet.

        Raises:
            CallFailed: There is something, or the place is not writable.
        """
        place = str(absolute(path))
        await self.scope.core.save_msg_file(self.scope.account_id, self.id, place)

    async def download(self) -> None:
        """Ask the core to fetch the rest of a message that is not whole.

        Raises:
            CallFailed: It is whole.
        """
        await self.scope.core.download_full_message(self.scope.account_id, self.id)

    async def resend(self) -> None:
        """Send an own message once more, for those who have joined since."""
        await self.scope.core.resend_messages(self.scope.account_id, [self.id])

    @property
    def webxdc(self) -> Webxdc:
        """The webxdc app that it holds."""
        from vestnik.bot.objects.webxdc import Webxdc  # which knows its message

        return Webxdc(self.scope, self.id)

    async def _set_pinned(self, pinned: bool) -> None:
        core, account_id = self.scope.core, self.scope.account_id
        await self._unless_gone(core.set_pinned_message_state(account_id, self.id, pinned))

    async def _unless_gone(self, call: Awaitable[object], mails: int = 1) -> None:
        try:
            await call
        except CallFailed:
            if await self.exists():
                raise
        else:
            self.scope.note_mails(mails)


@dataclass(frozen=True)
class MessageRef(MessageActions):
    """A message of which only the id is at hand; `fetch` gives the rest.

    Attributes:
        id: Its id in the account.
        chat_id: The chat it is in.
    """

    scope: Scope = field(repr=False)
    id: MessageId
    chat_id: ChatId
