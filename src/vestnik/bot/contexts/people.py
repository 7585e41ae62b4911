"""People come and go."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar

from vestnik.bot.contexts.base import SenderContext
from vestnik.bot.happening import Happening
from vestnik.bot.objects.contact import Contact, ContactRef
from vestnik.chatmail.types import ChatType
from vestnik.ids import MessageId

__all__ = ["Join", "MemberChange", "Membership"]


class Membership(StrEnum):
    """What became of a member."""

    ADDED = "added"
    REMOVED = "removed"
    LEFT = "left"


@dataclass(eq=False, repr=False, kw_only=True)
class MemberChange(SenderContext):
    """A group has another member, or one less.

    Attributes:
        change: Whether the member was added or removed, or left.
        member: Who is in the group now, or is not any more; maybe the bot itself.
        sender: Who did it; maybe the bot itself, also when its code was scanned.
        message_id: The info message that tells of it.
    """

    happening: ClassVar[Happening] = Happening.MEMBER_CHANGE

    change: Membership
    member: ContactRef
    sender: Contact
    message_id: MessageId

    @property
    def is_by_me(self) -> bool:
        """Whether the bot itself did it."""
        return self.sender.is_me

    @property
    def is_about_me(self) -> bool:
        """Whether it is the bot that was added or removed."""
        return self.member.is_me


@dataclass(eq=False, repr=False, kw_only=True)
class Join(SenderContext):
    """Somebody has come by way of an invitation of the account: to the bot, a group or a channel.

    It comes again when the same person scans the code again.

    Attributes:
        sender: Who it is; maybe another bot that only looks whether this one is there.
        type: What sort of chat the invitation leads to.
    """

    happening: ClassVar[Happening] = Happening.JOIN

    sender: Contact
    type: ChatType

    @property
    def contact(self) -> Contact:
        """Who it is."""
        return self.sender

    async def chat_type(self) -> ChatType:
        """Tell what sort of chat the invitation leads to."""
        return self.type
