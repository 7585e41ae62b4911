"""The core's channel of events: volatile, bounded, one reader for all."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable

import msgspec

from vestnik.chatmail import encode_event
from vestnik.chatmail.events import Event, EventChannelOverflow
from vestnik.ids import AccountId
from vestnik.testing.fake.wire import CallerId, answer_line

__all__ = ["EventChannel"]

CAPACITY = 10_000
"""How many unread events the core keeps; of more it drops the oldest."""

BATCH = 101
"""How many events one ``get_next_event_batch`` gives at most."""

_ACCOUNT_MANAGER = AccountId(0)


class EventChannel:
    """The unread events of one life of a core, each encoded once."""

    def __init__(self, send: Callable[[bytes], None]) -> None:
        self._send = send
        self._unread: deque[bytes] = deque()
        self._lost = 0
        self._readers: deque[tuple[CallerId, bool]] = deque()

    def put(self, event: bytes) -> None:
        """Add an event, for which the oldest must go when the channel is full."""
        if len(self._unread) >= CAPACITY:
            self._unread.popleft()
            self._lost += 1
        self._unread.append(event)
        if self._readers:
            self._serve()

    def read(self, caller: CallerId, *, batch: bool) -> None:
        """Answer a reader as soon as there is an event; readers share, they do not copy."""
        self._readers.append((caller, batch))
        self._serve()

    def overflow(self, lost: int) -> None:
        """Lose all unread events, and tell the reader that `lost` are gone."""
        self._unread.clear()
        self._lost += lost
        self._serve()

    def _serve(self) -> None:
        while self._readers and (self._unread or self._lost):
            caller, batch = self._readers.popleft()
            events = self._take(BATCH if batch else 1)
            result = b"[%b]" % b",".join(events) if batch else events[0]
            self._send(answer_line(caller, msgspec.Raw(result)))

    def _take(self, count: int) -> list[bytes]:
        events = [self._overflow_notice()] if self._lost else []
        while self._unread and len(events) < count:
            events.append(self._unread.popleft())
        return events

    def _overflow_notice(self) -> bytes:
        notice = EventChannelOverflow(n=self._lost)
        self._lost = 0
        return encode_event(Event(account_id=_ACCOUNT_MANAGER, payload=notice))
