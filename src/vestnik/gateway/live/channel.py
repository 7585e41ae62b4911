"""The stream of one owner, or of one of his resources, on its way to connections.

Rules of this file:

- What is due within one turn of the loop is told at once.
- Joining, leaving and changing the dialect first send what is due: nobody gets what was told before
  it came, and nobody misses what was told before it went.
- Only what lies behind `head` is told, so that nothing comes twice, whatever a broker does.
- The channel of a resource passes over what happened to others: `head` moves, and nobody is told of
  a gap, for there is none to him.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from vestnik.gateway.live.audience import Audience, Member, frame_of
from vestnik.gateway.live.stats import HubStats
from vestnik.gateway.model import Stored
from vestnik.gateway.ports import Notified
from vestnik.ids import OwnerId, ResourceId
from vestnik.wire import Dialect, Position

__all__ = ["Channel", "Member", "frame_of"]

_MOST_PENDING = 32 * 1024
"""Bytes of payloads, about, that are joined into one write."""

_ENVELOPE = 200
"""What a notification takes besides its payload, about."""


class Channel:
    """The connections that hear the same.

    Args:
        dialect_of: Looks the owner's dialect up.
        soon: Calls something in the next turn of the loop.
        resource: Only what happened to this one is told; ``None`` tells all.

    Attributes:
        head: The offset of the last notification that was heard of.
        users: How many connections hold it, in or on their way in.
    """

    __slots__ = (
        "_audience",
        "_dialect",
        "_dialect_of",
        "_hearing",
        "_is_due",
        "_lost",
        "_pending",
        "_pending_bytes",
        "_soon",
        "epoch",
        "head",
        "owner",
        "resource",
        "users",
    )

    def __init__(
        self,
        owner: OwnerId,
        dialect_of: Callable[[OwnerId], Dialect],
        soon: Callable[[Callable[[], None]], object],
        stats: HubStats,
        resource: ResourceId | None = None,
    ) -> None:
        self.owner = owner
        self.resource = resource
        self.epoch = ""
        self.head = 0
        self.users = 0
        self._dialect_of = dialect_of
        self._dialect = dialect_of(owner)
        self._soon = soon
        self._audience = Audience(stats)
        self._pending: list[Stored] = []
        self._pending_bytes = 0
        self._lost = 0
        self._is_due = False
        self._hearing: asyncio.Future[None] | None = None

    @property
    def position(self) -> Position:
        """Where the stream stands."""
        return Position(self.epoch, self.head)

    def begin(self, position: Position) -> None:
        """Note where the stream ends in the log; what was heard meanwhile may be further."""
        if self.epoch != position.epoch:
            self.epoch, self.head = position.epoch, position.offset
        self.head = max(self.head, position.offset)
        self._forget_pending()

    def hear(self, message: Notified) -> None:
        """Take what was stored, to be sent at the end of this turn of the loop."""
        if message.epoch != self.epoch:
            self.flush()
            self.epoch, self.head = message.epoch, message.items[0].offset - 1
        for item in message.items:
            if item.offset > self.head:
                self._take(item)
        if self._pending and not self._is_due:
            self._is_due = True
            self._soon(self._flush_when_due)
        if self._hearing is not None:
            hearing, self._hearing = self._hearing, None
            hearing.set_result(None)

    async def heard(self) -> None:
        """Return when something more has been heard of."""
        if self._hearing is None:
            self._hearing = asyncio.get_running_loop().create_future()
        await asyncio.shield(self._hearing)

    def join(self, member: Member, missed: int = 0) -> None:
        """Tell a member everything from now on; one with positions also what it has missed."""
        self.flush()
        self._audience.add(member, missed)

    def leave(self, member: Member) -> int:
        """Tell a member nothing more; return how much it has missed and was not told."""
        self.flush()
        return self._audience.remove(member)

    def stand_aside(self, member: Member) -> None:
        """Leave out a member that cannot take more, until it joins again."""
        self._audience.put_aside(member)

    def come_back(self, member: Member) -> None:
        """Go on with a member that can take more again."""
        if self._audience.is_aside(member):
            self.flush()
            self._audience.add(member, self._audience.remove(member))

    def change(self) -> None:
        """Look the dialect up again, for what follows."""
        self.flush()
        self._dialect = self._dialect_of(self.owner)

    def flush(self) -> None:
        """Send what is due."""
        items, lost = self._pending, self._lost
        self._forget_pending()
        if items:
            self._audience.tell(items, lost, self.epoch, self._dialect)

    @property
    def dialect(self) -> Dialect:
        """How the owner wants to have notifications spelled."""
        return self._dialect

    def tells(self, item: Stored) -> bool:
        """Say whether this is for those who are here."""
        return self.resource is None or item.notification.resource == self.resource

    def _take(self, item: Stored) -> None:
        if item.offset > self.head + 1:
            self.flush()
            self._lost = item.offset - self.head - 1
        self.head = item.offset
        if self.resource is not None and item.notification.resource != self.resource:
            self._owe_lost()
            return
        self._pending.append(item)
        self._pending_bytes += len(item.notification.payload) + _ENVELOPE
        if self._pending_bytes > _MOST_PENDING:
            self.flush()

    def _flush_when_due(self) -> None:
        self._is_due = False
        self.flush()

    def _owe_lost(self) -> None:
        """Tell of a gap later, to those who are here now, if there is nothing to tell it with."""
        if self._lost and not self._pending:
            self._audience.owe(self._lost)
            self._lost = 0

    def _forget_pending(self) -> None:
        self._pending, self._pending_bytes, self._lost = [], 0, 0
