"""Where an upload lies on the disk, and how it gets there: all at once, or not at all.

Each upload is a folder with the content and a note, in a folder of its bot's. It is written under
another name first. Nothing here knows an event loop: it runs on threads.
"""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import msgspec

from vestnik.bridge.files.names import ending_of
from vestnik.ids import ResourceId

__all__ = ["DRAFT", "Draft", "Note", "places_in", "read_place", "shelf_of"]

DRAFT = ".draft-"
"""Begins the names of folders in which something is still being written."""

_NOTE = "upload.json"


class Note(msgspec.Struct, frozen=True):
    """What is noted beside a content.

    Attributes:
        expires: Until when it is kept, in seconds since 1970.
    """

    name: str
    bytes: int
    expires: float


def shelf_of(bot: ResourceId) -> str:
    """Return the name of a bot's folder: ids may hold anything, names of folders may not."""
    return hashlib.sha256(bot.encode("utf-8", "surrogatepass")).hexdigest()[:32]


def content_of(place: Path, name: str) -> Path:
    """Return where the content lies; it has the ending by which the core tells its kind."""
    return place / f"content{ending_of(name)}"


def places_in(shelf: Path) -> Iterator[Path]:
    """Give all places of a bot, drafts too; none if it has no folder."""
    try:
        yield from sorted(shelf.iterdir())
    except (FileNotFoundError, NotADirectoryError):
        return


def read_place(place: Path) -> tuple[Path, Note] | None:
    """Return what lies at a place, or nothing if that is not a whole upload."""
    try:
        if place.is_symlink():
            return None
        note = msgspec.json.decode((place / _NOTE).read_bytes(), type=Note)
        content = content_of(place, note.name)
        is_whole = not content.is_symlink() and content.stat().st_size == note.bytes
    except (OSError, msgspec.DecodeError):
        return None
    return (content, note) if is_whole else None


class Draft:
    """An upload that comes; only `publish` makes it one that can be found."""

    def __init__(self, place: Path, key: str, name: str) -> None:
        self.place = place
        self._draft = place.with_name(DRAFT + key)
        self._name = name
        self._file: int | None = None

    @property
    def folder(self) -> Path:
        """Where it is written."""
        return self._draft

    def begin(self) -> None:
        """Make the folder and the file."""
        shelf = self._draft.parent
        for folder in (shelf.parent, shelf):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._draft.mkdir(mode=0o700)
        self._file = _create(content_of(self._draft, self._name))

    def write(self, content: bytes | bytearray) -> None:
        """Add to the file."""
        assert self._file is not None
        left = memoryview(content)
        while left:
            left = left[os.write(self._file, left) :]

    def publish(self, note: Note) -> None:
        """Finish the file and let it be found; it outlives a crash from then on."""
        self._settle()
        self._file = _create(self._draft / _NOTE)
        self.write(msgspec.json.encode(note))
        self._settle()
        self._draft.rename(self.place)
        _sync_folder(self.place.parent)

    def discard(self) -> None:
        """Leave nothing behind, wherever it was."""
        self._close()
        for folder in (self._draft, self.place):
            shutil.rmtree(folder, ignore_errors=True)

    def _settle(self) -> None:
        assert self._file is not None
        os.fsync(self._file)
        self._close()

    def _close(self) -> None:
        if self._file is not None:
            file, self._file = self._file, None
            os.close(file)


def _create(path: Path) -> int:
    return os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)


def _sync_folder(folder: Path) -> None:
    if os.name != "posix":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
