"""The ground of all contexts: what happened, to which account, and what is within reach there."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar

import structlog
from structlog.typing import FilteringBoundLogger

from vestnik.bot.happening import Happening
from vestnik.bot.objects.account import Account
from vestnik.bot.objects.chat import Chat
from vestnik.bot.objects.contact import Contact
from vestnik.bot.objects.scope import Keys, Scope, Services
from vestnik.bot.states import Conversation, ConversationState
from vestnik.bot.words import Words
from vestnik.chatmail import Core, Event
from vestnik.chatmail.types import ChatType
from vestnik.errors import BadBot
from vestnik.ids import AccountId, ChatId, ContactId, MessageId

if TYPE_CHECKING:
    from vestnik.bot.filters.base import Filter
    from vestnik.bot.schedule import Schedule

__all__ = ["ChatContext", "Context", "SenderContext"]

T = TypeVar("T")


@dataclass(eq=False, repr=False)
class Context:
    """Something that happened to an account of the bot.

    Attributes:
        happening: Which observers hear of it.
        services: The bot's core, memory and outbox.
        account_id: The account to which it happened; 0 is the account manager.
        event: What the core told, if it was the core.
        cause: The incoming message that is being handled, when it is one: what is sent meanwhile
            is remembered under it, so that a second run after a crash sends nothing twice.
        keys: The names of what is sent meanwhile; by default made from `cause`.
        language: The language that the chat has chosen.
    """

    happening: ClassVar[Happening] = Happening.EVENT

    services: Services
    account_id: AccountId
    event: Event | None = None
    cause: MessageId | None = None
    keys: Keys | None = None
    language: str | None = None
    _matches: dict[int, Any] = field(default_factory=dict)

    def __repr__(self) -> str:
        return f"<{type(self).__name__} of account {self.account_id}>"

    def __getitem__(self, matched: Filter[T, Any]) -> T:
        """Return what a filter of the handler found in this context."""
        value: T = self._matches[id(matched)]
        return value

    @property
    def bot(self) -> str:
        """The name of the bot."""
        return self.services.bot

    @property
    def core(self) -> Core:
        """The typed client of the core, for everything that has no nicer name here."""
        return self.services.core

    @property
    def schedule(self) -> Schedule:
        """What is done later, or again and again.

        Raises:
            BadBot: The bot keeps no schedule.
        """
        if self.services.schedule is None:
            raise BadBot("This bot keeps no schedule: give its Services one.")
        return self.services.schedule

    @property
    def scope(self) -> Scope:
        """What objects need to know of this context."""
        if self.keys is None:
            self.keys = Keys.of(self.account_id, self.cause)
        return Scope(self.services, self.account_id, self.keys)

    @property
    def account(self) -> Account:
        """The account to which it happened."""
        return Account(self.scope)

    @property
    def words(self) -> Words:
        """What the bot says of its own accord, in the language of the chat."""
        return self.services.dictionary.words(self.language)

    @property
    def log(self) -> FilteringBoundLogger:
        """The bot's log, which already knows what is being handled."""
        log: FilteringBoundLogger = structlog.get_logger("vestnik.bot")
        return log.bind(**self.log_fields())

    def log_fields(self) -> dict[str, object]:
        """Tell what a line of the log should say of this context; never what people wrote."""
        return {"bot": self.bot, "account": self.account_id}

    def next_key(self) -> str | None:
        """Name the next message that is sent while this is handled; ``None`` if it may repeat."""
        return self.scope.next_key()

    async def finish(self) -> None:
        """Note that it was handled; called once by who dispatches it, whatever came of it."""


@dataclass(eq=False, repr=False, kw_only=True)
class ChatContext(Context):
    """Something that happened in a chat.

    Attributes:
        chat_id: The chat in which it happened.
    """

    chat_id: ChatId
    _chat_type: ChatType | None = None

    def __repr__(self) -> str:
        return f"<{type(self).__name__} in chat {self.chat_id} of account {self.account_id}>"

    @property
    def chat(self) -> Chat:
        """The chat in which it happened."""
        return Chat(self.scope, self.chat_id)

    @property
    def state(self) -> ConversationState:
        """The state of the conversation: with the sender, or without one that of the chat."""
        conversation = Conversation(self.account_id, self.chat_id, self._partner_id())
        return ConversationState(self.services.states, conversation, self.cause)

    async def chat_type(self) -> ChatType:
        """Tell what sort of chat it is; the core is asked once."""
        if self._chat_type is None:
            self._chat_type = await self.chat.type()
        return self._chat_type

    def log_fields(self) -> dict[str, object]:
        """Tell what a line of the log should say of this context; never what people wrote."""
        return {**super().log_fields(), "chat": self.chat_id}

    def _partner_id(self) -> ContactId | None:
        return None


@dataclass(eq=False, repr=False, kw_only=True)
class SenderContext(ChatContext):
    """Something that somebody did in a chat."""

    if TYPE_CHECKING:  # a field of some, a property of others

        @property
        def sender(self) -> Contact:
            """Who did it."""

    async def is_from_admin(self) -> bool:
        """Tell whether an admin of the bot did it."""
        admins = self.services.admins
        return admins is not None and await admins.is_admin(self.account_id, self.sender.id)

    def _partner_id(self) -> ContactId | None:
        return self.sender.id
