"""Order among the calls of a bot: one after the other within a lane, lanes side by side."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Coroutine, Hashable

from vestnik.bridge.calls.problems import Problem, RpcCode

__all__ = ["Lanes"]

MOST_CALLS = 200


class Lanes:
    """Runs calls, each in a task of its own, which ends even if nobody waits for it any more.

    Args:
        most: How many calls of one bot may wait or be under way.
    """

    def __init__(self, most: int = MOST_CALLS) -> None:
        self._most = most
        self._counts: Counter[Hashable] = Counter()
        self._last: dict[Hashable, asyncio.Task[bytes]] = {}
        self._tasks: set[asyncio.Task[bytes]] = set()

    async def run(
        self,
        bot: Hashable,
        lane: Hashable | None,
        call: Callable[[], Coroutine[None, None, bytes]],
    ) -> bytes:
        """Let a call have its turn, and return its answer.

        Args:
            bot: Whose calls are counted.
            lane: The calls that keep their order; ``None`` has none to keep.
            call: Makes the call.

        Raises:
            Problem: Too many calls of the bot wait.
        """
        task = self._start(bot, lane, call)
        try:
            return await asyncio.shield(task)
        except asyncio.CancelledError:
            if task.cancelled():
                raise _ended() from None
            raise

    @property
    def under_way(self) -> int:
        """How many calls wait or are under way."""
        return len(self._tasks)

    async def drain(self) -> None:
        """Return once no call is under way."""
        while self._tasks:
            await asyncio.wait(self._tasks)

    async def close(self) -> None:
        """Cancel what is under way."""
        for task in self._tasks:
            task.cancel()
        await self.drain()

    def _start(
        self,
        bot: Hashable,
        lane: Hashable | None,
        call: Callable[[], Coroutine[None, None, bytes]],
    ) -> asyncio.Task[bytes]:
        if self._counts[bot] >= self._most:
            raise Problem(
                RpcCode.TOO_MUCH,
                f"{self._most} calls of this bot wait already: wait for their answers.",
            )
        before = None if lane is None else self._last.get(lane)
        task = asyncio.create_task(_in_turn(before, call), name="vestnik-order")
        self._counts[bot] += 1
        self._tasks.add(task)
        if lane is not None:
            self._last[lane] = task
        task.add_done_callback(lambda done: self._end(bot, lane, done))
        return task

    def _end(self, bot: Hashable, lane: Hashable | None, task: asyncio.Task[bytes]) -> None:
        self._tasks.discard(task)
        self._counts[bot] -= 1
        if not self._counts[bot]:
            del self._counts[bot]
        if lane is not None and self._last.get(lane) is task:
            del self._last[lane]
        if not task.cancelled():
            # Who waited for it may be gone; asyncio would complain of an unread error.
            task.exception()


def _ended() -> Problem:
    return Problem(RpcCode.UNKNOWN_OUTCOME, "The server ends: it is not known whether it was done.")


async def _in_turn(
    before: asyncio.Task[bytes] | None, call: Callable[[], Coroutine[None, None, bytes]]
) -> bytes:
    if before is not None:
        await asyncio.wait([before])
    return await call()
