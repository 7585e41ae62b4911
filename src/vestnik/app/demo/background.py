"""Jobs beside a block."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager

__all__ = ["in_background"]


@asynccontextmanager
async def in_background(*jobs: Coroutine[None, None, None]) -> AsyncIterator[None]:
    """Run jobs for as long as the block runs; an error of theirs ends the block."""
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(job) for job in jobs]
        # Jobs subscribe before the block begins.
        await asyncio.sleep(0)
        yield
        for task in tasks:
            task.cancel()
