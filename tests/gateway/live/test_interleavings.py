"""Publishing, slowness and resuming in any order: what a client sees has no unknown gap.

The channel, the replays and the log are the real ones; the connection is one that remembers.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable

from hypothesis import given
from hypothesis import strategies as st

from tests.gateway.live.stage import ANN, notification
from vestnik.gateway.live.channel import Channel
from vestnik.gateway.live.replay import Replays
from vestnik.gateway.live.stats import HubStats
from vestnik.gateway.model import Addressed, Batch, Retention, Stored
from vestnik.gateway.ports import Notified
from vestnik.gateway.stores import MemoryStore
from vestnik.testing import FakeClock
from vestnik.wire import Dialect

STEPS = ("store", "tell", "turn", "pause", "resume", "rewind", "work", "trim")


class Someone:
    """A connection without a socket."""

    def __init__(self, *, positions: bool) -> None:
        self.wants_positions = positions
        self.is_slow = False
        self.messages: list[dict[str, int]] = []
        self.writable = asyncio.Event()
        self.writable.set()

    def write(self, data: bytes) -> None:
        while data:
            size, start = (data[1], 2) if data[1] < 126 else (int.from_bytes(data[2:4]), 4)
            self.messages.append(json.loads(data[start : start + size]))
            data = data[start + size :]

    async def until_writable(self) -> None:
        await self.writable.wait()


class World:
    """One owner's stream with a client that wants positions and one that does not."""

    def __init__(self) -> None:
        self.store = MemoryStore(FakeClock())
        self.untold: list[Stored] = []
        self.due: list[Callable[[], None]] = []
        self.channel = Channel(ANN, lambda _: Dialect.NUMERIC, self.due.append, HubStats())
        self.replays = Replays(self.store.log, asyncio.Semaphore(1), 2, HubStats())
        self.plain, self.positioned = Someone(positions=False), Someone(positions=True)
        self.work: asyncio.Task[None] | None = None
        self.stored = 0

    async def begin(self) -> None:
        self.channel.begin(await self.store.log.position(ANN))
        self.channel.join(self.plain)
        self.channel.join(self.positioned)

    async def do(self, step: str) -> None:
        match step:
            case "store":
                self.stored += 1
                batch = Batch((Addressed(ANN, notification(self.stored)),))
                (appended,) = await self.store.log.append([batch])
                self.untold += appended.stored
            case "tell" if self.untold:
                epoch = (await self.store.log.position(ANN)).epoch
                self.channel.hear(Notified(ANN, epoch, (self.untold.pop(0),)))
            case "turn":
                due, self.due[:] = list(self.due), []
                for call in due:
                    call()
            case "pause" | "resume":
                self.set_slow(step == "pause")
            case "rewind" if self.work is None or self.work.done():
                self.rewind()
            case "work":
                await asyncio.sleep(0)
            case "trim":
                await self.store.trim(Retention(log_since=2**53, attempts_since=0))

    def set_slow(self, slow: bool) -> None:
        for one in (self.plain, self.positioned):
            one.is_slow = slow
            (one.writable.clear if slow else one.writable.set)()
            (self.channel.stand_aside if slow else self.channel.come_back)(one)

    def rewind(self) -> None:
        missed = self.channel.leave(self.positioned)
        seen = self.positioned.messages[-1]["offset"] if self.positioned.messages else 0
        assert seen + missed <= self.channel.head
        catching_up = self.replays.catch_up(self.positioned, self.channel, seen)
        self.work = asyncio.get_running_loop().create_task(catching_up)

    async def end(self) -> None:
        self.set_slow(False)
        if self.work is not None:
            await self.work
        await self.do("store")
        while self.untold:
            await self.do("tell")
        await self.do("turn")


@given(st.lists(st.sampled_from(STEPS), max_size=60))
def test_a_client_with_positions_sees_everything_or_how_much_it_missed(steps: list[str]) -> None:
    async def live() -> World:
        world = World()
        await world.begin()
        for step in steps:
            await world.do(step)
        await world.end()
        return world

    world = asyncio.run(live())
    seen = 0
    for message in world.positioned.messages:
        assert message["offset"] == seen + message.get("missed", 0) + 1
        seen = message["offset"]
    assert seen == world.stored
    told = [message["data"]["happened"] for message in world.plain.messages]  # type: ignore[index]
    assert told == sorted(set(told))
