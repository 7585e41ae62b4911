"""A core in memory with one hosted bot, whose messages have files."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from vestnik.bridge.files.links import Link
from vestnik.bridge.model import BotRecord, Hosted
from vestnik.bridge.registry import Registry
from vestnik.chatmail import Core
from vestnik.ids import AccountId, MessageId, ResourceId
from vestnik.testing import FakeCore

__all__ = ["House", "house_at"]


class House:
    """A core with a bot, and the folder where the core keeps its files."""

    def __init__(self, fake: FakeCore, core: Core, blobs: Path, bot: ResourceId) -> None:
        self.fake = fake
        self.core = core
        self.blobs = blobs
        self.registry = Registry()
        self.account = fake.account("Echo")
        record = BotRecord(resource=bot, events=())
        self.registry.put(
            Hosted(account=self.account.id, address="echo@fake.example", record=record)
        )

    def keeps(self, name: str, content: bytes = b"content") -> Path:
        """Put a file where the core keeps those of the bot."""
        path = self.blobs / name
        path.write_bytes(content)
        return path

    def receives(self, file: Path | None, name: str | None = None) -> Link:
        """Let a message come, with a file or without; give what a link to it opens to."""
        message = self.account.contact("alice@fake.example").chat.receive("look", file=file)
        if name is not None:
            message.file_name = name
        return Link(AccountId(self.account.id), MessageId(message.id), 0)


@asynccontextmanager
async def house_at(folder: Path, bot: ResourceId) -> AsyncIterator[House]:
    """Let a core run whose files are in a folder."""
    fake, blobs = FakeCore(), folder / "accounts" / "dc.db-blobs"
    blobs.mkdir(parents=True)
    fake.on("get_blob_dir", lambda account: str(blobs))
    async with Core(fake.transport) as core:
        yield House(fake, core, blobs, bot)
