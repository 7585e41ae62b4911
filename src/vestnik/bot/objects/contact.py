"""Somebody whom an account knows."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from vestnik.bot.objects.scope import Scope
from vestnik.chatmail import types
from vestnik.ids import ContactId

if TYPE_CHECKING:
    from vestnik.bot.objects.chat import Chat

__all__ = ["ME", "Contact", "ContactRef", "contacts_by_ids"]

ME = ContactId(1)
"""The account itself."""


@dataclass(frozen=True, eq=False)
class ContactRef:
    """Somebody of whom only the id is at hand.

    Attributes:
        id: The contact's id in the account.
    """

    scope: Scope = field(repr=False)
    id: ContactId

    def __eq__(self, other: object) -> bool:
        """Tell whether both are the same contact."""
        if not isinstance(other, ContactRef):
            return NotImplemented
        return self.id == other.id and self.scope == other.scope

    def __hash__(self) -> int:
        return hash((self.scope, self.id))

    @property
    def is_me(self) -> bool:
        """Whether it is the account itself."""
        return self.id == ME

    async def fetch(self) -> Contact:
        """Ask the core who it is.

        Raises:
            CallFailed: The account does not know it any more.
        """
        raw = await self.scope.core.get_contact(self.scope.account_id, self.id)
        return Contact(self.scope, self.id, raw)

    async def chat(self) -> Chat:
        """Return the chat with this contact alone, made if there was none."""
        from vestnik.bot.objects.chat import Chat  # chats know contacts, too

        core, account_id = self.scope.core, self.scope.account_id
        return Chat(self.scope, await core.create_chat_by_contact_id(account_id, self.id))

    async def block(self) -> None:
        """Take no more messages from it."""
        await self.scope.core.block_contact(self.scope.account_id, self.id)

    async def unblock(self) -> None:
        """Take messages from it again."""
        await self.scope.core.unblock_contact(self.scope.account_id, self.id)

    async def rename(self, name: str) -> None:
        """Give it a name for this account; an empty one brings its own name back."""
        await self.scope.core.change_contact_name(self.scope.account_id, self.id, name)

    async def vcard(self) -> str:
        """Describe it by a vCard, by which others can write to it."""
        return await self.scope.core.make_vcard(self.scope.account_id, [self.id])

    async def forget(self) -> None:
        """Delete it, or hide it as long as chats refer to it."""
        await self.scope.core.delete_contact(self.scope.account_id, self.id)


@dataclass(frozen=True, eq=False)
class Contact(ContactRef):
    """Somebody, as the core describes them.

    Attributes:
        raw: Everything that the core told.
    """

    raw: types.Contact = field(repr=False)

    @property
    def name(self) -> str:
        """What chats show as the name."""
        return self.raw.display_name

    @property
    def address(self) -> str:
        """The mail address."""
        return self.raw.address

    @property
    def status(self) -> str:
        """What it tells about itself."""
        return self.raw.status

    @property
    def avatar(self) -> str | None:
        """The path of its picture."""
        return self.raw.profile_image

    @property
    def is_bot(self) -> bool:
        """Whether it is a program."""
        return self.raw.is_bot

    @property
    def is_blocked(self) -> bool:
        """Whether the account takes no messages from it."""
        return self.raw.is_blocked

    @property
    def can_encrypt(self) -> bool:
        """Whether messages to it can be encrypted; the core sends no others."""
        return self.raw.e2ee_avail

    @property
    def last_seen(self) -> int:
        """When it was last heard of, in seconds since 1970; 0 for never."""
        return self.raw.last_seen


async def contacts_by_ids(scope: Scope, ids: list[ContactId]) -> list[Contact]:
    """Fetch several contacts at once, in the order of their ids."""
    found = await scope.core.get_contacts_by_ids(scope.account_id, ids)
    return [Contact(scope, contact_id, found[contact_id]) for contact_id in ids]
