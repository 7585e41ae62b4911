"""Programs of bots as a service manager runs them: started again whenever they end."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from tests.examples.bridging import Program, running

__all__ = ["Service", "serving"]


class Service:
    """An example that is started again whenever it is killed.

    Attributes:
        place: Where the program keeps how far it has come.
        starts: How often it was started.
    """

    def __init__(self, name: str, url: str, place: Path, token: str) -> None:
        self.place = place
        self.starts = 0
        self._start = (name, url, place, token)
        self._program: Program | None = None

    async def run(self) -> None:
        """Keep it running until cancelled."""
        while True:
            async with running(*self._start) as program:
                self._program = program
                self.starts += 1
                said, complaints = await program.process.communicate()
            ended = program.process.returncode
            assert ended == -signal.SIGKILL, (ended, said[-500:], complaints[-500:])

    def kill(self) -> None:
        """Kill it with all that it has started."""
        assert self._program is not None
        if self._program.process.returncode is None:
            os.killpg(self._program.process.pid, signal.SIGKILL)


@asynccontextmanager
async def serving(*services: Service) -> AsyncIterator[None]:
    """Keep programs running for the time of a block; it ends when one of them fails."""
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(service.run()) for service in services]
        yield
        for task in tasks:
            task.cancel()
