"""A chat of an account: of two, a group, or a channel."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from vestnik.bot.objects.chat_sending import ChatSending
from vestnik.bot.objects.contact import Contact, ContactRef, contacts_by_ids
from vestnik.bot.objects.files import FileContent, as_path
from vestnik.bot.objects.message_ref import MessageRef
from vestnik.bot.objects.qr import QrCode
from vestnik.bot.objects.scope import Scope
from vestnik.chatmail import types
from vestnik.chatmail.types import ChatType, MessageListItemMessage
from vestnik.ids import ChatId, MessageId

__all__ = ["Chat"]


@dataclass(frozen=True)
class Chat(ChatSending):
    """A chat.

    Nothing about it is fetched until it is asked for, and everything is asked for anew.

    Attributes:
        id: Its id in the account.
    """

    scope: Scope = field(repr=False)
    id: ChatId

    # What it is.

    async def info(self) -> types.BasicChat:
        """Tell what a chat list shows of it."""
        return await self.scope.core.get_basic_chat_info(self.scope.account_id, self.id)

    async def full_info(self) -> types.FullChat:
        """Tell everything about it, which takes longer."""
        return await self.scope.core.get_full_chat_by_id(self.scope.account_id, self.id)

    async def type(self) -> ChatType:
        """Tell what sort of chat it is."""
        return (await self.info()).chat_type

    async def name(self) -> str:
        """Tell what it is called."""
        return (await self.info()).name

    async def set_name(self, name: str) -> None:
        """Give a group or channel another name."""
        await self.scope.core.set_chat_name(self.scope.account_id, self.id, name)

    async def description(self) -> str:
        """Tell what a group or channel says about itself."""
        return await self.scope.core.get_chat_description(self.scope.account_id, self.id)

    async def set_description(self, text: str) -> None:
        """Let a group or channel say something else about itself."""
        await self.scope.core.set_chat_description(self.scope.account_id, self.id, text)

    async def avatar(self) -> str | None:
        """Return the path of its picture."""
        return (await self.info()).profile_image

    async def set_avatar(self, image: FileContent | None) -> None:
        """Give a group or channel a picture, or none.

        Raises:
            CallFailed: It is no image.
        """
        core, account_id = self.scope.core, self.scope.account_id
        if image is None:
            await core.set_chat_profile_image(account_id, self.id, None)
            return
        async with as_path(image, "avatar.png", self.scope.services.files) as path:
            await core.set_chat_profile_image(account_id, self.id, str(path))

    # Who is in it.

    async def members(self) -> list[Contact]:
        """Return who is in it; in groups that is the account, too."""
        core, account_id = self.scope.core, self.scope.account_id
        return await contacts_by_ids(self.scope, await core.get_chat_contacts(account_id, self.id))

    async def add(self, *contacts: ContactRef) -> None:
        """Add members to a group or channel."""
        for contact in contacts:
            await self.scope.core.add_contact_to_chat(self.scope.account_id, self.id, contact.id)

    async def remove(self, *contacts: ContactRef) -> None:
        """Remove members from a group or channel."""
        core, account_id = self.scope.core, self.scope.account_id
        for contact in contacts:
            await core.remove_contact_from_chat(account_id, self.id, contact.id)

    async def invite_link(self) -> str:
        """Return a link by which others can join a group or channel."""
        return await self.scope.core.get_chat_securejoin_qr_code(self.scope.account_id, self.id)

    async def qr(self) -> QrCode:
        """Return the link by which others can join, as a QR code."""
        return QrCode(await self.invite_link())

    # What is in it.

    async def messages(self, last: int | None = None) -> list[MessageRef]:
        """Return its messages, oldest first, or only the last ones."""
        core, account_id = self.scope.core, self.scope.account_id
        items = await core.get_message_list_items(account_id, self.id, False, False)
        ids = [item.msg_id for item in items if isinstance(item, MessageListItemMessage)]
        return self._refs(ids[-last:] if last else ids)

    async def pinned(self) -> list[MessageRef]:
        """Return the messages that are pinned."""
        core, account_id = self.scope.core, self.scope.account_id
        return self._refs(await core.get_pinned_messages(account_id, self.id))

    async def search(self, text: str) -> list[MessageRef]:
        """Return the messages in which a text occurs."""
        core, account_id = self.scope.core, self.scope.account_id
        return self._refs(await core.search_messages(account_id, text, self.id))

    # How it is kept.

    async def ephemeral_timer(self) -> int:
        """Tell after how many seconds messages disappear, 0 for never."""
        return await self.scope.core.get_chat_ephemeral_timer(self.scope.account_id, self.id)

    async def set_ephemeral_timer(self, seconds: int) -> None:
        """Let messages disappear after some seconds, for all members; 0 is never."""
        await self.scope.core.set_chat_ephemeral_timer(self.scope.account_id, self.id, seconds)

    async def mute(self, seconds: int | None = None) -> None:
        """Mute it, for ever if not told how long.

        A muted chat is not looked into for messages that came while the bot was away.
        """
        duration = types.MuteDurationUntil(duration=seconds) if seconds else None
        await self._set_mute(duration or types.MuteDurationForever())

    async def unmute(self) -> None:
        """Mute it no longer."""
        await self._set_mute(types.MuteDurationNotMuted())

    async def is_muted(self) -> bool:
        """Tell whether it is muted."""
        return await self.scope.core.is_chat_muted(self.scope.account_id, self.id)

    async def leave(self) -> None:
        """Leave a group, which its members are told."""
        await self.scope.core.leave_group(self.scope.account_id, self.id)

    async def block(self) -> None:
        """Take no more messages from it; of a chat of two, none from the contact."""
        await self.scope.core.block_chat(self.scope.account_id, self.id)

    async def delete(self) -> None:
        """Delete it with all its messages, on this device only."""
        await self.scope.core.delete_chat(self.scope.account_id, self.id)

    async def _set_mute(self, duration: types.MuteDuration) -> None:
        core, account_id = self.scope.core, self.scope.account_id
        await core.set_chat_mute_duration(account_id, self.id, duration)

    def _refs(self, ids: Iterable[MessageId]) -> list[MessageRef]:
        return [MessageRef(self.scope, message_id, self.id) for message_id in ids]
