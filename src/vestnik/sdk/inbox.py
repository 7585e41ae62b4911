"""The bounded queue between who reads and who consumes, on one loop."""

from __future__ import annotations

import asyncio
from collections import deque
from typing import Generic, TypeVar

__all__ = ["Inbox"]

T = TypeVar("T")


class Inbox(Generic[T]):
    """Waits when it is full and when it is empty; can be ended, with an error or without.

    Args:
        most: How many may wait in it.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._items: deque[T] = deque()
        self._has_items = asyncio.Event()
        self._has_room = asyncio.Event()
        self._error: BaseException | None = None
        self._is_ended = False
        self._is_urgent = False

    @property
    def is_full(self) -> bool:
        """Whether `put` would have to wait."""
        return len(self._items) >= self._most

    @property
    def has_much_room(self) -> bool:
        """Whether at most half of what may wait does."""
        return len(self._items) <= self._most // 2

    def peek(self) -> T | None:
        """Look at the oldest item."""
        return self._items[0] if self._items else None

    async def put(self, item: T) -> None:
        """Add an item as soon as there is room, or it is urgent."""
        while self.is_full and not self._is_urgent:
            self._has_room.clear()
            await self._has_room.wait()
        self.put_at_once(item)

    def put_at_once(self, item: T) -> None:
        """Add an item whether there is room or not."""
        self._items.append(item)
        self._has_items.set()

    def hurry(self, is_urgent: bool) -> None:
        """Say whether who puts must not wait because something else is to be done."""
        self._is_urgent = is_urgent
        self._has_room.set()

    async def get(self) -> T | None:
        """Take the oldest item as soon as there is one.

        Returns:
            ``None`` after the end, when nothing is left.

        Raises:
            BaseException: It ended by this one, and nothing is left.
        """
        while not self._items:
            if self._is_ended:
                self.raise_failure()
                return None
            self._has_items.clear()
            await self._has_items.wait()
        item = self._items.popleft()
        self._has_room.set()
        return item

    def end(self, error: BaseException | None = None) -> None:
        """Let who waits for items have what is there, and then know that nothing more comes."""
        if not self._is_ended:
            self._is_ended = True
            self._error = error
            self._has_items.set()

    def raise_failure(self) -> None:
        """Raise what it has ended by, even if something is left in it."""
        if self._error is not None:
            raise self._error
