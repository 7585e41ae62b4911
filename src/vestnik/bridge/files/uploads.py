"""What programs have sent here so that their bots can send it on."""

from __future__ import annotations

import asyncio
import errno
import re
import secrets
import shutil
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import TypeVar

import msgspec

from vestnik.bridge.files.names import clean_name
from vestnik.bridge.files.places import DRAFT, Draft, Note, places_in, read_place, shelf_of
from vestnik.bridge.files.quota import Quota, Share, cost_of
from vestnik.clock import Clock
from vestnik.errors import NoRoom, NotFound, StoreFailed, TooLarge
from vestnik.ids import ResourceId

__all__ = ["Upload", "Uploads"]

Given = TypeVar("Given")

PORTION = 256 * 1024
"""So many bytes are written at a time; each time costs a thread's work."""

GRACE_SECONDS = 60.0
"""So much longer it lies there, for whoever has just found it."""

_PREFIX = "fil_"
_ID = re.compile(r"fil_[A-Za-z0-9_-]{43}")
_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


class Upload(msgspec.Struct, frozen=True, kw_only=True):
    """A file that a bot may send.

    Attributes:
        path: Where its content lies; for reading only.
        name: What it is called, cleaned.
        expires: Until when it can be found, in seconds since 1970.
    """

    id: str
    path: Path
    name: str
    bytes: int
    expires: float


class Uploads:
    """Keeps files for bots for a while, each for one bot; also over restarts.

    Args:
        folder: Where; made when it is needed, and nobody else's.
        most_bytes: The size of the largest file.
        most_bytes_per_bot: What all files of one bot may have together, small ones counted up to
            whole blocks.
        keep_seconds: How long a file can be found.
    """

    def __init__(
        self,
        folder: Path,
        clock: Clock,
        *,
        most_bytes: int,
        most_bytes_per_bot: int,
        keep_seconds: float,
    ) -> None:
        self._folder = folder
        self._clock = clock
        self._most = most_bytes
        self._keep_seconds = keep_seconds
        self._quota = Quota(most_bytes_per_bot)
        self._counting = asyncio.Lock()
        self._drafts: set[Path] = set()

    async def keep(
        self,
        bot: ResourceId,
        name: str,
        content: AsyncIterator[bytes],
        announced: int | None = None,
    ) -> Upload:
        """Keep a file; if anything goes wrong, or nobody waits any more, nothing is left of it.

        Args:
            announced: How many bytes it will have, if that is known before.

        Raises:
            TooLarge: It has too many bytes.
            NoRoom: The disk is full, or the bot has too much here already.
            StoreFailed: It cannot be written.
        """
        shelf = shelf_of(bot)
        await self._count(shelf)
        share = Share(self._quota, shelf)
        try:
            self._admit(share, announced or 0)
            return await self._keep(shelf, clean_name(name), content, share)
        except BaseException:
            share.give_back()
            raise

    async def find(self, bot: ResourceId, id: str) -> Upload:
        """Return a file that is kept for a bot.

        Raises:
            NotFound: There is none of that id, or it is another bot's, or has expired.
        """
        if _ID.fullmatch(id):
            found = await _on_thread(read_place, self._folder / shelf_of(bot) / id)
            if found is not None and self._clock.now() < found[1].expires:
                return _upload(id, *found)
        raise NotFound(
            "There is no such upload for this bot, or it has expired: upload the file once more "
            "and take the id from the answer."
        )

    async def sweep(self) -> None:
        """Delete what has expired, and what a crash has left behind."""
        async with self._counting:
            freed = await _on_disk(self._sweep)
            for shelf, cost in freed:
                self._quota.give_back(shelf, cost)

    async def forget(self, bot: ResourceId) -> None:
        """Delete all that is kept for a bot."""
        shelf = shelf_of(bot)
        async with self._counting:
            await _on_disk(_delete, self._folder / shelf)
            self._quota.forget(shelf)

    async def _count(self, shelf: str) -> None:
        async with self._counting:
            if not self._quota.knows(shelf):
                self._quota.start(shelf, await _on_disk(_used_in, self._folder / shelf))

    def _admit(self, share: Share, size: int) -> None:
        if size > self._most:
            raise TooLarge(f"A file has at most {self._most} bytes here: send a smaller one.")
        share.reach(size)

    async def _keep(
        self, shelf: str, name: str, content: AsyncIterator[bytes], share: Share
    ) -> Upload:
        secret = secrets.token_urlsafe(32)
        place = self._folder / shelf / (_PREFIX + secret)
        draft = Draft(place, secrets.token_hex(8), name)
        self._drafts.add(draft.folder)
        try:
            await _on_disk(draft.begin)
            size = await self._fill(draft, content, share)
            note = Note(name, size, self._clock.now() + self._keep_seconds)
            await _on_disk(draft.publish, note)
        except BaseException:
            await _on_thread(draft.discard)
            raise
        finally:
            self._drafts.discard(draft.folder)
        found = await _on_thread(read_place, place)
        if found is None:
            raise StoreFailed("The upload is gone already: its bot was removed meanwhile.")
        return _upload(place.name, *found)

    async def _fill(self, draft: Draft, content: AsyncIterator[bytes], share: Share) -> int:
        size, waiting = 0, bytearray()
        async for part in content:
            size += len(part)
            self._admit(share, size)
            waiting += part
            if len(waiting) >= PORTION:
                await _on_disk(draft.write, waiting)
                waiting = bytearray()
        await _on_disk(draft.write, waiting)
        return size

    def _sweep(self) -> list[tuple[str, int]]:
        now, freed = self._clock.now(), []
        for shelf in places_in(self._folder):
            for place in places_in(shelf):
                found = read_place(place)
                if place in self._drafts or (found and now < found[1].expires + GRACE_SECONDS):
                    continue
                _delete(place)
                if found:
                    freed.append((shelf.name, cost_of(found[1].bytes)))
        return freed


async def _on_thread(function: Callable[..., Given], *arguments: object) -> Given:
    """Wait for a thread's work to its end even if cancelled: nobody clears up under its hands."""
    work = asyncio.ensure_future(asyncio.to_thread(function, *arguments))
    try:
        return await asyncio.shield(work)
    except asyncio.CancelledError:
        await asyncio.wait([work])
        # Asked for its error, so that nobody misses it.
        if not work.cancelled():
            work.exception()
        raise


async def _on_disk(function: Callable[..., Given], *arguments: object) -> Given:
    """Say what is wrong with the disk in a sentence."""
    try:
        return await _on_thread(function, *arguments)
    except OSError as error:
        if error.errno in _FULL:
            raise NoRoom(
                "The disk of the server is full, so the upload cannot be kept: try again later, "
                "and tell the operator."
            ) from error
        raise StoreFailed(
            f"The folder of uploads cannot be used ({error.strerror}): tell the operator of the "
            "server."
        ) from error


def _upload(id: str, path: Path, note: Note) -> Upload:
    return Upload(id=id, path=path, name=note.name, bytes=note.bytes, expires=note.expires)


def _used_in(shelf: Path) -> int:
    found = (read_place(place) for place in places_in(shelf) if not place.name.startswith(DRAFT))
    return sum(cost_of(one[1].bytes) for one in found if one is not None)


def _delete(place: Path) -> None:
    """Delete a place, whatever it is; what cannot be deleted now is tried again another time."""
    if place.is_dir() and not place.is_symlink():
        shutil.rmtree(place, ignore_errors=True)
    else:
        place.unlink(missing_ok=True)
