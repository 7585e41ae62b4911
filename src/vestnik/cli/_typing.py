"""Lines that a person types, without a thread that would outlive Ctrl-C."""

from __future__ import annotations

import asyncio
import os
import stat
import sys
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing

__all__ = ["typed_lines"]

READ_BYTES = 4096


async def typed_lines() -> AsyncIterator[str]:
    """Yield each non-empty line of the terminal, a pipe or a file, until its end (Ctrl-D)."""
    async with aclosing(_input()) as parts:
        unfinished = b""
        async for part in parts:
            *lines, unfinished = (unfinished + part).split(b"\n")
            for line in lines:
                if text := _text(line):
                    yield text
        if text := _text(unfinished):
            yield text


def _text(line: bytes) -> str:
    return line.decode(errors="replace").strip()


async def _input() -> AsyncGenerator[bytes, None]:
    file = sys.stdin.fileno()
    readable = asyncio.Event()
    if is_waited_for := _is_waited_for(file):
        # Not connect_read_pipe: it would make the terminal non-blocking for what we print, too.
        asyncio.get_running_loop().add_reader(file, readable.set)
    try:
        while True:
            if is_waited_for:
                await readable.wait()
                readable.clear()
            if not (part := os.read(file, READ_BYTES)):
                return
            yield part
    finally:
        if is_waited_for:
            asyncio.get_running_loop().remove_reader(file)


def _is_waited_for(file: int) -> bool:
    """Tell whether what is read may be yet to come: never so in a file, nor in /dev/null."""
    mode = os.fstat(file).st_mode
    return os.isatty(file) or stat.S_ISFIFO(mode) or stat.S_ISSOCK(mode)
