"""Something that is started when it is first needed, and again when it has failed."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Generic, TypeVar

from vestnik.bridge.undertakings import ENDING
from vestnik.clock import Clock
from vestnik.errors import GatewayError, StoreFailed, VestnikError

__all__ = ["Lifeline"]

FIRST_PAUSE, LONGEST_PAUSE = 0.5, 60.0
"""Seconds before it is tried again by itself: soon at first, then more and more seldom."""

CALM = 60.0
"""What has run for so long starts soon again."""

log = logging.getLogger("vestnik.bridge")

Engine = TypeVar("Engine")


class Lifeline(Generic[Engine]):
    """Keeps one engine alive; who asks for it while it starts, shares that start.

    Args:
        live: Runs an engine until it fails or is cancelled, and gives it away once it can be used.
        is_needed: Whether it is to run though nobody has asked for it.
    """

    def __init__(
        self,
        live: Callable[[Callable[[Engine], None]], Awaitable[None]],
        is_needed: Callable[[], bool],
        clock: Clock,
    ) -> None:
        self._live = live
        self._is_needed = is_needed
        self._clock = clock
        self._asked = asyncio.Event()
        self._start: asyncio.Future[Engine] | None = None
        self._has_ended = False
        self.current: Engine | None = None
        self.problem: VestnikError | None = None
        """Why it does not run, if it should."""

    @property
    def is_starting(self) -> bool:
        """Whether it will be known soon if it runs."""
        return self._start is not None

    async def get(self) -> Engine:
        """Return the engine that runs, started now if need be.

        Raises:
            VestnikError: It cannot be started; the next caller has it tried again.
        """
        if self.current is not None:
            return self.current
        if self._has_ended:
            raise StoreFailed(ENDING)
        return await asyncio.shield(self._begun())

    async def run(self) -> None:
        """Start it, at once or when it is asked for, and again when it failed; until cancelled."""
        pause = FIRST_PAUSE
        try:
            if self._is_needed():
                self._begun()
            while True:
                await self._asked.wait()
                self._asked.clear()
                began = self._clock.monotonic()
                self._note_end(await self._live_once())
                calm = self._clock.monotonic() - began >= CALM
                pause = FIRST_PAUSE if calm else min(2 * pause, LONGEST_PAUSE)
                if self._is_needed():
                    await self._rest(pause)
        finally:
            self._has_ended = True
            self._note_end(StoreFailed(ENDING))

    def _begun(self) -> asyncio.Future[Engine]:
        if self._start is None:
            self._start = asyncio.get_running_loop().create_future()
            self._start.add_done_callback(_forgive)
            self._asked.set()
        return self._start

    async def _live_once(self) -> VestnikError:
        try:
            await self._live(self._note_start)
        except Exception as failure:
            return _problem_of(failure)
        return StoreFailed(ENDING)

    def _note_start(self, engine: Engine) -> None:
        self.current, self.problem = engine, None
        start, self._start = self._start, None
        if start is not None and not start.done():
            start.set_result(engine)

    def _note_end(self, problem: VestnikError) -> None:
        self.current, self.problem = None, problem
        start, self._start = self._start, None
        if start is not None and not start.done():
            start.set_exception(problem)

    async def _rest(self, pause: float) -> None:
        """Wait for a while before it is tried again, unless somebody asks for it before."""
        asked = asyncio.ensure_future(self._asked.wait())
        rested = asyncio.ensure_future(self._clock.sleep(pause))
        try:
            await asyncio.wait((asked, rested), return_when=asyncio.FIRST_COMPLETED)
        finally:
            asked.cancel()
            rested.cancel()
            await asyncio.wait((asked, rested))
        self._begun()


def _problem_of(failure: BaseException) -> VestnikError:
    """Return the sentence about what went wrong, and write it to the log."""
    while isinstance(failure, BaseExceptionGroup):
        failure = failure.exceptions[0]
    if isinstance(failure, VestnikError):
        log.error("The hosted bots do not run: %s", failure)
        return failure
    log.error("The hosted bots do not run, by a mistake in Vestnik", exc_info=failure)
    return GatewayError("The hosted bots do not run, by a mistake in the gateway: see its log.")


def _forgive(start: asyncio.Future[Engine]) -> None:
    """Have it known that nobody need be there to hear of a failure."""
    if not start.cancelled():
        start.exception()
