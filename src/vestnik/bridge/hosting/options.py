"""How bots are hosted."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from vestnik.ids import ResourceId

if TYPE_CHECKING:
    from vestnik.bot import Bot

__all__ = ["HostingOptions", "PythonBot"]

MEGABYTE = 1024 * 1024
HOUR = 3600.0


class PythonBot(msgspec.Struct, frozen=True):
    """A hosted bot whose messages a bot in Python handles in this process."""

    id: ResourceId
    bot: Bot


class HostingOptions(msgspec.Struct, frozen=True, kw_only=True):
    """How bots are hosted.

    Attributes:
        base_url: Under which address the world reaches the files of the bots.
        per_minute: How many messages a bot may send in a minute; 0 for as many as it likes.
        burst: How many may go at once after a rest.
        most_upload_bytes: The largest file that may be uploaded.
        most_bytes_per_bot: What one bot's uploads may take in all.
        upload_seconds: How long an upload is kept.
        link_seconds: How long the link of an attachment is good.
        core: The core to run; by default the one that was installed with Vestnik.
        python_bots: The bots that run in this process.
        is_offline: Only for a command of this machine: nothing is received, sent or told.
        drain_seconds: How long handlers of Python bots may go on at the end.
    """

    base_url: str = ""
    per_minute: float = 60.0
    burst: int = 10
    most_upload_bytes: int = 25 * MEGABYTE
    most_bytes_per_bot: int = 250 * MEGABYTE
    upload_seconds: float = 24 * HOUR
    link_seconds: float = 24 * HOUR
    core: Path | None = None
    python_bots: tuple[PythonBot, ...] = ()
    is_offline: bool = False
    drain_seconds: float = 10.0
