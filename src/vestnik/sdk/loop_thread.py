"""A loop beside a program that has none."""

from __future__ import annotations

import asyncio
import concurrent.futures
import threading
from collections.abc import Coroutine
from typing import TypeVar

__all__ = ["LoopThread"]

T = TypeVar("T")

WAKE_SECONDS = 0.5
"""How long a wait may last that Ctrl-C cannot interrupt on every system."""


class LoopThread:
    """A loop in a thread of its own, that other threads give work to."""

    def __init__(self, name: str) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name=name, daemon=True)
        self._thread.start()

    def run(self, work: Coroutine[object, object, T]) -> T:
        """Wait for `work`; who is interrupted while waiting cancels it."""
        future = asyncio.run_coroutine_threadsafe(work, self._loop)
        try:
            while concurrent.futures.wait([future], WAKE_SECONDS).not_done:
                pass
            return future.result()
        except BaseException:
            future.cancel()
            raise

    def end(self) -> None:
        """Stop the loop and wait for the thread."""
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()
