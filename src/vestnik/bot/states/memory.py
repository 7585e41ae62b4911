"""States that last as long as the process."""

from __future__ import annotations

from vestnik.bot.states._row import EMPTY, Row, rewound, written
from vestnik.bot.states.store import Conversation, Stored
from vestnik.clock import Clock, SystemClock
from vestnik.ids import AccountId, MessageId

__all__ = ["MemoryStates"]


class MemoryStates:
    """A `StateStore` in memory: for tests, and for bots that may forget."""

    def __init__(self, clock: Clock | None = None) -> None:
        self._clock = clock or SystemClock()
        self._rows: dict[Conversation, Row] = {}

    async def get(self, conversation: Conversation) -> Stored | None:
        """Return the state of a conversation."""
        return self._rows.get(conversation, EMPTY).stored

    async def set(
        self, conversation: Conversation, stored: Stored | None, *, cause: MessageId | None = None
    ) -> None:
        """Replace the state of a conversation; ``None`` ends it."""
        row = self._rows.get(conversation, EMPTY)
        self._put(conversation, written(row, stored, cause, self._clock.now()))

    async def swap(
        self,
        conversation: Conversation,
        before: Stored | None,
        after: Stored | None,
        *,
        cause: MessageId | None = None,
    ) -> bool:
        """Replace the state only if it is still `before`; tell whether it was."""
        if self._rows.get(conversation, EMPTY).stored != before:
            return False
        await self.set(conversation, after, cause=cause)
        return True

    async def rewind(self, account_id: AccountId, cause: MessageId) -> None:
        """Put back what was there before the handling of a message that was interrupted."""
        for conversation, row in list(self._rows.items()):
            if conversation.account_id == account_id and row.cause == cause:
                self._put(conversation, rewound(row))

    async def prune(self, older_than_seconds: float) -> int:
        """Forget the conversations that were not changed for so long; tell how many."""
        oldest = self._clock.now() - older_than_seconds
        old = [whose for whose, row in self._rows.items() if row.changed < oldest]
        for conversation in old:
            del self._rows[conversation]
        return len(old)

    def _put(self, conversation: Conversation, row: Row) -> None:
        if row.is_empty:
            self._rows.pop(conversation, None)
        else:
            self._rows[conversation] = row
