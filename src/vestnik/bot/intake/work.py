"""What an intake takes in, and what is done with it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from vestnik.chatmail import Event
from vestnik.ids import AccountId, ChatId, MessageId

__all__ = ["Arrival", "Work"]


@dataclass(frozen=True, slots=True)
class Arrival:
    """A whole incoming message that waits to be handled."""

    account_id: AccountId
    chat_id: ChatId
    message_id: MessageId


class Work(Protocol):
    """What is done with what the intake takes in."""

    async def handle_message(self, arrival: Arrival) -> None:
        """Handle a message, unless it was; an error means that it is to come again."""

    async def handle_event(self, event: Event) -> None:
        """Handle anything else that happened."""

    async def unfinished(self, account_id: AccountId) -> Sequence[MessageId]:
        """Return what was begun and not finished before a crash, oldest first."""

    def is_interesting(self, event: Event) -> bool:
        """Tell whether anybody wants events of this type of this account; asked once for each."""
