"""One reader of the core's events, any number of listeners, none of whom can stall another."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Sequence
from types import TracebackType

from vestnik.chatmail._generated.events import Event, EventChannelOverflow
from vestnik.ids import AccountId

__all__ = ["EventHub", "EventStream"]

EVENTS_KEPT = 10_000
"""How many unread events a listener may have; as many as the core itself keeps."""

ACCOUNT_MANAGER = AccountId(0)


class EventStream:
    """The events of a core from the moment of subscribing on, in order.

    Iterate over it (``async for event in stream``). A listener that falls more than
    `EVENTS_KEPT` behind loses the oldest events and is told so by an ``EventChannelOverflow`` of
    account 0, as the core itself does. The stream ends when the core was shut down, and raises
    `CoreDied` when the core died and nobody restarts it.
    """

    def __init__(self, hub: EventHub, account_id: AccountId | None, kept: int) -> None:
        self._hub = hub
        self._account_id = account_id
        self._kept = kept
        self._unread: deque[Event] = deque(maxlen=kept)
        self._lost = 0
        self._arrival = asyncio.Event()
        self._ended = False
        self._cause: Exception | None = None

    def __aiter__(self) -> EventStream:
        return self

    async def __anext__(self) -> Event:
        if not self._unread and not await self._something_arrives():
            raise self._cause or StopAsyncIteration
        return self._overflow() if self._lost else self._unread.popleft()

    async def next_batch(self) -> list[Event]:
        """Wait for at least one event and return all that are there; none means the end."""
        if not self._unread and not await self._something_arrives():
            if self._cause is not None:
                raise self._cause
            return []
        batch = [self._overflow()] if self._lost else []
        batch += self._unread
        self._unread.clear()
        return batch

    async def __aenter__(self) -> EventStream:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Stop listening; a reader that waits sees the end."""
        self._hub.unsubscribe(self)
        self.end(None)

    async def _something_arrives(self) -> bool:
        while not self._unread and not self._ended:
            self._arrival.clear()
            await self._arrival.wait()
        return bool(self._unread)

    def _overflow(self) -> Event:
        lost, self._lost = self._lost, 0
        return Event(account_id=ACCOUNT_MANAGER, payload=EventChannelOverflow(n=lost))

    # What the hub tells it.

    def take(self, events: Sequence[Event]) -> None:
        """Add what was published, as far as it is for this listener."""
        if self._account_id is not None:
            mine = (self._account_id, ACCOUNT_MANAGER)
            events = [event for event in events if event.account_id in mine]
        self._lost += max(0, len(self._unread) + len(events) - self._kept)
        self._unread.extend(events)
        self._arrival.set()

    def end(self, cause: Exception | None) -> None:
        """Let the reader finish what is unread and then stop, or raise `cause`."""
        if not self._ended:
            self._ended, self._cause = True, cause
            self._arrival.set()


class EventHub:
    """Passes what one reader of events publishes to all listeners."""

    def __init__(self) -> None:
        self._streams: list[EventStream] = []
        self._ended = False
        self._cause: Exception | None = None

    def subscribe(
        self, account_id: AccountId | None = None, *, kept: int = EVENTS_KEPT
    ) -> EventStream:
        """Begin to listen; nothing published after this call is missed but by falling behind."""
        stream = EventStream(self, account_id, kept)
        if self._ended:
            stream.end(self._cause)
        else:
            self._streams.append(stream)
        return stream

    def unsubscribe(self, stream: EventStream) -> None:
        """Forget a listener."""
        if stream in self._streams:
            self._streams.remove(stream)

    def publish(self, events: Sequence[Event]) -> None:
        """Give `events` to all listeners; never waits for any of them."""
        for stream in self._streams:
            stream.take(events)

    def close(self, cause: Exception | None) -> None:
        """End all streams, now and later ones, with `cause`."""
        self._ended, self._cause = True, cause
        for stream in self._streams:
            stream.end(cause)
        self._streams.clear()
