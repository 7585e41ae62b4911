"""Writes down what begins and what has ended, many at once in one commit."""

from __future__ import annotations

import asyncio
import logging

from vestnik.clock import Clock
from vestnik.errors import GatewayError
from vestnik.gateway.model import Finished
from vestnik.gateway.ports import AttemptLog
from vestnik.ids import DeliveryId

__all__ = ["Recorder"]

FIRST_PAUSE, LONGEST_PAUSE = 0.5, 30.0
"""Seconds between tries while the store fails."""

_log = logging.getLogger("vestnik.gateway")


class Recorder:
    """Groups what is to be recorded: all that comes while one commit runs is in the next.

    While the store fails nothing is lost: it tries again, longer and longer apart, and who waits
    for a beginning to be recorded goes on waiting.
    """

    def __init__(self, attempts: AttemptLog, clock: Clock) -> None:
        self._attempts = attempts
        self._clock = clock
        self._begun: list[DeliveryId] = []
        self._finished: list[Finished] = []
        self._wake = asyncio.Event()
        self._written: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._writing = self._written
        self._is_failing = False
        self._is_writing = False

    @property
    def is_idle(self) -> bool:
        """Whether everything is written."""
        return not (self._begun or self._finished or self._is_writing)

    def begin(self, id: DeliveryId) -> asyncio.Future[None]:
        """Note that an attempt is about to begin; it may once the future is done."""
        self._begun.append(id)
        self._wake.set()
        return self._written

    def finish(self, finished: Finished) -> asyncio.Future[None]:
        """Note how an attempt ended; the future is done once that is written."""
        self._finished.append(finished)
        self._wake.set()
        return self._written

    async def run(self) -> None:
        """Write whenever there is something, until cancelled."""
        while True:
            await self._wake.wait()
            await asyncio.sleep(0)  # who is ready in this turn comes along
            self._wake.clear()
            await self._write()

    async def settled(self) -> None:
        """Return once everything is written."""
        while not self.is_idle:
            written = self._writing if self._is_writing else self._written
            await asyncio.shield(written)

    async def flush(self) -> None:
        """Write what has ended, once, at the end; what was about to begin stays planned.

        Raises:
            GatewayError: It cannot be written; after a restart these count as interrupted.
        """
        finished, self._finished, self._begun = self._finished, [], []
        if finished:
            await self._attempts.record((), finished, self._now())

    async def _write(self) -> None:
        begun, finished, written = self._begun, self._finished, self._written
        self._begun, self._finished = [], []
        self._written = asyncio.get_running_loop().create_future()
        self._writing, self._is_writing = written, True
        try:
            await self._insist(begun, finished)
        except asyncio.CancelledError:
            self._finished = finished + self._finished
            raise
        finally:
            self._is_writing = False
        if not written.done():
            written.set_result(None)

    async def _insist(self, begun: list[DeliveryId], finished: list[Finished]) -> None:
        pause = FIRST_PAUSE
        while True:
            try:
                await self._attempts.record(begun, finished, self._now())
            except Exception as problem:
                self._tell(problem)
            else:
                self._is_failing = False
                return
            await self._clock.sleep(pause)
            pause = min(pause * 2, LONGEST_PAUSE)

    def _tell(self, problem: Exception) -> None:
        if not self._is_failing:
            # What nobody has foreseen comes with its traceback.
            unforeseen = None if isinstance(problem, GatewayError) else problem
            _log.error(
                "Webhook attempts cannot be recorded, and wait: %s", problem, exc_info=unforeseen
            )
        self._is_failing = True

    def _now(self) -> int:
        return int(self._clock.now() * 1000)
