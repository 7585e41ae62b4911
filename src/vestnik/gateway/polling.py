"""Notifications for those who ask again and again: long polling.

A poll first hears the broker and reads the log then, so that nothing falls between; it never has to
trust what it heard beyond that there is something to read. It holds no notification while it waits.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from typing import NamedTuple

from vestnik.clock import Clock
from vestnik.errors import NotAllowed, NotFound, Overloaded
from vestnik.gateway._poll import Poll, alarm
from vestnik.gateway.access import Access
from vestnik.gateway.model import Stored, Token
from vestnik.gateway.ports import (
    SETTINGS_TOPIC,
    Broker,
    BrokerMessage,
    Changed,
    NotificationLog,
    Subscription,
    TokenRevoked,
    owner_topic,
)
from vestnik.gateway.reading import read_part
from vestnik.gateway.roster import Roster
from vestnik.ids import OwnerId, TokenId
from vestnik.wire import Position

__all__ = ["MOST_POLLS", "Updates", "UpdatesPage", "where_to_begin"]

MOST_POLLS = 20
"""Polls of one token that may wait at once."""

_TRY_AGAIN = 1.0
_REVOKED = "The token was deleted or regenerated."


class UpdatesPage(NamedTuple):
    """What came of a poll.

    Attributes:
        epoch: Of the log; with another one, offsets mean nothing any more.
        next: What to ask after the next time.
        recovered: Whether everything after the asked place is here, or comes next; otherwise the
            items begin as early as they can.
    """

    epoch: str
    next: int
    recovered: bool
    items: Sequence[Stored]


def where_to_begin(after: int | None, epoch: str | None, end: Position) -> tuple[int, bool]:
    """Return after which offset to read, and whether that is what was asked for."""
    if after is None:
        return end.offset, True
    if epoch not in (None, end.epoch) or after > end.offset:
        return 0, False
    return after, True


class Updates:
    """Answers polls, as an async context manager; every poll ends by itself.

    Args:
        most_polls: Of one token at once.
    """

    def __init__(
        self,
        log: NotificationLog,
        broker: Broker,
        roster: Roster,
        access: Access,
        clock: Clock,
        *,
        most_polls: int = MOST_POLLS,
    ) -> None:
        self._log = log
        self._broker = broker
        self._roster = roster
        self._access = access
        self._clock = clock
        self._most_polls = most_polls
        self._polls: dict[TokenId, set[Poll]] = {}
        self._is_closed = False
        self._settings: Subscription | None = None

    def __len__(self) -> int:
        return sum(map(len, self._polls.values()))

    async def __aenter__(self) -> Updates:
        self._settings = await self._broker.subscribe(SETTINGS_TOPIC, self._hear)
        return self

    async def __aexit__(self, *exc: object) -> None:
        self.close()
        if self._settings is not None:
            await self._settings.close()

    async def wait(
        self,
        token: Token,
        owner: OwnerId,
        *,
        after: int | None = None,
        epoch: str | None = None,
        limit: int = 100,
        seconds: float = 30.0,
    ) -> UpdatesPage:
        """Return what an owner is told after an offset, as soon as there is something.

        Args:
            token: Who asks. One for a resource is told only what happened to that.
            owner: Whose stream it is; the token has to reach him.
            after: ``None`` means from now on.
            epoch: The one that the offset is of, if the caller knows it.
            seconds: When it returns with nothing.

        Raises:
            NotAllowed: The token was deleted meanwhile.
            NotFound: The owner was deleted meanwhile.
            Overloaded: So many polls of the token wait already.
            StoreFailed: The log cannot be read.
        """
        with self._counted(Poll(token.id, owner, token.resource)) as poll:
            if not self._access.knows(token):
                poll.fail(NotAllowed(_REVOKED))  # before it could have heard of that
            async with self._hearing(poll), alarm(poll, self._clock, seconds):
                end = await self._log.position(owner)
                start, recovered = where_to_begin(after, epoch, end)
                return await self._follow(poll, end.epoch, start, recovered, limit)

    def close(self) -> None:
        """Let all who wait go with what there is; who still comes does not wait."""
        self._is_closed = True
        for polls in self._polls.values():
            for poll in polls:
                poll.end()

    async def _follow(
        self, poll: Poll, epoch: str, after: int, recovered: bool, limit: int
    ) -> UpdatesPage:
        while True:
            # First this, then the read: what is told from here on wakes it once more.
            poll.woken.clear()
            part = await read_part(self._log, poll.owner, after, limit, poll.resource)
            poll.check()
            recovered = recovered and part.floor <= after
            if part.items or not recovered or poll.is_over:
                return UpdatesPage(epoch, part.next, recovered, part.items)
            if part.next == after:
                await poll.woken.wait()
            after = part.next

    @contextmanager
    def _counted(self, poll: Poll) -> Iterator[Poll]:
        polls = self._polls.setdefault(poll.token, set())
        if len(polls) >= self._most_polls:
            raise Overloaded(_TRY_AGAIN)
        polls.add(poll)
        if self._is_closed:
            poll.end()
        try:
            yield poll
        finally:
            polls.discard(poll)
            if not polls:
                del self._polls[poll.token]

    @asynccontextmanager
    async def _hearing(self, poll: Poll) -> AsyncIterator[None]:
        subscription = await self._broker.subscribe(owner_topic(poll.owner), poll.hear)
        try:
            yield
        finally:
            await subscription.close()

    def _hear(self, message: BrokerMessage) -> None:
        if isinstance(message, TokenRevoked):
            for poll in self._polls.get(message.token, ()):
                poll.fail(NotAllowed(_REVOKED))
        elif isinstance(message, Changed) and self._roster.owner(message.owner) is None:
            for polls in self._polls.values():
                for poll in polls:
                    if poll.owner == message.owner:
                        poll.fail(NotFound("The owner was deleted."))
