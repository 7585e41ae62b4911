"""The contract of the store, over memory and over a directory."""

from __future__ import annotations

import asyncio
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from vestnik.errors import StorageFailed
from vestnik.relay.store import Database, Mailbox, Store, User
from vestnik.relay.store.messages import split
from vestnik.relay.store.office import Office


@pytest.fixture(params=["memory", "directory"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    opened = Database(None if request.param == "memory" else tmp_path)
    yield opened
    opened.close()


@pytest.fixture
def user(database: Database) -> User:
    with database.transaction() as db:
        return Store(db).users.add("me@x", b"salt", b"digest")


@pytest.fixture
def inbox(database: Database, user: User) -> Mailbox:
    return create(database, user, "INBOX")


def create(database: Database, user: User, name: str, now: int = 1000) -> Mailbox:
    with database.transaction() as db:
        made = Store(db).mailboxes.create(user.id, name, now)
    assert made is not None
    return made


def test_a_user_is_added_once_and_stays_who_it_was(database: Database, user: User) -> None:
    with database.transaction() as db:
        assert Store(db).users.add("me@x", b"other", b"other") == user
    assert Store(database.reader).users.find("me@x") == user
    assert Store(database.reader).users.find("you@x") is None


def test_uids_grow_and_are_never_given_again(database: Database, inbox: Mailbox) -> None:
    with database.transaction() as db:
        messages = Store(db).messages
        assert [messages.deliver([inbox.id], b"a", 1)[0] for _ in range(3)] == [1, 2, 3]
        messages.remove(inbox.id, messages.uids(inbox.id))
        assert messages.deliver([inbox.id], b"b", 1) == [4]
    assert Store(database.reader).messages.uids(inbox.id) == [4]


def test_a_mailbox_made_again_has_a_greater_uidvalidity(database: Database, user: User) -> None:
    first = create(database, user, "Trash")
    with database.transaction() as db:
        assert Store(db).mailboxes.create(user.id, "Trash", 1) is None
        Store(db).mailboxes.delete(first.id)
    again = create(database, user, "Trash", now=1)
    assert again.uid_validity > first.uid_validity >= 1000
    assert again.id != first.id


def test_a_mail_to_several_is_stored_once_and_goes_with_the_last(
    database: Database, user: User, inbox: Mailbox
) -> None:
    other = create(database, user, "Other")
    with database.transaction() as db:
        messages = Store(db).messages
        (uid, _) = messages.deliver([inbox.id, other.id], b"A: b\r\n\r\nbody", 7)
        assert db.execute("SELECT count(*) FROM content").fetchone() == (1,)
        messages.remove(inbox.id, [uid])
        assert messages.header(other.id, uid) == b"A: b\r\n\r\n"
        assert messages.body(other.id, uid) == b"body"
        messages.remove(other.id, [uid])
        assert db.execute("SELECT count(*) FROM content").fetchone() == (0,)


def test_what_a_user_has_is_counted_through_every_change(
    database: Database, user: User, inbox: Mailbox
) -> None:
    other = create(database, user, "Other")
    used = []
    with database.transaction() as db:
        store = Store(db)
        store.messages.deliver([inbox.id], b"x" * 100, 1)
        used.append(store.users.used(user.id))
        copied = store.messages.copy(inbox.id, store.messages.uids(inbox.id), other)
        used.append(store.users.used(user.id))
        store.messages.move(other.id, copied.copies, inbox)
        used.append(store.users.used(user.id))
        store.mailboxes.delete(inbox.id)
        used.append(store.users.used(user.id))
    assert used == [100, 200, 200, 0]


def test_only_what_is_marked_is_expunged(database: Database, inbox: Mailbox) -> None:
    with database.transaction() as db:
        messages = Store(db).messages
        uids = [messages.deliver([inbox.id], b"x", 1)[0] for _ in range(4)]
        messages.set_flags(inbox.id, {uid: frozenset({"\\Deleted"}) for uid in uids[1:]})
        assert messages.expunge(inbox.id, uids[:2]) == [2]
        assert messages.expunge(inbox.id) == [3, 4]
        assert messages.uids(inbox.id) == [1]


def test_copies_keep_flags_and_dates_and_leave_out_what_is_gone(
    database: Database, user: User, inbox: Mailbox
) -> None:
    other = create(database, user, "Other")
    with database.transaction() as db:
        messages = Store(db).messages
        (uid,) = messages.deliver([inbox.id], b"x", 77, frozenset({"\\Seen", "$Kw"}))
        moved = messages.copy(inbox.id, [uid, type(uid)(99)], other)
        assert (moved.sources, moved.copies) == ((1,), (1,))
        assert messages.entries(inbox.id, [uid]) == messages.entries(other.id, [uid])


def test_a_change_that_fails_leaves_nothing(database: Database, inbox: Mailbox) -> None:
    def spoiled() -> None:
        with database.transaction() as db:
            Store(db).messages.deliver([inbox.id], b"x", 1)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        spoiled()
    assert Store(database.reader).messages.uids(inbox.id) == []


def test_a_full_disk_is_told_and_loses_nothing(database: Database, inbox: Mailbox) -> None:
    with database.transaction() as db:
        Store(db).messages.deliver([inbox.id], b"before", 1)
    (pages,) = database.writer.execute("PRAGMA page_count").fetchone()
    database.writer.execute(f"PRAGMA max_page_count = {pages + 2}")
    with (
        pytest.raises(StorageFailed, match="disk is full: free some space"),
        database.transaction() as db,
    ):
        Store(db).messages.deliver([inbox.id], b"x" * 100_000, 1)
    database.writer.execute("PRAGMA max_page_count = 1000000")
    with database.transaction() as db:
        Store(db).messages.deliver([inbox.id], b"x" * 100_000, 1)
    assert Store(database.reader).messages.uids(inbox.id) == [1, 2]


def test_annotations_are_set_and_removed(database: Database, user: User) -> None:
    with database.transaction() as db:
        metadata = Store(db).metadata
        metadata.put(user.id, "INBOX", "/private/x", b"1")
        metadata.put(user.id, "INBOX", "/private/x", b"2")
        metadata.put(user.id, "", "/private/y", b"3")
        metadata.remove(user.id, "", "/private/y")
        assert metadata.get(user.id, "INBOX") == {"/private/x": b"2"}
        assert metadata.get(user.id, "") == {}


async def test_changes_of_many_at_once_are_all_made_and_one_bad_one_hurts_only_itself(
    database: Database, inbox: Mailbox
) -> None:
    def deliver(store: Store) -> int:
        return store.messages.deliver([inbox.id], b"x", 1)[0]

    def fail(store: Store) -> int:
        store.messages.deliver([inbox.id], b"never", 1)
        raise ZeroDivisionError

    async with Office(database) as office:
        changes = [office.commit(fail if n == 70 else deliver) for n in range(150)]
        results = await asyncio.gather(*changes, return_exceptions=True)
        made = [result for result in results if isinstance(result, int)]
        assert isinstance(results[70], ZeroDivisionError)
        assert len(made) == len(set(made)) == 149
        assert office.read(lambda store: len(store.messages.uids(inbox.id))) == 149


def test_mail_on_disk_is_there_again(tmp_path: Path) -> None:
    for expected in ([], [1], [1, 2]):
        database = Database(tmp_path / "new" / "folder")
        with database.transaction() as db:
            store = Store(db)
            user = store.users.add("me@x", b"s", b"d")
            box = store.mailboxes.create(user.id, "INBOX", 5) or store.mailboxes.find(
                user.id, "INBOX"
            )
            assert box is not None
            assert box.uid_validity == 5
            assert store.messages.uids(box.id) == expected
            store.messages.deliver([box.id], b"x", 1)
        database.close()


def test_files_are_for_their_owner_only(tmp_path: Path) -> None:
    Database(tmp_path).close()
    assert stat.S_IMODE((tmp_path / "mail.sqlite").stat().st_mode) == 0o600


def test_two_cannot_have_one_folder(tmp_path: Path) -> None:
    first = Database(tmp_path)
    with pytest.raises(StorageFailed, match="Another relay keeps its mail in"):
        Database(tmp_path)
    first.close()
    Database(tmp_path).close()


@pytest.mark.parametrize(
    ("content", "sentence"),
    [(b"this is no database, it is a long text" * 50, "not a database of the relay")],
)
def test_a_file_of_something_else_is_left_alone(
    tmp_path: Path, content: bytes, sentence: str
) -> None:
    (tmp_path / "mail.sqlite").write_bytes(content)
    with pytest.raises(StorageFailed, match=sentence):
        Database(tmp_path)
    assert (tmp_path / "mail.sqlite").read_bytes() == content


def test_mail_of_a_newer_version_is_left_alone(tmp_path: Path) -> None:
    database = Database(tmp_path)
    database.writer.execute("PRAGMA user_version = 99")
    database.close()
    with pytest.raises(StorageFailed, match="newer Vestnik"):
        Database(tmp_path)


def test_a_folder_that_is_a_file_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(StorageFailed, match="choose a folder that you may write"):
        Database(tmp_path / "file")


@pytest.mark.parametrize(
    ("message", "header"),
    [
        (b"A: b\r\n\r\nbody", b"A: b\r\n\r\n"),
        (b"A: b\r\n", b"A: b\r\n"),
        (b"\r\nx", b"\r\n"),
        (b"", b""),
    ],
)
def test_a_header_ends_with_the_first_empty_line(message: bytes, header: bytes) -> None:
    assert split(message) == (header, message[len(header) :])
