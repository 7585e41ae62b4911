"""What is special about the store in an SQLite file."""

from __future__ import annotations

import asyncio
import sqlite3
from pathlib import Path

import msgspec
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, create_engine

from vestnik.errors import StoreFailed
from vestnik.gateway.model import Addressed, Appended, AttemptState, Batch, Finished, Retention
from vestnik.gateway.stores import SqliteStore
from vestnik.gateway.stores.sqlite import _checkpoints, _migrating, _trimming
from vestnik.gateway.stores.sqlite.tables import metadata
from vestnik.ids import OwnerId, ResourceId, WebhookId
from vestnik.testing import FakeClock
from vestnik.wire import NULL, Notification

ANN = OwnerId("ann")


def batch(count: int = 1, payload: bytes = b"null") -> Batch:
    note = Notification(1, ResourceId("bot"), "a", "u", 1, type(NULL)(payload))
    return Batch((Addressed(ANN, note, (WebhookId("hook"),)),) * count)


async def append(store: SqliteStore, count: int = 1, payload: bytes = b"null") -> Appended:
    (appended,) = await store.log.append([batch(count, payload)])
    return appended


async def set_pragma(store: SqliteStore, pragma: str) -> None:
    """Make the disk full or the file read-only, as far as the writer can tell."""

    def work(connection: Connection) -> None:
        connection.connection.cursor().execute(f"PRAGMA {pragma}")

    await store._opened().writer.do(work)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "data" / "gateway.db"


def make_oldest(path: Path) -> None:
    """As old as it gets: a file in which no migration has been made yet."""
    path.parent.mkdir()
    with sqlite3.connect(path) as file:
        file.execute("CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL)")
    file.close()


async def test_the_migrations_make_the_tables_that_the_code_uses(path: Path) -> None:
    make_oldest(path)
    async with SqliteStore(path):
        pass
    engine = create_engine(f"sqlite:///{path}")
    with engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []
        indexes = "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL"
        migrated = {*map(tuple, connection.exec_driver_sql(indexes))}
    engine.dispose()
    plain = create_engine("sqlite://")
    with plain.connect() as connection:
        metadata.create_all(connection)
        assert {*map(tuple, connection.exec_driver_sql(indexes))} == migrated
    plain.dispose()


async def test_a_new_file_needs_no_migration_and_none_later(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_migrating, "_upgrade", None)
    for offset in (1, 2):
        async with SqliteStore(path) as store:
            assert (await append(store)).stored[0].offset == offset


async def test_an_older_file_is_brought_up_to_date(
    path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    make_oldest(path)
    caplog.set_level("INFO", "vestnik.gateway")
    async with SqliteStore(path) as store:
        assert (await append(store)).stored[0].offset == 1
    with sqlite3.connect(path) as file:
        found = file.execute("SELECT version_num FROM alembic_version").fetchall()
    file.close()
    assert found == [(_migrating.NEWEST,)]
    told = [one.getMessage() for one in caplog.records if one.name == "vestnik.gateway"]
    assert told == [f"The tables of {path} are brought from version None to {_migrating.NEWEST}"]


async def test_a_newer_file_is_refused_and_left_as_it_is(path: Path) -> None:
    async with SqliteStore(path):
        pass
    with sqlite3.connect(path) as file:
        file.execute("UPDATE alembic_version SET version_num = '9999'")
    file.close()
    before = path.read_bytes()
    with pytest.raises(StoreFailed, match=r"was written by a newer Vestnik: update this one\.$"):
        await SqliteStore(path).__aenter__()
    assert path.read_bytes() == before


async def test_a_damaged_file_is_told(path: Path) -> None:
    path.parent.mkdir()
    path.write_bytes(b"This is no database, but it is long enough to be taken for one." * 99)
    with pytest.raises(StoreFailed, match="not a database: move it away, and the gateway begins"):
        await SqliteStore(path).__aenter__()


async def test_a_file_that_is_damaged_inside_is_told(path: Path) -> None:
    async with SqliteStore(path) as store:
        await append(store, 500)
    content = path.read_bytes()
    path.write_bytes(content[:4096] + b"\xff" * (len(content) - 4096))
    with pytest.raises(StoreFailed, match="it is damaged: restore it from a backup"):
        await SqliteStore(path).__aenter__()


async def test_a_folder_that_cannot_be_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(StoreFailed, match="choose a folder that you may write"):
        await SqliteStore(tmp_path / "file" / "gateway.db").__aenter__()


async def test_a_file_that_may_only_be_read_is_told(path: Path) -> None:
    async with SqliteStore(path) as store:
        await set_pragma(store, "query_only = ON")
        with pytest.raises(StoreFailed, match="it may not be written: check the permissions"):
            await append(store)


async def test_a_full_disk_is_told_and_nothing_is_stored(path: Path) -> None:
    async with SqliteStore(path) as store:
        await append(store)
        await set_pragma(store, "max_page_count = 1")
        with pytest.raises(StoreFailed, match="the disk is full: free some space"):
            await append(store, 5000)
        assert (await store.log.position(ANN)).offset == 1
        assert len((await store.log.read(ANN, 0, 9)).items) == 1
        await set_pragma(store, "max_page_count = 9999")
        appended = await append(store)
        assert appended.stored[0].offset == 2
        assert appended.planned[0].id == 2


async def test_nothing_is_done_by_a_store_that_is_not_open(path: Path) -> None:
    store = SqliteStore(path)
    async with store:
        pass
    with pytest.raises(StoreFailed, match="is not open"):
        await append(store)
    await store.__aexit__()


async def test_others_may_not_read_the_file(path: Path) -> None:
    async with SqliteStore(path) as store:
        await append(store)
        await store.back_up(path.parent / "backup.db")
        modes = {file.name: file.stat().st_mode & 0o777 for file in path.parent.iterdir()}
    assert set(modes.values()) == {0o600}
    assert {"gateway.db", "gateway.db-wal", "gateway.db.lock", "backup.db"} <= set(modes)


async def test_a_cancelled_opening_leaves_nothing_open(path: Path) -> None:
    opening = asyncio.create_task(SqliteStore(path).__aenter__())
    await asyncio.sleep(0)
    opening.cancel()
    with pytest.raises(asyncio.CancelledError):
        await opening
    async with SqliteStore(path) as store:
        await append(store)


async def test_a_cancelled_append_is_stored_or_not_but_never_halfway(path: Path) -> None:
    async with SqliteStore(path) as store:
        appending = asyncio.create_task(append(store, 100))
        await asyncio.sleep(0)
        appending.cancel()
        with pytest.raises(asyncio.CancelledError):
            await appending
        following = await append(store)
        page = await store.log.read(ANN, 0, 1000)
        assert [one.offset for one in page.items] == [*range(1, following.stored[0].offset + 1)]
        assert len(page.items) in {1, 101}


async def test_closing_gives_the_log_of_sqlite_back(path: Path) -> None:
    async with SqliteStore(path) as store:
        await append(store, 1000)
        assert path.with_name("gateway.db-wal").stat().st_size > 0
    assert sorted(file.name for file in path.parent.iterdir()) == ["gateway.db", "gateway.db.lock"]


async def test_the_log_of_sqlite_does_not_grow_without_bound(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_checkpoints, "WAL_BYTES", 64 * 1024)
    monkeypatch.setattr(_checkpoints, "PAUSE_SECONDS", 0.0)
    moved = asyncio.Event()
    loop = asyncio.get_running_loop()
    original = _checkpoints.checkpoint

    def checkpoint(connection: object) -> None:
        original(connection)  # type: ignore[arg-type]
        loop.call_soon_threadsafe(moved.set)

    monkeypatch.setattr(_checkpoints, "checkpoint", checkpoint)
    async with SqliteStore(path) as store:
        before = path.stat().st_size
        while not moved.is_set():
            await append(store, 50, b'"' + b"x" * 1000 + b'"')
        assert path.stat().st_size > before


async def test_an_old_stream_is_trimmed_in_many_small_steps(path: Path) -> None:
    clock = FakeClock()
    async with SqliteStore(path, clock=clock) as store:
        await append(store, 12_345)
        await clock.advance(1)
        moment = int(clock.now() * 1000)
        assert await store.trim(Retention(log_since=moment, attempts_since=moment)) == 12_345
        assert (await store.log.read(ANN, 0, 9)).floor == 12_345


async def test_a_trim_by_size_keeps_the_newest(path: Path) -> None:
    async with SqliteStore(path) as store:
        for _ in range(10):
            await append(store, 1000, b'"' + b"x" * 200 + b'"')
        gone = await store.trim(Retention(log_since=0, attempts_since=0, most_bytes=2_000_000))
        assert 0 < gone < 10_000
        page = await store.log.read(ANN, 0, 20_000)
        assert page.floor == gone
        assert [one.offset for one in page.items] == [*range(gone + 1, 10_001)]


async def test_a_backup_that_fails_leaves_nothing_behind(path: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    async with SqliteStore(path) as store:
        with pytest.raises(StoreFailed, match="choose a folder that you may write"):
            await store.back_up(tmp_path / "file" / "backup.db")
        taken = tmp_path / "taken.db"
        taken.write_bytes(b"mine")
        with pytest.raises(StoreFailed, match="There is already something at"):
            await store.back_up(taken)
    assert taken.read_bytes() == b"mine"
    assert sorted(one.name for one in tmp_path.iterdir()) == ["data", "file", "taken.db"]


async def test_a_trim_by_size_forgets_many_attempts_before_more_notifications(path: Path) -> None:
    hooks = tuple(WebhookId(f"hook-{number}") for number in range(10))
    clock = FakeClock()
    async with SqliteStore(path, clock=clock) as store:
        (one,) = batch().items
        item = msgspec.structs.replace(one, webhooks=hooks)
        for _ in range(4):
            (appended,) = await store.log.append([Batch((item,) * 1000)])
            ends = [Finished(id=p.id, state=AttemptState.DELIVERED) for p in appended.planned]
            await store.attempts.record([], ends, 1)
            await clock.advance(1)
        size = await store._opened().writer.transact(
            lambda connection: connection.execute(_trimming._size).scalar_one()
        )
        room = Retention(log_since=0, attempts_since=0, most_bytes=size * 7 // 10)
        assert await store.trim(room) == 2000


async def test_two_backups_to_one_place_do_not_meet(path: Path) -> None:
    place = path.with_name("copy.db")
    async with SqliteStore(path) as store:
        await append(store, 500)
        done = await asyncio.gather(
            *(store.back_up(place) for _ in range(3)), return_exceptions=True
        )
    assert [str(one) for one in done if one is not None] == [
        f"There is already something at {place}: name a file that is not there yet."
    ] * 2
    async with SqliteStore(place) as copy:
        assert len((await copy.log.read(ANN, 0, 1000)).items) == 500


async def test_what_is_asked_of_a_closed_store_is_told(path: Path) -> None:
    async with SqliteStore(path) as store:
        log = store.log
    with pytest.raises(StoreFailed, match="is not open"):
        await log.read(ANN, 0, 1)
