"""What waits for the handlers: put in by any thread, taken out by one loop."""

from __future__ import annotations

import asyncio
import threading
from collections import deque

from vestnik.sdk.notification import Notification

__all__ = ["Mailbox"]


class Mailbox:
    """A bounded queue that never makes who puts in wait.

    Args:
        most: How many fit in.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._items: deque[Notification] = deque()
        self._lock = threading.Lock()
        self._waiter: tuple[asyncio.AbstractEventLoop, asyncio.Event] | None = None
        self._is_ended = False

    def __len__(self) -> int:
        return len(self._items)

    @property
    def is_full(self) -> bool:
        """Whether nothing more is to be put in."""
        return len(self._items) >= self._most

    def put(self, notification: Notification) -> None:
        """Add one and wake who waits."""
        with self._lock:
            self._items.append(notification)
            self._wake()

    async def get(self) -> Notification | None:
        """Take the oldest as soon as there is one; ``None`` when it has ended and is empty."""
        while True:
            with self._lock:
                if self._items:
                    return self._items.popleft()
                if self._is_ended:
                    return None
                changed = asyncio.Event()
                self._waiter = (asyncio.get_running_loop(), changed)
            await changed.wait()

    def end(self) -> None:
        """Let who takes out know that nothing more comes."""
        with self._lock:
            self._is_ended = True
            self._wake()

    def reopen(self) -> None:
        """Go on after an end."""
        self._is_ended = False

    def _wake(self) -> None:
        if self._waiter is not None:
            (loop, changed), self._waiter = self._waiter, None
            if not loop.is_closed():
                loop.call_soon_threadsafe(changed.set)
