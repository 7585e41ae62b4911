"""An account of the bot: who it is to others, whom it knows, which chats it has."""

from __future__ import annotations

from dataclasses import dataclass, field

from vestnik.bot.objects.chat import Chat
from vestnik.bot.objects.contact import Contact, ContactRef, contacts_by_ids
from vestnik.bot.objects.files import FileContent, as_path
from vestnik.bot.objects.qr import QrCode
from vestnik.bot.objects.scope import Scope
from vestnik.chatmail import join_by_code
from vestnik.ids import AccountId, ChatId, ContactId

__all__ = ["Account"]

_NO_SPECIAL_CHATS = 2
"""The flag of chat lists that leaves out the link to the archive."""


@dataclass(frozen=True)
class Account:
    """An account of the bot."""

    scope: Scope = field(repr=False)

    def __repr__(self) -> str:
        return f"<Account {self.id}>"

    @property
    def id(self) -> AccountId:
        """Its id in the core."""
        return self.scope.account_id

    # Who it is.

    async def address(self) -> str:
        """Return its mail address, empty as long as it is not configured."""
        return await self._config("configured_addr")

    async def display_name(self) -> str:
        """Return the name that others see."""
        return await self._config("displayname")

    async def set_display_name(self, name: str) -> None:
        """Change the name that others see."""
        await self.scope.core.set_config(self.id, "displayname", name)

    async def status(self) -> str:
        """Return what it tells about itself in its profile."""
        return await self._config("selfstatus")

    async def set_status(self, text: str) -> None:
        """Change what it tells about itself in its profile."""
        await self.scope.core.set_config(self.id, "selfstatus", text)

    async def avatar(self) -> str | None:
        """Return the path of its picture."""
        return await self._config("selfavatar") or None

    async def set_avatar(self, image: FileContent | None) -> None:
        """Give it a picture, or none.

        Raises:
            CallFailed: It is no image.
        """
        if image is None:
            await self.scope.core.set_config(self.id, "selfavatar", None)
            return
        async with as_path(image, "avatar.png", self.scope.services.files) as path:
            await self.scope.core.set_config(self.id, "selfavatar", str(path))

    # How others come to it, and it to others.

    async def invite_link(self) -> str:
        """Return the link by which others can write to it."""
        return await self.scope.core.get_chat_securejoin_qr_code(self.id, None)

    async def qr(self) -> QrCode:
        """Return the link by which others can write to it, as a QR code."""
        return QrCode(await self.invite_link())

    async def join(self, code: str) -> Chat:
        """Follow an invitation and wait until the other side has answered.

        Raises:
            CallFailed: The code cannot be joined.
            JoinFailed: The other side did not answer in time; it may still do so.
        """
        return self.chat(await join_by_code(self.scope.core, self.id, code))

    async def import_vcard(self, vcard: str) -> list[Contact]:
        """Take the contacts of a vCard, and return them."""
        ids = await self.scope.core.import_vcard_contents(self.id, vcard)
        return await contacts_by_ids(self.scope, ids)

    # Its chats and contacts.

    def chat(self, chat_id: ChatId) -> Chat:
        """Return the chat of an id, without asking whether it is there."""
        return Chat(self.scope, chat_id)

    def contact(self, contact_id: ContactId) -> ContactRef:
        """Return the contact of an id, without asking whether it is there."""
        return ContactRef(self.scope, contact_id)

    async def chats(self, query: str | None = None) -> list[Chat]:
        """Return its chats, the latest first, or those with a name that contains the query."""
        core = self.scope.core
        ids = await core.get_chatlist_entries(self.id, _NO_SPECIAL_CHATS, query, None)
        return [self.chat(chat_id) for chat_id in ids]

    async def contacts(self, query: str | None = None) -> list[Contact]:
        """Return whom it knows, or those whose name or address contains the query."""
        raws = await self.scope.core.get_contacts(self.id, 0, query)
        return [Contact(self.scope, raw.id, raw) for raw in raws]

    async def lookup(self, address: str) -> Contact | None:
        """Find a contact by its mail address."""
        contact_id = await self.scope.core.lookup_contact_id_by_addr(self.id, address)
        return await self.contact(contact_id).fetch() if contact_id else None

    async def create_group(self, name: str, *members: ContactRef) -> Chat:
        """Make a group; others learn of it with the first message."""
        chat = self.chat(await self.scope.core.create_group_chat(self.id, name, False))
        await chat.add(*members)
        return chat

    async def create_broadcast(self, name: str) -> Chat:
        """Make a broadcast channel, which others join by its invite link and only the bot fills."""
        return self.chat(await self.scope.core.create_broadcast(self.id, name))

    async def _config(self, key: str) -> str:
        return await self.scope.core.get_config(self.id, key) or ""
