"""Someone whom an account of a fake core knows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vestnik.chatmail.events import ContactsChanged, SecurejoinInviterProgress
from vestnik.chatmail.types import ChatType
from vestnik.ids import ContactId

if TYPE_CHECKING:
    from vestnik.testing.fake.account import FakeAccount
    from vestnik.testing.fake.chat import FakeChat

__all__ = ["DEVICE", "INFO", "SELF", "FakeContact"]

SELF = ContactId(1)
INFO = ContactId(2)
DEVICE = ContactId(5)

JOINED = 1000
"""The progress of a SecureJoin that is done."""


class FakeContact:
    """One contact; what a test sets on it shows in the next answer.

    Attributes:
        id: Its id in the account.
        address: Its mail address.
        name: The name that the account's owner gave it.
        auth_name: The name that it gave itself.
        has_key: Whether messages to it can be encrypted; the core sends no others.
        is_bot: Whether it is a program.
        is_blocked: Whether the account has blocked it.
        status: What it tells about itself.
        last_seen: When it was last heard of, in seconds since 1970.
    """

    def __init__(self, account: FakeAccount, contact_id: ContactId, address: str) -> None:
        self.account = account
        self.id = contact_id
        self.address = address
        self.name = ""
        self.auth_name = ""
        self.has_key = True
        self.is_bot = False
        self.is_blocked = False
        self.status = ""
        self.last_seen = 0

    def __repr__(self) -> str:
        return f"<FakeContact {self.id} {self.display_name}>"

    @property
    def display_name(self) -> str:
        """What chats show as its name."""
        return self.name or self.auth_name or self.address

    @property
    def chat(self) -> FakeChat:
        """The chat of the account with it alone, made at first use."""
        known = self.account.single_chat(self.id)
        return known or self.account.add_chat(ChatType.SINGLE, self.display_name, [self.id])

    def scan_invite(self, group: FakeChat | None = None) -> FakeChat:
        """Join through the account's invite code, or through that of a group.

        Returns:
            The chat in which the account now has the contact.
        """
        chat = group or self.chat
        if group is not None and self.id not in group.members:
            group.add_member(self)
        self.account.emit(ContactsChanged(contact_id=self.id))
        self.account.emit(
            SecurejoinInviterProgress(
                contact_id=self.id, chat_id=chat.id, chat_type=chat.type, progress=JOINED
            )
        )
        return chat
