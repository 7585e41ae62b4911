"""What can be asked of the channel, by commands in a chat and over REST."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence

from vestnik.bridge.channel.choice import Choice
from vestnik.bridge.channel.invitations import Invitations
from vestnik.bridge.channel.model import FOREVER, ChannelChat, ChatState, ChatView, Ending, view_of
from vestnik.bridge.channel.rows import ChannelRows
from vestnik.clock import Clock
from vestnik.errors import NotFound
from vestnik.gateway import Gateway
from vestnik.gateway.model import Owner
from vestnik.ids import AccountId, ChatId, ContactId, OwnerId

__all__ = ["Desk"]

DAY = 24 * 3_600_000

TOLD = (ChatState.JOINED, ChatState.OPEN)


class Desk:
    """Knows the chats and changes them; who delivers is woken through `on_change`.

    Attributes:
        on_change: Told of a chat that has something new to it.
        invitations: Makes codes, and withdraws them.
    """

    def __init__(
        self, gateway: Gateway, rows: ChannelRows, invitations: Invitations, clock: Clock
    ) -> None:
        self.gateway = gateway
        self.rows = rows
        self.invitations = invitations
        self.on_change: Callable[[ChannelChat], Awaitable[None]] | None = None
        self._clock = clock

    def now(self) -> int:
        """Return milliseconds since 1970."""
        return int(self._clock.now() * 1000)

    def owner(self, id: OwnerId) -> Owner:
        """Return an owner.

        Raises:
            NotFound: There is none of that id.
        """
        found = self.gateway.roster.owner(id)
        if found is None:
            raise NotFound(f"There is no owner {id!r}.")
        return found

    async def open_chat(self, account: AccountId, chat: ChatId) -> ChannelChat | None:
        """Return a chat if an owner is told there."""
        found = await self.rows.get(account, chat)
        return found if found is not None and found.state in TOLD else None

    async def find(self, account: AccountId, owner: OwnerId, chat: ChatId) -> ChannelChat:
        """Return a chat of an owner.

        Raises:
            NotFound: The owner has no such chat.
        """
        found = await self.rows.get(account, chat)
        if found is None or found.owner != owner or found.state is ChatState.ENDING:
            raise NotFound(f"The owner {owner!r} has no chat {chat}.")
        return found

    async def chats(self, account: AccountId, owner: OwnerId) -> Sequence[ChatView]:
        """Return an owner's chats as they are shown."""
        chats = await self.rows.of_owner(account, owner)
        return [await self.view(chat) for chat in chats if chat.state is not ChatState.ENDING]

    async def view(self, chat: ChannelChat) -> ChatView:
        """Show a chat."""
        return view_of(chat, max(0, await self.end_for(chat) - chat.position))

    async def end_for(self, chat: ChannelChat) -> int:
        """Return where the stream ends that a chat is told; where it is, if it is another one."""
        head = await self.gateway.log.position(chat.owner)
        is_same = chat.state in TOLD and head.epoch == chat.epoch
        return head.offset if is_same else chat.position

    # What comes of commands.

    async def come_in(self, account: AccountId, chat_id: ChatId, member: ContactId) -> bool:
        """Make a waiting chat its owner's, because somebody has come; tell whether it was one.

        The code goes first: whatever happens then, nobody else comes by it.
        """
        chat = await self.rows.get(account, chat_id)
        if chat is None or chat.state is not ChatState.WAITING:
            return False
        await self.invitations.withdraw(chat)
        if self.gateway.roster.owner(chat.owner) is None:
            await self.end(chat, Ending.OWNER)
            return False
        head = await self.gateway.log.position(chat.owner)
        await self.rows.join(account, chat_id, member, head.epoch, head.offset)
        await self._changed(chat)
        return True

    async def choose(self, chat: ChannelChat, choice: Choice) -> None:
        """Choose which types are told from now on."""
        await self.rows.choose(chat.account, chat.chat, choice)

    async def mute(self, chat: ChannelChat, span: int | None) -> int:
        """Be silent for so many milliseconds, or for ever; return until when."""
        until = FOREVER if span is None else self.now() + span
        await self.rows.mute(chat.account, chat.chat, until)
        return until

    async def unmute(self, chat: ChannelChat) -> None:
        """Let the silence be over at once; who delivers says so."""
        await self.rows.mute(chat.account, chat.chat, self.now())
        await self._changed(chat)

    async def end(self, chat: ChannelChat, reason: Ending) -> None:
        """End a chat; who delivers says so and leaves."""
        await self.rows.end(chat.account, chat.chat, reason)
        await self._changed(chat)

    async def forget(self, account: AccountId, chat_id: ChatId) -> None:
        """Forget a chat that nobody is in any more."""
        await self.rows.forget(account, chat_id)

    async def may_hint(self, account: AccountId, contact: ContactId) -> bool:
        """Tell whether a stranger is to be told how to get an invitation: once a day."""
        now = self.now()
        await self.rows.forget_hints(account, now - DAY)
        return await self.rows.may_hint(account, contact, now, DAY)

    async def _changed(self, chat: ChannelChat) -> None:
        found = await self.rows.get(chat.account, chat.chat)
        if found is not None and self.on_change is not None:
            await self.on_change(found)
