"""One life of all that runs beside the gateway: opened in order, closed in order."""

from __future__ import annotations

from collections.abc import Callable

from vestnik.bot.store import Database
from vestnik.bridge.hosting.engine import Engine
from vestnik.bridge.hosting.surroundings import Surroundings
from vestnik.chatmail import Core, CoreTransport, StdioTransport

__all__ = ["live"]


async def live(
    around: Surroundings,
    launch: Callable[[], CoreTransport] | None,
    ready: Callable[[Engine], None],
) -> None:
    """Run a core and what goes with it, until it fails or is cancelled.

    Args:
        launch: Makes the transport to each life of the core; by default the real one.
        ready: Told once all of it can be used.

    Raises:
        CoreError: The core cannot be used.
        LedgerFailed: The memory cannot be used.
    """

    def real() -> CoreTransport:
        return StdioTransport(around.accounts, binary=around.options.core)

    async with (
        Core(launch or real, clock=around.clock) as core,
        Database(around.memory) as database,
        Database(around.channels_memory) as channels_database,
    ):
        await Engine(around, core, database, channels_database).run(ready)
