"""How long a connection waits for its client: to hear what it wants, and until it has read."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

__all__ = ["HearingDeadline", "ReadingDeadline"]


class HearingDeadline:
    """Until when something has to be said.

    Args:
        overdue: What is done when it was not.
    """

    __slots__ = ("_loop", "_overdue", "_timer")

    def __init__(self, loop: asyncio.AbstractEventLoop, overdue: Callable[[], None]) -> None:
        self._loop = loop
        self._overdue = overdue
        self._timer: asyncio.TimerHandle | None = None

    @property
    def is_set(self) -> bool:
        """Whether something has to be said."""
        return self._timer is not None

    def set(self, seconds: float) -> None:
        """Wait so long, from now on."""
        self.cancel()
        self._timer = self._loop.call_later(seconds, self._end)

    def cancel(self) -> None:
        """Wait for nothing."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _end(self) -> None:
        self._timer = None
        self._overdue()


class ReadingDeadline:
    """Until when a client has to have read some of what is left for it; who reads may go on.

    Args:
        left: How many bytes are left for it.
        overdue: What is done when it has read nothing.
    """

    __slots__ = ("_left", "_loop", "_overdue", "_timer")

    def __init__(
        self,
        loop: asyncio.AbstractEventLoop,
        left: Callable[[], int],
        overdue: Callable[[], None],
    ) -> None:
        self._loop = loop
        self._left = left
        self._overdue = overdue
        self._timer: asyncio.TimerHandle | None = None

    def set(self, seconds: float) -> None:
        """Give it so long to read something, unless there is nothing, or a deadline already."""
        left = self._left()
        if left and self._timer is None:
            self._timer = self._loop.call_later(seconds, self._look, seconds, left)

    def cancel(self) -> None:
        """Wait for nothing."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _look(self, seconds: float, before: int) -> None:
        self._timer = None
        if self._left() < before:
            self.set(seconds)
        else:
            self._overdue()
