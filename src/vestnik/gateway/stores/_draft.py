"""What an append is about to write: offsets, ids of attempts, keys; pure, one for all stores."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple, TypeAlias

from vestnik.gateway.model import Addressed, Appended, Batch, Planned, Stored
from vestnik.ids import DeliveryId, OwnerId, WebhookId

__all__ = ["OVERFLOWED", "Draft", "Overflowed", "Span", "spans_of"]

OVERFLOWED = "Not attempted: too much waited for this webhook already."


class Span(NamedTuple):
    """Notifications of one stream that follow each other."""

    owner: OwnerId
    first: int
    last: int


class Overflowed(NamedTuple):
    """An attempt that will not be made, because too much waits for its webhook."""

    id: DeliveryId
    webhook: WebhookId
    owner: OwnerId
    offset: int


Repeats: TypeAlias = Mapping[str, tuple[Stored, ...]]


class Draft:
    """Numbers batches without changing anything, so that a failure leaves nothing behind.

    Args:
        end_of: Where the stream of an owner ends now.
        last_id: The highest id that an attempt has had.
        known: What is left of what was stored under the keys that are known already.
    """

    def __init__(
        self, end_of: Callable[[OwnerId], int], last_id: int, known: Repeats | None = None
    ) -> None:
        self._end_of = end_of
        self._known = dict(known or {})
        self.last_id = last_id
        self.ends: dict[OwnerId, int] = {}
        self.stored: list[Stored] = []
        self.planned: list[Planned] = []
        self.overflowed: list[Overflowed] = []
        self.keys: dict[str, tuple[Span, ...]] = {}

    def add(self, batch: Batch) -> Appended:
        """Number a batch, or recognise it."""
        key = batch.key
        if key is not None and key in self._known:
            return Appended(self._known[key], (), is_repeat=True)
        before = len(self.planned)
        stored = tuple([self._store(item) for item in batch.items])
        self.stored += stored
        if key is not None:
            self._known[key] = stored
            self.keys[key] = tuple(spans_of(stored))
        return Appended(stored, tuple(self.planned[before:]))

    def _store(self, item: Addressed) -> Stored:
        owner = item.owner
        offset = (self.ends[owner] if owner in self.ends else self._end_of(owner)) + 1
        self.ends[owner] = offset
        for webhook in item.webhooks:
            self.planned.append(Planned(self._next_id(), webhook, owner, offset, item.notification))
        for webhook in item.overflowed:
            self.overflowed.append(Overflowed(self._next_id(), webhook, owner, offset))
        return Stored(owner, offset, item.notification)

    def _next_id(self) -> DeliveryId:
        self.last_id += 1
        return DeliveryId(self.last_id)


def spans_of(stored: tuple[Stored, ...]) -> Iterator[Span]:
    """Say in short where notifications are, in their order."""
    start: Stored | None = None
    last: Stored | None = None
    for item in stored:
        if start is None or last is None:
            start = item
        elif item.owner != last.owner:
            yield Span(start.owner, start.offset, last.offset)
            start = item
        last = item
    if start is not None and last is not None:
        yield Span(start.owner, start.offset, last.offset)
