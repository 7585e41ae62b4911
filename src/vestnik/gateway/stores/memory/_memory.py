"""What the parts of the store share."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import msgspec

from vestnik.clock import Clock
from vestnik.gateway.model import (
    Attempt,
    AttemptState,
    Owner,
    Record,
    RecordId,
    Stored,
    Webhook,
)
from vestnik.gateway.stores._draft import Span
from vestnik.gateway.stores._epoch import new_epoch
from vestnik.gateway.stores._rules import KEY_MILLISECONDS, OPEN, milliseconds
from vestnik.ids import DeliveryId, OwnerId

__all__ = ["Memory", "Stream", "owner_of"]

ROW_BYTES = 200
"""What a notification or an attempt is taken to need beside its payload."""


class Stream:
    """The notifications of one owner, and when each was stored."""

    def __init__(self) -> None:
        self.floor = 0
        self.items: list[Stored] = []
        self.moments: list[int] = []

    @property
    def end(self) -> int:
        """The last offset."""
        return self.floor + len(self.items)

    def between(self, after: int, up_to: int) -> list[Stored]:
        """Return what there is after an offset, up to and with another one."""
        first = max(after - self.floor, 0)
        return self.items[first : max(up_to - self.floor, 0)]

    def cut(self, count: int) -> int:
        """Forget so many from the beginning."""
        del self.items[:count], self.moments[:count]
        self.floor += count
        return count


class Memory:
    """Everything that is remembered."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.epoch = new_epoch()
        self.records: dict[tuple[type[Record], RecordId], Record] = {}
        self.streams: dict[OwnerId, Stream] = {}
        self.attempts: dict[DeliveryId, Attempt] = {}
        self.last_id = 0
        self.keys: dict[str, tuple[int, tuple[Span, ...]]] = {}

    def now(self) -> int:
        """Return the milliseconds since 1970."""
        return milliseconds(self.clock)

    def stream(self, owner: OwnerId) -> Stream:
        """Return a stream, an empty one if there is none."""
        return self.streams.get(owner) or Stream()

    def add_attempts(self, attempts: Iterable[Attempt]) -> None:
        """Add attempts, or replace them."""
        self.attempts.update((attempt.id, attempt) for attempt in attempts)

    def change(self, id: DeliveryId, among: Sequence[AttemptState], **changes: object) -> None:
        """Change an attempt if it is in one of some states."""
        attempt = self.attempts.get(id)
        if attempt is not None and attempt.state in among:
            self.attempts[id] = msgspec.structs.replace(attempt, **changes)

    def forget(self, kind: type[Record], id: RecordId) -> None:
        """Forget a record, with an owner all that is his, with a webhook its attempts.

        A stream goes on where it was, should its owner come back.
        """
        gone = self.records.pop((kind, id), None)
        if kind is Webhook:
            self.attempts = {n: one for n, one in self.attempts.items() if one.webhook != id}
        if isinstance(gone, Owner):
            for theirs in [r for r in self.records.values() if owner_of(r) == id]:
                self.forget(type(theirs), theirs.id)
            stream = self.stream(OwnerId(id))
            stream.cut(len(stream.items))

    def cut_older_than(self, since: int) -> int:
        """Forget notifications; whatever stands before an old one in its stream is old, too."""
        return sum(
            stream.cut(max((i + 1 for i, at in enumerate(stream.moments) if at < since), default=0))
            for stream in self.streams.values()
        )

    def cut_to(self, most_bytes: int) -> int:
        """Forget the oldest notifications, with the attempts of their time."""
        count = 0
        while self._size() > most_bytes and (full := self._oldest()):
            self.forget_attempts(full.moments[0] + 1)
            count += full.cut(1)
        return count

    def forget_attempts(self, since: int) -> None:
        """Forget attempts that have ended and were planned before a moment."""
        self.attempts = {
            id: one
            for id, one in self.attempts.items()
            if one.planned >= since or one.state in OPEN
        }

    def forget_keys(self) -> None:
        """Forget the keys that are old enough."""
        since = self.now() - KEY_MILLISECONDS
        self.keys = {key: known for key, known in self.keys.items() if known[0] >= since}

    def _oldest(self) -> Stream | None:
        full = (stream for stream in self.streams.values() if stream.items)
        return min(full, key=lambda stream: stream.moments[0], default=None)

    def _size(self) -> int:
        streams = self.streams.values()
        payloads = sum(len(i.notification.payload) for stream in streams for i in stream.items)
        rows = len(self.attempts) + sum(len(stream.items) for stream in streams)
        return payloads + rows * ROW_BYTES


def owner_of(record: Record) -> OwnerId | None:
    """Return whose a record is; an owner is his own."""
    return record.id if isinstance(record, Owner) else record.owner
