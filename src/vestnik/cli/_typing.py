"""Lines that a person types, without a thread that would outlive Ctrl-C."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import AsyncIterator

__all__ = ["typed_lines"]

READ_BYTES = 4096


async def typed_lines() -> AsyncIterator[str]:
    """Yield each non-empty line of the terminal until its end (Ctrl-D)."""
    loop = asyncio.get_running_loop()
    readable = asyncio.Event()
    # Not connect_read_pipe: it would make the terminal non-blocking for what we print, too.
    loop.add_reader(sys.stdin.fileno(), readable.set)
    try:
        unfinished = b""
        while data := await _read(readable):
            *lines, unfinished = (unfinished + data).split(b"\n")
            for line in lines:
                if text := line.decode(errors="replace").strip():
                    yield text
    finally:
        loop.remove_reader(sys.stdin.fileno())


async def _read(readable: asyncio.Event) -> bytes:
    await readable.wait()
    readable.clear()
    return os.read(sys.stdin.fileno(), READ_BYTES)
