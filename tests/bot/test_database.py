"""The contract of the database, on disk and in memory, and what it says when it cannot go on."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from vestnik.bot.store import Database, _thread
from vestnik.errors import LedgerFailed


@pytest.fixture(params=["file", "memory"])
async def database(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Database]:
    path = tmp_path / "bot.sqlite" if request.param == "file" else None
    async with asyncio.timeout(20), Database(path) as opened:
        await opened.transact(lambda db: db.execute("CREATE TABLE note (text TEXT UNIQUE)"))
        yield opened


def write(db: sqlite3.Connection, text: str) -> str:
    db.execute("INSERT INTO note VALUES (?)", (text,))
    return text


def writing(text: str) -> Callable[[sqlite3.Connection], str]:
    return lambda db: write(db, text)


def notes(db: sqlite3.Connection) -> list[str]:
    return [text for (text,) in db.execute("SELECT text FROM note ORDER BY rowid")]


async def test_what_is_written_can_be_read(database: Database) -> None:
    assert await database.transact(writing("hello")) == "hello"
    assert await database.transact(notes) == ["hello"]


async def test_works_are_done_in_the_order_of_the_calls(database: Database) -> None:
    texts = [str(n) for n in range(3 * _thread.MOST_TOGETHER)]
    await asyncio.gather(*(database.transact(writing(t)) for t in texts))
    assert await database.transact(notes) == texts


async def test_a_work_that_raises_is_undone_alone(database: Database) -> None:
    def spoil(db: sqlite3.Connection) -> None:
        write(db, "half")
        raise ValueError("no more")

    outcomes = await asyncio.gather(
        database.transact(writing("before")),
        database.transact(spoil),
        database.transact(writing("after")),
        return_exceptions=True,
    )
    assert outcomes[0] == "before"
    assert isinstance(outcomes[1], ValueError)
    assert await database.transact(notes) == ["before", "after"]


async def test_a_single_statement_that_fails_spoils_nothing_else(database: Database) -> None:
    await database.transact(writing("taken"))
    outcomes = await asyncio.gather(
        *(database.transact(writing(t), is_single=True) for t in ("first", "taken", "last")),
        return_exceptions=True,
    )
    assert isinstance(outcomes[1], sqlite3.IntegrityError)
    assert await database.transact(notes) == ["taken", "first", "last"]


async def test_a_lone_work_that_raises_is_undone(database: Database) -> None:
    def spoil(db: sqlite3.Connection) -> None:
        write(db, "half")
        raise ValueError("no more")

    with pytest.raises(ValueError, match="no more"):
        await database.transact(spoil)
    assert await database.transact(notes) == []


async def test_a_work_is_done_though_its_caller_is_cancelled(database: Database) -> None:
    caller = asyncio.create_task(database.transact(writing("done")))
    await asyncio.sleep(0)
    caller.cancel()
    assert await database.transact(notes) == ["done"]


async def test_closing_does_first_what_was_asked_for(tmp_path: Path) -> None:
    path = tmp_path / "bot.sqlite"
    async with asyncio.timeout(20):
        async with Database(path) as database:
            await database.transact(lambda db: db.execute("CREATE TABLE note (text TEXT)"))
            waiting = [database.submit(writing("x")) for _ in range(500)]
        assert all(done.result() == "x" for done in waiting)
        async with Database(path) as database:
            assert len(await database.transact(notes)) == 500


async def test_more_than_the_bound_wait_and_are_done(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("vestnik.bot.store.database.MOST_WAITING", 5)
    texts = [str(n) for n in range(200)]
    await asyncio.gather(*(database.transact(writing(t)) for t in texts))
    assert sorted(await database.transact(notes)) == sorted(texts)


async def test_a_second_opening_is_refused_in_one_sentence(tmp_path: Path) -> None:
    path = tmp_path / "bot.sqlite"
    async with asyncio.timeout(20), Database(path):
        with pytest.raises(LedgerFailed, match="another program uses it") as refused:
            async with Database(path):
                pass
    assert str(path) in str(refused.value)
    async with asyncio.timeout(20), Database(path):
        pass


async def test_what_is_no_database_is_told_so(tmp_path: Path) -> None:
    path = tmp_path / "bot.sqlite"
    path.write_bytes(b"Dear diary, " * 1000)
    with pytest.raises(LedgerFailed, match="it is not a database: move it away"):
        async with Database(path):
            pass
    assert path.read_bytes().startswith(b"Dear diary"), "what we cannot read we must not touch"


async def test_a_damaged_file_is_told_so(tmp_path: Path) -> None:
    path = tmp_path / "bot.sqlite"
    async with asyncio.timeout(20), Database(path) as database:
        await database.transact(lambda db: db.execute("CREATE TABLE note (text TEXT UNIQUE)"))
        for n in range(500):
            await database.transact(writing(f"{n:0200}"))
    content = bytearray(path.read_bytes())
    content[4096:] = b"\xff" * (len(content) - 4096)
    path.write_bytes(content)
    with pytest.raises(LedgerFailed, match="it is damaged: restore it from a backup"):
        async with asyncio.timeout(20), Database(path) as database:
            await database.transact(notes)


async def test_a_full_disk_undoes_all_and_is_told_to_all(tmp_path: Path) -> None:
    async with asyncio.timeout(20), Database(tmp_path / "bot.sqlite") as database:
        await database.transact(lambda db: db.execute("CREATE TABLE note (text TEXT UNIQUE)"))
        # What stays small needs no page, and yet is not there when another work filled the disk.
        await database.transact(lambda db: db.execute("PRAGMA max_page_count = 1").fetchall())
        outcomes = await asyncio.gather(
            database.transact(writing("small")),
            database.transact(writing("x" * 100_000)),
            return_exceptions=True,
        )
        assert [type(outcome) for outcome in outcomes] == [LedgerFailed, LedgerFailed]
        assert "the disk is full: free some space" in str(outcomes[0])
        assert await database.transact(notes) == []
        await database.transact(lambda db: db.execute("PRAGMA max_page_count = 1000").fetchall())
        await database.transact(writing("x" * 100_000))


@pytest.mark.parametrize("where", ["file/bot.sqlite", "."])
async def test_a_place_where_no_file_can_be_is_told_so(tmp_path: Path, where: str) -> None:
    (tmp_path / "file").write_text("not a folder")
    with pytest.raises(LedgerFailed, match="choose a folder that you may write"):
        async with Database(tmp_path / where):
            pass


async def test_a_file_of_a_newer_version_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "bot.sqlite"
    async with asyncio.timeout(20), Database(path):
        pass
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA user_version = 9999")
    connection.close()
    with pytest.raises(LedgerFailed, match="written by a newer Vestnik: update this one"):
        async with Database(path):
            pass


async def test_the_file_is_for_its_owner_only(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "bot.sqlite"
    async with asyncio.timeout(20), Database(path):
        assert path.stat().st_mode & 0o077 == 0


async def test_a_database_that_is_not_open_says_so(tmp_path: Path) -> None:
    database = Database(tmp_path / "bot.sqlite")
    with pytest.raises(LedgerFailed, match="is not open"):
        await database.transact(notes)
