"""Uploads: kept for one bot, for a while, wholly or not at all."""

from __future__ import annotations

import asyncio
import errno
import os
import stat
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vestnik.bridge.files import places
from vestnik.bridge.files.quota import BLOCK, Quota, Share, cost_of
from vestnik.bridge.files.uploads import GRACE_SECONDS, PORTION, Uploads
from vestnik.errors import NoRoom, NotFound, StoreFailed, TooLarge
from vestnik.ids import ResourceId
from vestnik.testing import FakeClock

ANNA, BORIS = ResourceId("anna"), ResourceId("boris")
MOST, PER_BOT, KEEP = 3 * PORTION, 6 * PORTION, 3600.0


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "uploads"


@pytest.fixture
def uploads(folder: Path, clock: FakeClock) -> Uploads:
    return again(folder, clock)


def again(folder: Path, clock: FakeClock) -> Uploads:
    """Make what a restart makes."""
    return Uploads(folder, clock, most_bytes=MOST, most_bytes_per_bot=PER_BOT, keep_seconds=KEEP)


async def parts(*content: bytes) -> AsyncIterator[bytes]:
    for part in content:
        yield part


def files_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.rglob("*") if path.is_file())


async def test_what_comes_in_parts_is_kept_as_one(uploads: Uploads, clock: FakeClock) -> None:
    kept = await uploads.keep(ANNA, "a/Report.PDF", parts(b"one", b"", b"two"))
    assert (kept.name, kept.bytes, kept.expires) == ("Report.PDF", 6, clock.now() + KEEP)
    assert kept.path.read_bytes() == b"onetwo"
    assert kept.path.suffix == ".pdf"
    assert await uploads.find(ANNA, kept.id) == kept


async def test_a_file_larger_than_a_portion_comes_out_as_it_went_in(uploads: Uploads) -> None:
    content = os.urandom(2 * PORTION + 17)
    cut = [content[start : start + 65_000] for start in range(0, len(content), 65_000)]
    kept = await uploads.keep(ANNA, "x", parts(*cut))
    assert kept.path.read_bytes() == content


async def test_an_empty_file_is_one_too(uploads: Uploads) -> None:
    kept = await uploads.keep(ANNA, "empty.txt", parts())
    assert (await uploads.find(ANNA, kept.id)).bytes == 0


async def test_nobody_else_can_read_it(uploads: Uploads, folder: Path) -> None:
    kept = await uploads.keep(ANNA, "x.txt", parts(b"x"))
    for path in folder.rglob("*"):
        assert stat.S_IMODE(path.stat().st_mode) & 0o077 == 0
    assert stat.S_IMODE(kept.path.stat().st_mode) == 0o600


async def test_ids_differ_and_have_256_bits(uploads: Uploads) -> None:
    ids = {(await uploads.keep(ANNA, "x", parts(b"x"))).id for _ in range(5)}
    assert len(ids) == 5
    assert {len(id) for id in ids} == {len("fil_") + 43}


async def test_another_bot_does_not_find_it(uploads: Uploads) -> None:
    kept = await uploads.keep(ANNA, "x.txt", parts(b"x"))
    with pytest.raises(NotFound):
        await uploads.find(BORIS, kept.id)


async def test_it_survives_a_restart(uploads: Uploads, folder: Path, clock: FakeClock) -> None:
    kept = await uploads.keep(ANNA, "x.txt", parts(b"x"))
    later = again(folder, clock)
    await later.sweep()
    assert await later.find(ANNA, kept.id) == kept


@pytest.mark.parametrize(
    "id",
    [
        "",
        "fil_",
        "..",
        "../boris",
        "/etc/passwd",
        "fil_" + "A" * 43,
        "fil_" + "A" * 42 + "\n",
        "fil_" + "А" * 43,
        "fil_\0" + "A" * 42,
        "fil_../../" + "A" * 37,
        "upload.json",
    ],
)
async def test_what_is_no_id_finds_nothing(uploads: Uploads, id: str) -> None:
    await uploads.keep(ANNA, "x.txt", parts(b"x"))
    with pytest.raises(NotFound, match="no such upload"):
        await uploads.find(ANNA, id)


@pytest.mark.parametrize("bot", ["..", ".", "a:b", "x" * 128, "A", "a"])
async def test_a_bot_may_have_any_id(uploads: Uploads, folder: Path, bot: str) -> None:
    kept = await uploads.keep(ResourceId(bot), "x.txt", parts(b"x"))
    assert kept.path.resolve().is_relative_to(folder.resolve())
    for other in {"A", "a", ".."} - {bot}:
        with pytest.raises(NotFound):
            await uploads.find(ResourceId(other), kept.id)


async def test_links_in_the_file_system_are_not_followed(
    uploads: Uploads, folder: Path, tmp_path: Path
) -> None:
    kept = await uploads.keep(ANNA, "x.txt", parts(b"x"))
    place = kept.path.parent
    elsewhere = tmp_path / "elsewhere"
    place.rename(elsewhere)
    place.symlink_to(elsewhere)
    with pytest.raises(NotFound):
        await uploads.find(ANNA, kept.id)
    place.unlink()
    elsewhere.rename(place)
    (tmp_path / "secret").write_bytes(b"s")
    kept.path.unlink()
    kept.path.symlink_to(tmp_path / "secret")
    with pytest.raises(NotFound):
        await uploads.find(ANNA, kept.id)
    await uploads.forget(ANNA)
    assert (tmp_path / "secret").exists()


async def test_a_file_that_is_too_large_leaves_nothing(uploads: Uploads, folder: Path) -> None:
    with pytest.raises(TooLarge, match=f"at most {MOST} bytes"):
        await uploads.keep(ANNA, "x", parts(*[bytes(PORTION)] * 3, b"!"))
    assert files_in(folder) == []
    await uploads.keep(ANNA, "x", parts(*[bytes(PORTION)] * 3))


async def test_what_is_announced_as_too_large_is_not_even_begun(
    uploads: Uploads, folder: Path
) -> None:
    content = parts(b"untouched")
    with pytest.raises(TooLarge):
        await uploads.keep(ANNA, "x", content, MOST + 1)
    assert [part async for part in content] == [b"untouched"]
    assert not folder.exists()


async def test_a_bot_has_its_share_and_no_more(uploads: Uploads, folder: Path) -> None:
    await uploads.keep(ANNA, "x", parts(bytes(3 * PORTION - 2 * BLOCK)))
    await uploads.keep(ANNA, "x", parts(bytes(3 * PORTION - 2 * BLOCK)))
    before = files_in(folder)
    with pytest.raises(NoRoom, match=f"at most {PER_BOT} bytes"):
        await uploads.keep(ANNA, "x", parts(b"x"))
    assert files_in(folder) == before
    await uploads.keep(BORIS, "x", parts(b"x"))


async def test_what_lay_there_before_a_restart_counts(
    uploads: Uploads, folder: Path, clock: FakeClock
) -> None:
    for _ in range(2):
        await uploads.keep(ANNA, "x", parts(bytes(3 * PORTION - 2 * BLOCK)))
    with pytest.raises(NoRoom):
        await again(folder, clock).keep(ANNA, "x", parts(b"x"))


async def test_several_that_come_at_once_share_the_room(uploads: Uploads, folder: Path) -> None:
    sizes = [2 * PORTION] * 5
    results = await asyncio.gather(
        *(uploads.keep(ANNA, "x", parts(bytes(size))) for size in sizes), return_exceptions=True
    )
    refused = [one for one in results if isinstance(one, NoRoom)]
    assert len(refused) == 3
    assert len(files_in(folder)) == 2 * 2


async def test_room_comes_back_when_it_was_not_used(uploads: Uploads) -> None:
    async def breaks() -> AsyncIterator[bytes]:
        yield bytes(2 * PORTION)
        raise ConnectionError

    for _ in range(10):
        with pytest.raises(ConnectionError):
            await uploads.keep(ANNA, "x", breaks(), 2 * PORTION)
    await uploads.keep(ANNA, "x", parts(bytes(2 * PORTION)))


async def test_whoever_goes_away_leaves_nothing(uploads: Uploads, folder: Path) -> None:
    async def goes() -> AsyncIterator[bytes]:
        yield bytes(PORTION)
        assert files_in(folder) == ["content.txt"]
        raise ConnectionError

    with pytest.raises(ConnectionError):
        await uploads.keep(ANNA, "x.txt", goes())
    assert list(folder.rglob("*content*")) == []
    assert files_in(folder) == []


async def test_whoever_is_cancelled_leaves_nothing(uploads: Uploads, folder: Path) -> None:
    begun = asyncio.Event()

    async def waits() -> AsyncIterator[bytes]:
        yield bytes(PORTION)
        begun.set()
        await asyncio.Event().wait()

    task = asyncio.create_task(uploads.keep(ANNA, "x.txt", waits()))
    await begun.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert files_in(folder) == []


async def test_whoever_is_cancelled_while_the_disk_works_leaves_nothing(
    uploads: Uploads, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    loop, publish = asyncio.get_running_loop(), places.Draft.publish
    task: asyncio.Task[object] | None = None

    def cancelled_meanwhile(draft: places.Draft, note: places.Note) -> None:
        assert task is not None
        loop.call_soon_threadsafe(task.cancel)
        asyncio.run_coroutine_threadsafe(asyncio.sleep(0), loop).result()
        publish(draft, note)

    monkeypatch.setattr(places.Draft, "publish", cancelled_meanwhile)
    task = asyncio.create_task(uploads.keep(ANNA, "x.txt", parts(b"x")))
    with pytest.raises(asyncio.CancelledError):
        await task
    assert files_in(folder) == []


@pytest.mark.parametrize(
    ("number", "error", "words"),
    [
        (errno.ENOSPC, NoRoom, "disk of the server is full"),
        (errno.EDQUOT, NoRoom, "disk of the server is full"),
        (errno.EIO, StoreFailed, "Input/output error"),
    ],
)
@pytest.mark.parametrize("call", ["write", "fsync", "mkdir"])
async def test_a_disk_that_fails_is_told_in_a_sentence(
    uploads: Uploads,
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    call: str,
    number: int,
    error: type[Exception],
    words: str,
) -> None:
    def fail(*_: object, **__: object) -> int:
        raise OSError(number, os.strerror(number))

    with monkeypatch.context() as broken:
        broken.setattr(os, call, fail)
        with pytest.raises(error, match=words):
            await uploads.keep(ANNA, "x.txt", parts(b"x"))
    assert files_in(folder) == []
    await uploads.keep(ANNA, "x.txt", parts(b"x"))


async def test_a_disk_that_takes_only_a_part_at_a_time_gets_the_rest(
    uploads: Uploads, monkeypatch: pytest.MonkeyPatch
) -> None:
    write = os.write
    monkeypatch.setattr(os, "write", lambda file, content: write(file, bytes(content[:3])))
    kept = await uploads.keep(ANNA, "x.txt", parts(b"0123456789"))
    assert kept.path.read_bytes() == b"0123456789"


async def test_nothing_is_found_before_it_is_whole(uploads: Uploads, folder: Path) -> None:
    async def looks() -> AsyncIterator[bytes]:
        yield bytes(PORTION)
        (shelf,) = folder.iterdir()
        assert [place.name.startswith(places.DRAFT) for place in shelf.iterdir()] == [True]

    await uploads.keep(ANNA, "x", looks())


async def test_it_expires_and_is_swept_a_little_later(
    uploads: Uploads, folder: Path, clock: FakeClock
) -> None:
    kept = await uploads.keep(ANNA, "x.txt", parts(b"x"))
    await clock.advance(KEEP - 0.1)
    await uploads.find(ANNA, kept.id)
    await clock.advance(0.1)
    with pytest.raises(NotFound, match="expired"):
        await uploads.find(ANNA, kept.id)
    await uploads.sweep()
    assert kept.path.exists()
    await clock.advance(GRACE_SECONDS)
    await uploads.sweep()
    assert files_in(folder) == []


async def test_what_was_swept_makes_room(uploads: Uploads, clock: FakeClock) -> None:
    for _ in range(2):
        await uploads.keep(ANNA, "x", parts(bytes(3 * PORTION - 2 * BLOCK)))
    await clock.advance(KEEP + GRACE_SECONDS)
    await uploads.sweep()
    await uploads.keep(ANNA, "x", parts(bytes(3 * PORTION)))


async def test_what_a_crash_left_behind_is_swept(
    uploads: Uploads, folder: Path, clock: FakeClock
) -> None:
    kept = await uploads.keep(ANNA, "x.txt", parts(b"x"))
    shelf = kept.path.parent.parent
    half = shelf / f"{places.DRAFT}0123"
    half.mkdir()
    (half / "content.txt").write_bytes(b"half")
    (shelf / "fil_broken").mkdir()
    (shelf / "stray").write_bytes(b"")
    await again(folder, clock).sweep()
    assert [place.name for place in shelf.iterdir()] == [kept.id]


async def test_what_is_just_coming_is_not_swept(uploads: Uploads) -> None:
    async def is_swept_meanwhile() -> AsyncIterator[bytes]:
        yield bytes(PORTION)
        await uploads.sweep()
        yield b"end"

    kept = await uploads.keep(ANNA, "x", is_swept_meanwhile())
    assert kept.bytes == PORTION + 3


async def test_sweeping_before_anything_came_is_fine(uploads: Uploads) -> None:
    await uploads.sweep()


async def test_a_bot_that_is_forgotten_has_nothing_left(uploads: Uploads, folder: Path) -> None:
    gone = await uploads.keep(ANNA, "x.txt", parts(b"x"))
    stays = await uploads.keep(BORIS, "x.txt", parts(b"x"))
    await uploads.forget(ANNA)
    with pytest.raises(NotFound):
        await uploads.find(ANNA, gone.id)
    await uploads.find(BORIS, stays.id)
    assert not gone.path.parent.parent.exists()


async def test_an_upload_of_a_bot_that_is_just_removed_ends_in_a_sentence(
    uploads: Uploads, folder: Path
) -> None:
    async def is_forgotten_meanwhile() -> AsyncIterator[bytes]:
        yield bytes(PORTION)
        await uploads.forget(ANNA)

    with pytest.raises(StoreFailed):
        await uploads.keep(ANNA, "x", is_forgotten_meanwhile())
    assert files_in(folder) == []


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 20 * BLOCK)), max_size=30))
def test_no_bot_ever_has_more_than_its_share(steps: list[tuple[int, int]]) -> None:
    quota = Quota(50 * BLOCK)
    quota.start("shelf", 0)
    files = [(Share(quota, "shelf"), [0]) for _ in range(4)]
    for number, size in steps:
        share, reached = files[number]
        try:
            share.reach(size)
            reached[0] = max(reached[0], cost_of(size))
        except NoRoom:
            share.give_back()
            reached[0] = 0
        assert sum(one[0] for _, one in files) <= 50 * BLOCK
    for share, _ in files:
        share.give_back()
    Share(quota, "shelf").reach(48 * BLOCK)
