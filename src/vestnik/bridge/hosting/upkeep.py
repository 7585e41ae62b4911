"""What is done again and again while a core runs."""

from __future__ import annotations

import logging

from vestnik.bot.outbox import Outbox
from vestnik.bridge.channel import Channel
from vestnik.bridge.files.uploads import Uploads
from vestnik.clock import Clock
from vestnik.errors import VestnikError

__all__ = ["prune", "serve_channel", "sweep"]

DAY = 86_400.0
REMEMBERED = 30 * DAY
"""How long keys of what was sent are known."""

SWEEP_SECONDS = 600.0
CHANNEL_SECONDS = 30.0
"""When the service bot is tried again after it failed."""

log = logging.getLogger("vestnik.bridge")


async def prune(outbox: Outbox, clock: Clock) -> None:
    """Forget what was sent long ago."""
    while True:
        await outbox.prune(REMEMBERED)
        await clock.sleep(DAY)


async def sweep(uploads: Uploads, clock: Clock) -> None:
    """Delete uploads whose time is over; a full or broken disk ends nothing."""
    while True:
        try:
            await uploads.sweep()
        except Exception:
            log.exception("Old uploads could not be deleted; it is tried again later")
        await clock.sleep(SWEEP_SECONDS)


async def serve_channel(channel: Channel, clock: Clock) -> None:
    """Tell owners in chats; when that fails, the bots go on."""
    while True:
        try:
            await channel.run()
        except VestnikError as problem:
            log.error("The service bot does not run: %s", problem)
        except Exception:
            log.exception("The service bot does not run, by a mistake in Vestnik")
        await clock.sleep(CHANNEL_SECONDS)
