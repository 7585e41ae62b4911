"""A bot on the fake core, running."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Collection, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

from vestnik.bot import Bot, Database, Host, HostOptions
from vestnik.bot.host import Witness
from vestnik.chatmail import Backoff, Core
from vestnik.clock import Clock
from vestnik.ids import AccountId
from vestnik.testing import FakeCore

UNPACED = HostOptions(pace=None, drain_seconds=2)


@asynccontextmanager
async def hosting(
    fake_core: FakeCore,
    *bots: Bot,
    memory: Path | None = None,
    options: HostOptions = UNPACED,
    clock: Clock | None = None,
    accounts: Collection[AccountId] | None = None,
    witness: Witness | None = None,
) -> AsyncIterator[Host]:
    """Run bots until the block ends."""
    async with (
        Core(fake_core.transport, restarts=Backoff(first=0.01, calm=0)) as core,
        Database(memory) as database,
    ):
        host = Host(
            bots,
            core,
            database,
            options=options,
            clock=clock,
            accounts=accounts,
            witness=witness,
        )
        ready = asyncio.Event()
        running = asyncio.create_task(host.run(ready))
        waiting = asyncio.create_task(ready.wait())
        await asyncio.wait([running, waiting], return_when=asyncio.FIRST_COMPLETED)
        waiting.cancel()
        try:
            if running.done():
                await running
            yield host
        finally:
            running.cancel()
            await asyncio.gather(running, return_exceptions=True)


async def kill(host_tasks: Sequence[asyncio.Task[None]]) -> None:
    """End tasks without giving them time for anything."""
    for task in host_tasks:
        task.cancel()
    await asyncio.gather(*host_tasks, return_exceptions=True)
