"""One message on its way out, from the call to the answer of the core."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import NamedTuple

from vestnik.bot.outbox.turns import Rank
from vestnik.chatmail.types import MessageData
from vestnik.ids import AccountId, ChatId, MessageId

__all__ = ["Existing", "Outgoing"]


class Existing(NamedTuple):
    """The row that has the same key already."""

    row: int
    message_id: MessageId | None
    """What it became; ``None`` while it waits itself."""


@dataclass(eq=False, slots=True)
class Outgoing:
    """One message on its way out.

    Attributes:
        row: The id of its row, which gives the order of calls.
        rank: How urgent it is.
        cost: How many mails it takes.
        data: What to send; ``None`` when it is to be read from the row.
        has_begun: Whether its turn has come.
        is_given: Whether the row says already that the core may have it.
        stored: Done when the row is durable, or was found to exist; ``None`` for a row that was
            there from the beginning.
        accepted: Tells the caller what the core said; ``None`` if he does not wait.
        followers: Later messages of the same key, which are to end as this one does.
    """

    row: int
    account_id: AccountId
    chat_id: ChatId
    rank: Rank
    cost: int = 1
    key: str | None = None
    data: MessageData | None = None
    has_begun: bool = False
    is_given: bool = False
    stored: asyncio.Future[Existing | None] | None = None
    accepted: asyncio.Future[MessageId] | None = None
    followers: list[Outgoing] = field(default_factory=list)

    def resolve(self, outcome: MessageId | Exception) -> None:
        """Tell the caller, and those of the same key, how it ended."""
        for item in (self, *self.followers):
            item.tell(outcome)

    def tell(self, outcome: MessageId | Exception) -> None:
        """Tell the caller how it ended, if he still waits."""
        if self.accepted is None or self.accepted.done():
            return
        if isinstance(outcome, Exception):
            self.accepted.set_exception(outcome)
        else:
            self.accepted.set_result(outcome)
