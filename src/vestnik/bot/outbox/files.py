"""Copies of the files that wait to be sent, so that the author may delete his own."""

from __future__ import annotations

import asyncio
import shutil
import tempfile
import weakref
from collections.abc import Container
from pathlib import Path

import msgspec

from vestnik.chatmail.types import MessageData
from vestnik.errors import BadInput

__all__ = ["WaitingFiles", "mails_of"]

ANNOUNCED_BYTES = 140_000
"""The core sends a larger file in two mails: what announces it, and the whole."""


class WaitingFiles:
    """A directory beside the database, with a file for each message that has one.

    Args:
        database: The file of the database; without one the copies are as fleeting as the rest.
    """

    def __init__(self, database: Path | None) -> None:
        self._directory = database and database.absolute().with_name(f"{database.name}-files")

    async def keep(self, row: int, data: MessageData) -> MessageData:
        """Copy the file of a message, and return the message with the copy.

        Raises:
            BadInput: The file cannot be copied.
        """
        return await asyncio.to_thread(self._keep, row, data)

    async def drop(self, data: MessageData) -> None:
        """Delete the copy that a message was sent with."""
        if data.file is not None:
            await asyncio.to_thread(Path(data.file).unlink, missing_ok=True)

    async def sweep(self, rows: Container[int]) -> None:
        """Delete what a crash has left behind of messages that are not among `rows`."""
        await asyncio.to_thread(self._sweep, rows)

    def _keep(self, row: int, data: MessageData) -> MessageData:
        original = Path(data.file or "")
        try:
            copy = self._made() / f"{row}{original.suffix}"
            shutil.copyfile(original, copy)
        except OSError as problem:
            raise BadInput(
                f"The file {original} cannot be sent ({problem.strerror}): "
                "check that it exists and that there is room for a copy."
            ) from problem
        return msgspec.structs.replace(
            data, file=str(copy), filename=data.filename or original.name
        )

    def _made(self) -> Path:
        if self._directory is None:
            self._directory = Path(tempfile.mkdtemp(prefix="vestnik-"))
            weakref.finalize(self, shutil.rmtree, self._directory, ignore_errors=True)
        self._directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        return self._directory

    def _sweep(self, rows: Container[int]) -> None:
        if self._directory is None or not self._directory.is_dir():
            return
        for copy in self._directory.iterdir():
            if not copy.stem.isdigit() or int(copy.stem) not in rows:
                copy.unlink(missing_ok=True)


def mails_of(data: MessageData) -> int:
    """Tell how many mails the core makes of a message."""
    if data.file is None:
        return 1
    try:
        return 2 if Path(data.file).stat().st_size > ANNOUNCED_BYTES else 1
    except OSError:
        return 1
