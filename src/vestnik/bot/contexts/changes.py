"""What happens to messages that are there already."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from vestnik.bot.contexts.base import ChatContext, SenderContext
from vestnik.bot.contexts.message import Message
from vestnik.bot.happening import Happening
from vestnik.bot.objects.contact import Contact
from vestnik.bot.objects.message_ref import MessageRef
from vestnik.ids import MessageId

__all__ = ["Deletion", "Edit", "Failure", "Reaction"]


@dataclass(eq=False, repr=False, kw_only=True)
class Edit(SenderContext):
    """Somebody has replaced the text of a message.

    Attributes:
        message: The message as it is now.
    """

    happening: ClassVar[Happening] = Happening.EDIT

    message: Message

    @property
    def sender(self) -> Contact:
        """Who wrote it, which is who edited it."""
        return self.message.sender

    @property
    def text(self) -> str:
        """What is written in it now."""
        return self.message.text


@dataclass(eq=False, repr=False, kw_only=True)
class Deletion(ChatContext):
    """A message is gone: it was deleted, by anybody, or its time was over.

    Attributes:
        message_id: The id that it had.
    """

    happening: ClassVar[Happening] = Happening.DELETE

    message_id: MessageId


@dataclass(eq=False, repr=False, kw_only=True)
class Reaction(SenderContext):
    """Somebody has reacted to a message, has changed their reaction, or has taken it back.

    Attributes:
        sender: Who it was.
        message: The message, be it the bot's or somebody else's.
        emoji: What they react with now; empty when they took it back.
    """

    happening: ClassVar[Happening] = Happening.REACTION

    sender: Contact
    message: MessageRef
    emoji: str

    @property
    def is_taken_back(self) -> bool:
        """Whether there is no reaction of this sender any more."""
        return not self.emoji


@dataclass(eq=False, repr=False, kw_only=True)
class Failure(ChatContext):
    """A message of the bot will never be delivered.

    Attributes:
        message: The message.
        error: Why not, in the core's words.
    """

    happening: ClassVar[Happening] = Happening.FAILURE

    message: Message
    error: str
