"""One who waits for updates, and the end of his patience."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from vestnik.clock import Clock
from vestnik.errors import NotAllowed, NotFound
from vestnik.gateway.ports import BrokerMessage, Notified
from vestnik.ids import OwnerId, ResourceId, TokenId

__all__ = ["Poll", "alarm"]


class Poll:
    """One that waits.

    Attributes:
        woken: There may be something to read, or it is over.
        is_over: It is to return with what there is.
    """

    __slots__ = ("_error", "is_over", "owner", "resource", "token", "woken")

    def __init__(self, token: TokenId, owner: OwnerId, resource: ResourceId | None) -> None:
        self.token = token
        self.owner = owner
        self.resource = resource
        self.woken = asyncio.Event()
        self.is_over = False
        self._error: NotAllowed | NotFound | None = None

    def hear(self, message: BrokerMessage) -> None:
        """Wake up if there is something to read."""
        if isinstance(message, Notified) and self._is_meant(message):
            self.woken.set()

    def end(self) -> None:
        """Let it return."""
        self.is_over = True
        self.woken.set()

    def fail(self, error: NotAllowed | NotFound) -> None:
        """Let it end with an error."""
        self._error = error
        self.woken.set()

    def check(self) -> None:
        """Raise that error, if there is one."""
        if self._error is not None:
            raise self._error

    def _is_meant(self, message: Notified) -> bool:
        wanted = self.resource
        return wanted is None or any(one.notification.resource == wanted for one in message.items)


@asynccontextmanager
async def alarm(poll: Poll, clock: Clock, seconds: float) -> AsyncIterator[None]:
    """End a poll when its time is over."""
    if seconds <= 0:
        poll.end()
        yield
        return
    ringing = asyncio.create_task(_end_after(poll, clock, seconds), name="poll")
    try:
        yield
    finally:
        ringing.cancel()
        await asyncio.wait([ringing])


async def _end_after(poll: Poll, clock: Clock, seconds: float) -> None:
    await clock.sleep(seconds)
    poll.end()
