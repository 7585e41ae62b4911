"""From the settings to the bots that are hosted."""

from __future__ import annotations

from vestnik.app.serve.config import Config
from vestnik.bridge.hosting import HostingOptions, PythonBot
from vestnik.ids import ResourceId

__all__ = ["hosting_options", "python_bots"]

MEGABYTE = 1024 * 1024
HOUR = 3600.0


def python_bots(config: Config) -> tuple[PythonBot, ...]:
    """Import the bots that are to run in this process.

    Raises:
        BadBot: One cannot be imported, or there is not exactly one bot in a file.
        BadInput: There is no such file or module.
    """
    if not config.bots:
        return ()
    from vestnik.bot.loading import load_bot  # it brings the whole framework along

    return tuple(PythonBot(ResourceId(one.id), load_bot(one.file)) for one in config.bots)


def hosting_options(
    config: Config, base_url: str, bots: tuple[PythonBot, ...], *, offline: bool
) -> HostingOptions:
    """Return how bots are hosted.

    Args:
        base_url: Under which address their files can be fetched.
        bots: Those that run in this process.
    """
    hosted = config.hosting
    return HostingOptions(
        base_url=base_url,
        per_minute=hosted.messages_per_minute,
        burst=hosted.burst,
        most_upload_bytes=hosted.most_upload_megabytes * MEGABYTE,
        most_bytes_per_bot=hosted.upload_megabytes_per_bot * MEGABYTE,
        upload_seconds=hosted.upload_hours * HOUR,
        link_seconds=hosted.link_hours * HOUR,
        core=hosted.core,
        python_bots=bots,
        is_offline=offline,
        drain_seconds=config.server.drain_seconds,
    )
