"""The way out of one account: its turns and its pace."""

from __future__ import annotations

from collections.abc import Callable

from vestnik.bot.outbox.bucket import Pace, TokenBucket
from vestnik.bot.outbox.outgoing import Outgoing
from vestnik.bot.outbox.queue import Spent
from vestnik.bot.outbox.turns import Turns
from vestnik.clock import Clock
from vestnik.ids import MessageId

__all__ = ["Way"]

MOST_AT_ONCE = 128
"""How many messages of an account are with the core at once."""


class Way:
    """Lets the messages of one account begin, as soon as their turn and the pace allow it.

    Attributes:
        floor: The greatest known id of a message of the account; 0 while none is known.
        under_way: How many messages have begun and not ended.
        has_alarm: Whether somebody sleeps until `begin_due` is to be called again.
    """

    def __init__(self, pace: Pace | None, clock: Clock) -> None:
        self.turns: Turns[Outgoing] = Turns()
        self.floor = MessageId(0)
        self.under_way = 0
        self.has_alarm = False
        self._bucket = TokenBucket(pace) if pace else None
        self._clock = clock
        self._expected_mails = 0

    def begin_due(self, begin: Callable[[Outgoing], None]) -> float | None:
        """Begin what may begin now; the seconds after which to call again, if time is missing."""
        while self.under_way < MOST_AT_ONCE and (item := self.turns.peek()):
            if wait := self._wait(item.cost):
                return wait
            self._spend(item.cost)
            self.turns.start(item)
            self.under_way += 1
            begin(item)
        return None

    def end(self, item: Outgoing, message_id: MessageId | None) -> None:
        """Let the next message of the chat begin; tokens for what was not sent are given back."""
        self.under_way -= 1
        self.turns.finish(item)
        if message_id is not None:
            self.floor = max(self.floor, message_id)
            self._expected_mails += item.cost
        elif self._bucket:
            self._bucket.give_back(item.cost)

    def note_spent(self, mails: int) -> None:
        """Count mails that are about to leave by another way."""
        self._expected_mails += mails
        self._spend(mails)

    def note_mail(self) -> None:
        """Count a mail that the relay took; one that nobody expected costs a token, too.

        Such are read receipts, the steps of a SecureJoin, and the further parts of what goes to
        a large group.
        """
        if self._bucket is None:
            return
        if self._bucket.is_full(self._clock.monotonic()):
            self._expected_mails = 0
        self._expected_mails -= 1
        if self._expected_mails < 0:
            self._expected_mails = 0
            self._spend(1)

    def recall(self, spent: Spent) -> None:
        """Count mails that left before this life."""
        if self._bucket:
            self._bucket.spend(spent.moment, spent.cost)

    def _wait(self, cost: int) -> float:
        if self._bucket is None:
            return 0.0
        now = self._clock.monotonic()
        wait = self._bucket.wait(now, cost)
        # Something that takes less may come first meanwhile: look again as soon as it could go.
        return min(wait, self._bucket.wait(now) or wait)

    def _spend(self, cost: int) -> None:
        if self._bucket:
            self._bucket.spend(self._clock.monotonic(), cost)
