"""A bot that is tormented: every fault at a moment that a seed decides, the same in every run.

Nothing here waits for real time or for another thread, so that a seed that failed once always
fails: seconds are turns of the loop, and the database commits on the loop.
"""

from __future__ import annotations

import asyncio
import heapq
import itertools
import random
import sqlite3
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import Any, TypeVar, cast

from vestnik.bot import Bot, Database, Host, HostOptions
from vestnik.bot.store._connecting import connect
from vestnik.bot.store._groups import Failed, Work, do_together
from vestnik.chatmail import Backoff, Core
from vestnik.chatmail.memory import CorePeer, MemoryTransport
from vestnik.errors import CoreDied
from vestnik.testing import FakeCore

T = TypeVar("T")

NO_DRAIN = HostOptions(pace=None, drain_seconds=0, side_by_side=20, waiting=60)
TURNS_A_SECOND = 10
FOR_EVER = 60 * 60.0
"""Nobody lives long enough in a test to wake from such a sleep."""


class Moments:
    """The turns of the loop: a clock, and what is due after some of them."""

    def __init__(self) -> None:
        self.turn = 0
        self._due: list[tuple[int, int, Callable[[], None]]] = []
        self._order = itertools.count()

    def after(self, turns: int, act: Callable[[], None]) -> None:
        heapq.heappush(self._due, (self.turn + turns, next(self._order), act))

    async def pass_one(self) -> None:
        self.turn += 1
        while self._due and self._due[0][0] <= self.turn:
            heapq.heappop(self._due)[2]()
        await asyncio.sleep(0)

    # As a `vestnik.clock.Clock`.

    def monotonic(self) -> float:
        return self.turn / TURNS_A_SECOND

    def now(self) -> float:
        return 1_800_000_000 + self.monotonic()

    async def sleep(self, seconds: float) -> None:
        alarm: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        if seconds < FOR_EVER:
            turns = max(1, round(seconds * TURNS_A_SECOND))
            self.after(turns, lambda: None if alarm.done() else alarm.set_result(None))
        await alarm


class AtOnce(ThreadPoolExecutor):
    """Does what is given to other threads at once, in this one."""

    def submit(self, function: Callable[..., T], /, *args: Any, **named: Any) -> Future[T]:
        future: Future[T] = Future()
        try:
            future.set_result(function(*args, **named))
        except Exception as problem:
            future.set_exception(problem)
        return future


class Countdown:
    """Does something at the n-th of some moments from now, once."""

    def __init__(self) -> None:
        self.passed = 0
        self._left = 0
        self._act: Callable[[], None] | None = None

    def set(self, count: int, act: Callable[[], None]) -> None:
        self._left, self._act = count, act

    def pass_one(self) -> None:
        self.passed += 1
        if self._act is None:
            return
        self._left -= 1
        if self._left <= 0:
            act, self._act = self._act, None
            act()


class MortalDatabase(Database):
    """The same SQL in the same file, but nothing reaches the file any more once it was killed."""

    def __init__(self, path: Path, life: Life) -> None:
        super().__init__(path)
        self._life = life
        self._jobs: list[tuple[Work, asyncio.Future[Any]]] = []
        self._connection: sqlite3.Connection | None = None

    async def __aenter__(self) -> MortalDatabase:
        self._connection = connect(self.path, "memory")
        return self

    async def __aexit__(self, *_: object) -> None:
        self.kill()

    def kill(self) -> None:
        """Lose what was not committed, as the end of the process does."""
        connection, self._connection = self._connection, None
        self._jobs.clear()
        if connection is not None:
            connection.close()

    async def transact(
        self, work: Callable[[sqlite3.Connection], T], *, is_single: bool = False
    ) -> T:
        return await self.submit(work, is_single=is_single)

    def submit(
        self, work: Callable[[sqlite3.Connection], T], *, is_single: bool = False
    ) -> asyncio.Future[T]:
        future: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        if self._connection is None:
            return future  # who was killed is told nothing
        if not self._jobs:
            self._life.moments.after(self._life.random.randint(1, 4), self._commit)
        self._jobs.append((Work(work, is_single), future))
        return future

    def _commit(self) -> None:
        self._life.before_commit.pass_one()
        if self._connection is None:
            return
        jobs, self._jobs = self._jobs, []
        outcomes = do_together(self._connection, [work for work, _ in jobs])
        self._life.after_commit.pass_one()
        for (_, future), outcome in zip(jobs, outcomes, strict=True):
            if future.done() or self._connection is None:
                continue
            if isinstance(outcome, Failed):
                future.set_exception(outcome.error)
            else:
                future.set_result(outcome.value)


class Tap:
    """Between the client and the core: answers come late and out of order, or never."""

    def __init__(self, core: CorePeer, life: Life) -> None:
        self._core = core
        self._life = life
        self._pipe: MemoryTransport | None = None
        self._is_cut = False

    def connected(self, pipe: MemoryTransport) -> None:
        self._pipe = pipe
        self._core.connected(cast("MemoryTransport", self))

    def line_received(self, line: bytes) -> None:
        self._life.before_call.pass_one()
        if not self._is_cut:
            self._core.line_received(line)
            self._life.after_call.pass_one()

    def disconnected(self) -> None:
        self._is_cut = True
        self._core.disconnected()

    def send(self, line: bytes) -> None:
        assert self._pipe is not None
        pipe = self._pipe
        self._life.moments.after(self._life.random.randint(1, 6), lambda: pipe.send(line))

    def end(self, exit_status: int | None, stderr: tuple[str, ...] = ()) -> None:
        assert self._pipe is not None
        self._pipe.end(exit_status, stderr)


class Life:
    """The lives of a bot's process and of its core, and the moments at which they may end."""

    def __init__(
        self, fake: FakeCore, memory: Path, make_bot: Callable[[], Bot], seed: int
    ) -> None:
        self.random = random.Random(seed)
        self.moments = Moments()
        self.before_call, self.after_call = Countdown(), Countdown()
        self.before_commit, self.after_commit = Countdown(), Countdown()
        self.crashes = self.kills = 0
        self._fake = fake
        self._memory = memory
        self._make_bot = make_bot
        self._database: MortalDatabase | None = None
        self._process: asyncio.Task[None] | None = None
        self._is_hosted = False
        self.each_turn: Callable[[], None] = lambda: None

    @property
    def countdowns(self) -> tuple[Countdown, ...]:
        return (self.before_call, self.after_call, self.before_commit, self.after_commit)

    def crash_core(self) -> None:
        """Let the core die; what it has not said is never said."""
        if self._fake.is_running:
            self.crashes += 1
            self._fake.crash()

    def kill_bot(self) -> None:
        """Let the bot's process die in the middle, and with it the core that it runs."""
        if self._process is not None:
            self.kills += 1
            if self._database is not None:
                self._database.kill()
            if self._fake.is_running:
                self._fake.crash()
            self._process.cancel()

    async def pass_turns(self, count: int) -> None:
        for _ in range(count):
            await self._keep_alive()
            self.each_turn()
            await self.moments.pass_one()

    async def until(self, holds: Callable[[], bool], turns: int) -> bool:
        """Go on until something is so; tell whether that came true in so many turns."""
        for _ in range(turns):
            if holds():
                return True
            await self.pass_turns(1)
        return holds()

    async def end(self) -> None:
        self.kill_bot()
        while self._process is not None and not self._process.done():
            await self.moments.pass_one()

    async def _keep_alive(self) -> None:
        """Start the next life, as a service manager does."""
        if self._process is not None and self._process.done():
            # A core that dies before its first answer is nobody's to restart but the manager's.
            with suppress(asyncio.CancelledError, *(() if self._is_hosted else (CoreDied,))):
                await self._process
            self._process, self._is_hosted = None, False
        if self._process is None:
            self._process = asyncio.create_task(self._live())

    async def _live(self) -> None:
        asyncio.get_running_loop().set_default_executor(AtOnce())
        async with (
            Core(self._transport, restarts=Backoff(first=0.1, calm=0), clock=self.moments) as core,
            MortalDatabase(self._memory, self) as database,
        ):
            self._database = database
            host = Host([self._make_bot()], core, database, options=NO_DRAIN, clock=self.moments)
            self._is_hosted = True
            await host.run()

    def _transport(self) -> MemoryTransport:
        return MemoryTransport(Tap(self._fake.transport()._peer, self))
