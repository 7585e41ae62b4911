"""Jobs in order within a lane, lanes side by side, everything bounded."""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Awaitable, Callable, Hashable
from typing import Generic, TypeVar

__all__ = ["Lanes"]

Job = TypeVar("Job")

log = logging.getLogger("vestnik.bot")


class Lanes(Generic[Job]):
    """Works on jobs: those of one lane one after the other, those of different lanes at once.

    No job is lost once it was accepted, none overtakes another of its lane, and a job that takes
    for ever holds up its own lane and one of the `side_by_side` places, nothing else. A job that
    raises is logged; the next one goes on.
    """

    def __init__(
        self,
        work: Callable[[Job], Awaitable[None]],
        *,
        side_by_side: int = 500,
        waiting: int = 10_000,
        name: Callable[[Job], str] = lambda job: type(job).__name__,
    ) -> None:
        """Prepare empty lanes.

        Args:
            work: What to do with a job.
            side_by_side: How many lanes are worked on at once.
            waiting: How many jobs may wait or be worked on; more are not accepted.
            name: Tells a job from others in the log, without what people wrote.
        """
        self._work = work
        self._name = name
        self._side_by_side = side_by_side
        self._waiting = waiting
        self._jobs: dict[Hashable, deque[Job]] = {}
        self._turns: deque[Hashable] = deque()
        self._workers = 0
        self._group: asyncio.TaskGroup | None = None
        self._changed = asyncio.Event()
        self.depth = 0
        """How many jobs wait or are worked on."""

    def offer(self, lane: Hashable, job: Job) -> bool:
        """Accept a job at the end of its lane.

        Returns:
            Whether there was room; if not, offer it again after `room`.
        """
        if self.depth >= self._waiting:
            return False
        self.depth += 1
        if lane in self._jobs:
            self._jobs[lane].append(job)
        else:
            self._jobs[lane] = deque([job])
            self._turns.append(lane)
            self._employ()
        return True

    async def room(self) -> None:
        """Wait until half of the places are free."""
        await self._until(lambda: self.depth <= self._waiting // 2)

    async def idle(self) -> None:
        """Wait until no job is left."""
        await self._until(lambda: self.depth == 0)

    async def run(self) -> None:
        """Work, until cancelled; what is worked on then is cancelled, too."""
        async with asyncio.TaskGroup() as self._group:
            for _ in range(min(len(self._turns), self._side_by_side)):
                self._employ()
            await asyncio.get_running_loop().create_future()

    def _employ(self) -> None:
        if self._group is not None and self._workers < self._side_by_side:
            self._workers += 1
            self._group.create_task(self._worker())

    async def _worker(self) -> None:
        """Take lanes by turns, a job of each, until all are empty."""
        try:
            while self._turns:
                lane = self._turns.popleft()
                await self._do(self._jobs[lane][0])
                self._done(lane)
        finally:
            self._workers -= 1

    async def _do(self, job: Job) -> None:
        try:
            await self._work(job)
        except Exception:
            log.exception("a job failed: %s", self._name(job))

    def _done(self, lane: Hashable) -> None:
        jobs = self._jobs[lane]
        jobs.popleft()
        if jobs:
            self._turns.append(lane)
        else:
            del self._jobs[lane]
        self.depth -= 1
        self._changed.set()

    async def _until(self, holds: Callable[[], bool]) -> None:
        while not holds():
            self._changed.clear()
            await self._changed.wait()
