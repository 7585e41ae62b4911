"""The file that came with a message."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from pathlib import Path

__all__ = ["Attachment"]


@dataclass(frozen=True)
class Attachment:
    """The file that came with a message.

    Attributes:
        path: Where the core keeps it, under another name; not to be changed.
        name: What it is called.
        mime: What is in it, such as ``image/png``, as far as the name tells.
        size: How many bytes it has.
    """

    path: Path
    name: str
    mime: str | None
    size: int

    async def read(self) -> bytes:
        """Return its content."""
        return await asyncio.to_thread(self.path.read_bytes)
