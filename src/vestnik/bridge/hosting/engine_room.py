"""Where the engine runs: from when it is needed until the gateway ends."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from types import TracebackType
from typing import TYPE_CHECKING

from vestnik.bridge.hosting.accounts_file import has_accounts
from vestnik.bridge.hosting.lifeline import Lifeline
from vestnik.bridge.hosting.surroundings import Surroundings

if TYPE_CHECKING:
    from vestnik.bridge.hosting.engine import Engine
    from vestnik.chatmail import CoreTransport

__all__ = ["EngineRoom"]

HURRY_SECONDS = 0.2
"""After so long, what was cancelled and still goes on is told once more."""

NEVER_ADDED = (
    "The bot %r of [[bots]] was never added: `vestnik bot host add NAME --id %s --code …`."
)

log = logging.getLogger("vestnik.bridge")


class EngineRoom:
    """Has an engine once there are accounts or somebody needs one, as an async context manager.

    Args:
        launch: Makes the transport to each life of the core; by default the real one.
    """

    def __init__(self, around: Surroundings, launch: Callable[[], CoreTransport] | None) -> None:
        self._around = around
        self._launch = launch
        self.lifeline: Lifeline[Engine] = Lifeline(self._live, self._is_needed, around.clock)
        self._task: asyncio.Task[None] | None = None
        self._has_looked = False

    @property
    def current(self) -> Engine | None:
        """What runs now."""
        return self.lifeline.current

    async def started(self) -> Engine:
        """Return what runs, started now if need be.

        Raises:
            VestnikError: It cannot be started.
        """
        return await self.lifeline.get()

    async def if_needed(self) -> Engine | None:
        """Return what runs; ``None`` if there is no account and so nothing that should run.

        Raises:
            VestnikError: It should run, and cannot be started.
        """
        lifeline = self.lifeline
        is_idle = lifeline.current is None and not lifeline.is_starting
        if is_idle and not has_accounts(self._around.accounts):
            return None
        return await lifeline.get()

    async def __aenter__(self) -> EngineRoom:
        if not self._is_needed():
            self._look_for_python_bots()
        self._task = asyncio.create_task(self.lifeline.run(), name="hosting")
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if self._task is None:
            return
        self._task.cancel()
        while not (await asyncio.wait([self._task], timeout=HURRY_SECONDS))[0]:
            if self.current is not None:
                self.current.hurry()
        self._task = None

    async def drain(self, seconds: float) -> None:
        """Let what has begun come to its end, and end the core."""
        try:
            if self.current is not None:
                await self.current.drain(seconds)
        finally:
            await self.__aexit__(None, None, None)

    def _is_needed(self) -> bool:
        return not self._around.options.is_offline and has_accounts(self._around.accounts)

    async def _live(self, ready: Callable[[Engine], None]) -> None:
        """Run a core and all that goes with it, until it fails or is cancelled."""
        from vestnik.bridge.hosting.life import live  # who has no bots does not pay for it

        def begin(engine: Engine) -> None:
            self._look_for_python_bots()
            ready(engine)

        await live(self._around, self._launch, begin)

    def _look_for_python_bots(self) -> None:
        """Say at the start of the gateway which bots of the settings are none yet."""
        if self._has_looked:
            return
        self._has_looked = True
        for bot in self._around.options.python_bots:
            if self._around.registry.of_bot(bot.id) is None:
                log.warning(NEVER_ADDED, bot.id, bot.id)
