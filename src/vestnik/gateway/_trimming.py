"""What is old is forgotten, again and again."""

from __future__ import annotations

import asyncio
import logging

from vestnik.clock import Clock
from vestnik.gateway._options import GatewayOptions
from vestnik.gateway.model import Retention
from vestnik.gateway.ports import Store

__all__ = ["Trimming"]

log = logging.getLogger("vestnik.gateway")


class Trimming:
    """Keeps a store within what the options want, as an async context manager with a task."""

    def __init__(self, store: Store, clock: Clock, options: GatewayOptions) -> None:
        self._store = store
        self._clock = clock
        self._options = options
        self._task: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Trimming:
        self._task = asyncio.create_task(self._trim_for_ever(), name="retention")
        return self

    async def __aexit__(self, *exc: object) -> None:
        task, self._task = self._task, None
        if task is not None:
            task.cancel()
            await asyncio.wait([task])

    async def trim(self) -> int:
        """Forget what is older or more than the options want kept, and return how many that were.

        Raises:
            StoreFailed: Nothing could be forgotten.
        """
        now = self._clock.now()
        return await self._store.trim(
            Retention(
                log_since=int((now - self._options.keep_notifications) * 1000),
                attempts_since=int((now - self._options.keep_attempts) * 1000),
                most_bytes=self._options.most_bytes,
            )
        )

    async def _trim_for_ever(self) -> None:
        while True:
            await self._clock.sleep(self._options.trim_seconds)
            try:
                await self.trim()
            except Exception:
                log.exception("What is old could not be forgotten; it is tried again later")
