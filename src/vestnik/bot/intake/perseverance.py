"""Work on a message, begun again until it succeeds or there is no hope."""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Awaitable, Callable

from vestnik.bot.intake.work import Arrival
from vestnik.bot.outbox.lives import Lives
from vestnik.chatmail import Core, CoreRestarted
from vestnik.clock import Clock
from vestnik.errors import CoreDied
from vestnik.ids import AccountId

__all__ = ["Perseverance"]

PAUSES_SECONDS = (0.2, 1.0, 5.0)
"""After which pauses work that failed is begun again, before the rest of the chat goes on."""

ACCOUNT_MANAGER = AccountId(0)

log = logging.getLogger("vestnik.bot")


class Perseverance:
    """Begins work again that failed; while a core is dead, with the next one.

    Args:
        work: Handles a message; an error means that it is to come again.
    """

    def __init__(
        self, core: Core, work: Callable[[Arrival], Awaitable[None]], clock: Clock
    ) -> None:
        self._core = core
        self._work = work
        self._clock = clock
        self._lives = Lives(clock)
        self._has_ended = False

    async def handle(self, arrival: Arrival) -> None:
        """Work on a message until that succeeds, within reason; a dead core is no reason."""
        pauses = iter(PAUSES_SECONDS)
        while True:
            life = self._lives.count
            try:
                return await self._work(arrival)
            except CoreDied as cause:
                if self._has_ended:
                    raise
                log.info("message %d waits for the next core: %s", arrival.message_id, cause)
                await self._lives.after(life, cause)
            except Exception as problem:
                pause = next(pauses, None)
                if pause is None:
                    raise
                log.info("message %d is handled again soon: %s", arrival.message_id, problem)
                await self._clock.sleep(pause)

    async def count_lives(self) -> None:
        """Wake what waits for the next core, until there is none.

        This needs a task of its own: who takes events may have to wait for the work.
        """
        with contextlib.suppress(CoreDied):
            async with self._core.events(ACCOUNT_MANAGER) as events:
                async for event in events:
                    if isinstance(event.payload, CoreRestarted):
                        self._lives.note_restart()
        self._has_ended = True
        self._lives.note_restart()
