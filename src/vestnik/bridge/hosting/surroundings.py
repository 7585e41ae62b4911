"""What there is before a core runs, and after it."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from vestnik.bridge.files.links import Links
from vestnik.bridge.files.uploads import Uploads
from vestnik.bridge.hosting.counts import Tallies
from vestnik.bridge.hosting.options import HostingOptions
from vestnik.bridge.registry import Registry
from vestnik.clock import Clock
from vestnik.gateway import Gateway

__all__ = ["Surroundings"]


class Surroundings(NamedTuple):
    """What outlives an engine.

    Attributes:
        folder: Of the gateway.
    """

    gateway: Gateway
    registry: Registry
    uploads: Uploads
    links: Links
    folder: Path
    options: HostingOptions
    clock: Clock
    tallies: Tallies

    @property
    def accounts(self) -> Path:
        """Where the core has its accounts."""
        return self.folder / "accounts"

    @property
    def memory(self) -> Path:
        """The file of the bots' memory."""
        return self.folder / "bridge.sqlite"

    @property
    def channels_memory(self) -> Path:
        """That of the service bot's, who has an outbox of his own."""
        return self.folder / "channel.sqlite"

    @property
    def python_memories(self) -> Path:
        """Where bots in Python keep theirs."""
        return self.folder / "bots"
