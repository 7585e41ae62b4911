"""The lives of the core, for those who must go on in the next one."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

from vestnik.clock import Clock
from vestnik.errors import CallFailed, CallTimedOut, CoreDied

__all__ = ["REFUSALS", "Lives", "is_busy"]

PAUSE_SECONDS = 10.0
"""How long a core that does not answer is left alone."""

REFUSALS = 6
REFUSAL_SECONDS = 0.5
BUSY = "database is locked"
"""SQLite's words, which the core passes on: its database does not wait for its turn."""

T = TypeVar("T")


class Lives:
    """Counts the restarts of the core.

    A call belongs to the life that was counted before it: when it fails with `CoreDied`, a restart
    that was not counted then must come, so `after` never waits for nothing.

    Attributes:
        count: The restarts so far.
    """

    def __init__(self, clock: Clock) -> None:
        self.count = 0
        self._clock = clock
        self._restart = asyncio.Event()

    def note_restart(self) -> None:
        """Count a restart."""
        self.count += 1
        restart, self._restart = self._restart, asyncio.Event()
        restart.set()

    async def after(self, life: int, silence: CoreDied | CallTimedOut) -> None:
        """Wait until the core can be asked again, after a call of `life` that it did not answer."""
        if isinstance(silence, CallTimedOut):
            await self._clock.sleep(PAUSE_SECONDS)
            return
        while self.count <= life:
            await self._restart.wait()

    async def ask(self, call: Callable[[], Awaitable[T]]) -> T:
        """Make a call that changes nothing, again and again until it is answered.

        Raises:
            CallFailed: The core has refused it `REFUSALS` times; once or twice it does so when its
                database is busy, and nothing may be concluded from that.
        """
        refusals = 0
        while True:
            life = self.count
            try:
                return await call()
            except (CoreDied, CallTimedOut) as silence:
                await self.after(life, silence)
            except CallFailed:
                refusals += 1
                if refusals == REFUSALS:
                    raise
                await self.pause(refusals)

    async def pause(self, refusals: int) -> None:
        """Leave a core alone that has refused something so many times."""
        await self._clock.sleep(REFUSAL_SECONDS * refusals)


def is_busy(refusal: CallFailed) -> bool:
    """Tell whether the core refuses only for now."""
    return BUSY in refusal.reason
