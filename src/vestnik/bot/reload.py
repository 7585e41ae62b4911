"""A bot that is started anew when its code changes, for those who write it."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from vestnik.clock import Clock, SystemClock

__all__ = ["Reloader", "code_of", "serve_reloading"]

LOOK_SECONDS = 0.5
KILL_SECONDS = 10.0
"""How much longer than its drain a bot may take to end."""

NO_CODE = frozenset(("__pycache__", "node_modules", "site-packages"))

log = logging.getLogger("vestnik.bot")


async def serve_reloading(folder: Path, *, patience: float) -> None:
    """Do what this process was started for in a child, again and again, until cancelled.

    Args:
        folder: Where the code lies.
        patience: How long handlers may go on.
    """
    arguments = [argument for argument in sys.orig_argv[1:] if argument != "--reload"]
    await Reloader([sys.executable, *arguments], folder, patience=patience).run()


def code_of(folder: Path) -> Mapping[str, tuple[int, int]]:
    """Return the Python files of a folder and all below, each with what tells that it changed."""
    return dict(_code_of(str(folder)))


def _code_of(folder: str) -> Iterator[tuple[str, tuple[int, int]]]:
    with contextlib.suppress(OSError), os.scandir(folder) as entries:
        for entry in entries:
            if entry.name.startswith(".") or entry.name in NO_CODE:
                continue
            if entry.is_dir(follow_symlinks=False):
                if not (Path(entry.path) / "pyvenv.cfg").exists():
                    yield from _code_of(entry.path)
            elif entry.name.endswith(".py"):
                with contextlib.suppress(OSError):
                    found = entry.stat()
                    yield entry.path, (found.st_mtime_ns, found.st_size)


class Reloader:
    """Runs a command until its code changes, and then again."""

    def __init__(
        self,
        command: Sequence[str],
        folder: Path,
        *,
        patience: float,
        clock: Clock | None = None,
    ) -> None:
        """Prepare to run.

        Args:
            command: What to run.
            folder: Where its code lies.
            patience: How long it may take to end.
            clock: What tells when to look again.
        """
        self._command = command
        self._folder = folder
        self._patience = patience
        self._clock = clock or SystemClock()
        self._seen: Mapping[str, tuple[int, int]] = {}

    async def run(self) -> None:
        """Run until cancelled; the command has ended then."""
        self._seen = await asyncio.to_thread(code_of, self._folder)
        while True:
            # In a session of its own: a Ctrl-C is for us, who then end it in good order.
            process = await asyncio.create_subprocess_exec(*self._command, start_new_session=True)
            try:
                changed = await self._change()
            finally:
                await _end(process, self._patience + KILL_SECONDS)
            log.info("starting anew: %s has changed", changed)

    async def _change(self) -> str:
        """Wait until a file is changed, made or removed, and return its name."""
        while True:
            await self._clock.sleep(LOOK_SECONDS)
            found = await asyncio.to_thread(code_of, self._folder)
            changed = {name for name, _ in found.items() ^ self._seen.items()}
            self._seen = found
            if changed:
                return min(changed)


async def _end(process: asyncio.subprocess.Process, seconds: float) -> None:
    """End a process, even when we are cancelled meanwhile."""
    if process.returncode is not None:
        return
    with contextlib.suppress(ProcessLookupError):
        process.terminate()
    try:
        async with asyncio.timeout(seconds):
            await process.wait()
    except BaseException as impatience:
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        await asyncio.shield(process.wait())
        if not isinstance(impatience, TimeoutError):
            raise
