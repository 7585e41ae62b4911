"""What a store keeps for a conversation, and what becomes of it; pure, the same for all stores."""

from __future__ import annotations

from typing import NamedTuple

from vestnik.bot.states.store import Stored
from vestnik.ids import MessageId

__all__ = ["EMPTY", "Row", "rewound", "written"]


class Row(NamedTuple):
    """A state, who wrote it last, and what was there before that message was handled."""

    stored: Stored | None = None
    cause: MessageId | None = None
    before: Stored | None = None
    changed: float = 0.0

    @property
    def is_empty(self) -> bool:
        """Whether nothing would be lost without it."""
        return self.stored is None and self.before is None


EMPTY = Row()


def written(row: Row, stored: Stored | None, cause: MessageId | None, now: float) -> Row:
    """Write a state; what a message finds when it begins to write is kept until another writes."""
    if cause is None:
        return Row(stored, changed=now)
    before = row.before if row.cause == cause else row.stored
    return Row(stored, cause, before, now)


def rewound(row: Row) -> Row:
    """Go back to what the last writer found."""
    return Row(row.before, changed=row.changed)
