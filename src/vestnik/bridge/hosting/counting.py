"""The work of the intake, counted from outside."""

from __future__ import annotations

from collections.abc import Sequence

from vestnik.bot.intake.intake import Arrival, Work
from vestnik.bridge.hosting.counts import Tallies
from vestnik.chatmail import Event
from vestnik.ids import AccountId, MessageId

__all__ = ["CountedWork"]


class CountedWork:
    """A `vestnik.bot.intake.intake.Work` whose results are counted."""

    def __init__(self, work: Work, tallies: Tallies) -> None:
        self._work = work
        self._tallies = tallies

    async def handle_message(self, arrival: Arrival) -> None:
        """Handle a message."""
        try:
            await self._work.handle_message(arrival)
        except Exception:
            self._tallies.failed += 1
            raise
        self._tallies.messages += 1

    async def handle_event(self, event: Event) -> None:
        """Handle anything else that happened."""
        try:
            await self._work.handle_event(event)
        except Exception:
            self._tallies.failed += 1
            raise
        self._tallies.events += 1

    async def unfinished(self, account_id: AccountId) -> Sequence[MessageId]:
        """Return what was begun and not finished before a crash."""
        return await self._work.unfinished(account_id)

    def is_interesting(self, event: Event) -> bool:
        """Tell whether anybody wants events of this type."""
        return self._work.is_interesting(event)
