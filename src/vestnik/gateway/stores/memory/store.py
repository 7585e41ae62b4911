"""The store as a whole."""

from __future__ import annotations

from pathlib import Path

from vestnik.clock import Clock, SystemClock
from vestnik.errors import StoreFailed
from vestnik.gateway.model import Retention
from vestnik.gateway.stores.memory._attempts import Attempts
from vestnik.gateway.stores.memory._log import Log
from vestnik.gateway.stores.memory._memory import Memory
from vestnik.gateway.stores.memory._settings import Settings

__all__ = ["MemoryStore"]


class MemoryStore:
    """A `vestnik.gateway.ports.Store` that forgets everything with the process."""

    def __init__(self, clock: Clock | None = None) -> None:
        memory = Memory(clock or SystemClock())
        self._memory = memory
        self.settings = Settings(memory)
        self.log = Log(memory)
        self.attempts = Attempts(memory)

    async def trim(self, retention: Retention) -> int:
        """Forget what is too old or too much, and return how many notifications that were."""
        memory = self._memory
        count = memory.cut_older_than(retention.log_since)
        if retention.most_bytes is not None:
            count += memory.cut_to(retention.most_bytes)
        memory.forget_attempts(retention.attempts_since)
        memory.forget_keys()
        return count

    async def back_up(self, path: Path) -> None:
        """Refuse: there is nothing that could be opened again.

        Raises:
            StoreFailed: Always.
        """
        raise StoreFailed(
            "A store in memory cannot be backed up: run the gateway with a folder for its data."
        )

    async def __aenter__(self) -> MemoryStore:
        return self

    async def __aexit__(self, *exc: object) -> None:
        return None
