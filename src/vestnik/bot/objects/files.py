"""Files that are sent: a path stays where it is, bytes become a file for as long as it takes."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path, PurePath

from vestnik.errors import BadInput

__all__ = ["FileContent", "absolute", "as_path", "shown_name"]

FileContent = Path | str | bytes
"""What can be attached: a file, as a path, or its content."""


def shown_name(content: FileContent, name: str | None) -> str:
    """Tell what an attachment is called.

    Raises:
        BadInput: Bytes have no name of their own, and none was given.
    """
    if name:
        return name
    if isinstance(content, bytes):
        raise BadInput('Bytes need a name to be sent under: name="report.pdf".')
    return PurePath(content).name


def absolute(path: Path | str) -> Path:
    """Name a file from the root: the core has a working directory of its own."""
    return Path(path).absolute()


@asynccontextmanager
async def as_path(content: FileContent, name: str, directory: Path | None) -> AsyncIterator[Path]:
    """Give a path for what is attached; one that was made for it is gone afterwards.

    Args:
        content: The file.
        name: What it is called; the core tells by its ending what is in it.
        directory: Where files are made.

    Raises:
        BadInput: The bytes cannot be written there.
    """
    if not isinstance(content, bytes):
        yield absolute(content)
        return
    path = await asyncio.to_thread(_write, content, PurePath(name).suffix, directory)
    try:
        yield path
    finally:
        await asyncio.to_thread(path.unlink, missing_ok=True)


def _write(content: bytes, suffix: str, directory: Path | None) -> Path:
    try:
        if directory is not None:
            directory.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(suffix=suffix, dir=directory, delete=False) as file:
            file.write(content)
    except OSError as problem:
        place = directory or tempfile.gettempdir()
        raise BadInput(
            f"The attachment cannot be written to {place} ({problem.strerror}): "
            "is there room, and may the bot write there?"
        ) from problem
    return Path(file.name)
