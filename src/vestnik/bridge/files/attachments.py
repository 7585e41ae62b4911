"""The file that came with a message, for whoever has a link to it."""

from __future__ import annotations

import asyncio
import stat
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from vestnik.bridge.files.links import NO_SUCH_FILE, Link
from vestnik.bridge.files.names import clean_name
from vestnik.bridge.registry import Registry
from vestnik.errors import CallFailed, NotFound

if TYPE_CHECKING:
    from vestnik.chatmail import Core

__all__ = ["Attachment", "attachment"]

UNKNOWN = "application/octet-stream"


class Attachment(msgspec.Struct, frozen=True, kw_only=True):
    """A file that came with a message.

    Attributes:
        path: Where the core keeps it; for reading only.
        name: What it is called, cleaned.
        mime: What is in it, as far as its name or its sender tells; nothing to rely on.
    """

    path: Path
    name: str
    mime: str
    bytes: int


async def attachment(core: Core, registry: Registry, link: Link) -> Attachment:
    """Return the file of the message that a link is for.

    Raises:
        NotFound: The message, its file or its bot is gone, or the file is not downloaded.
        CoreError: The core does not answer.
    """
    if registry.of_account(link.account) is None:
        raise NotFound(NO_SUCH_FILE)
    try:
        message = await core.get_message(link.account, link.message)
        folder = await core.get_blob_dir(link.account)
    except CallFailed:
        raise NotFound(NO_SUCH_FILE) from None
    if not message.file or not folder:
        raise NotFound(NO_SUCH_FILE)
    path, size = await asyncio.to_thread(_file_within, Path(message.file), Path(folder))
    name = clean_name(message.file_name or path.name)
    return Attachment(path=path, name=name, mime=message.file_mime or UNKNOWN, bytes=size)


def _file_within(file: Path, folder: Path) -> tuple[Path, int]:
    """Return where a file really is, if that is in the folder, and its size."""
    try:
        path, within = file.resolve(strict=True), folder.resolve(strict=True)
        found = path.stat()
    except (OSError, ValueError, RuntimeError):
        raise NotFound(NO_SUCH_FILE) from None
    if not path.is_relative_to(within) or not stat.S_ISREG(found.st_mode):
        raise NotFound(NO_SUCH_FILE)
    return path, found.st_size
