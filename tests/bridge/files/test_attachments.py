"""From a link to the file of a message, and never to any other file."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.bridge.files.house import House, house_at
from vestnik.bridge.files.attachments import UNKNOWN, Attachment, attachment
from vestnik.bridge.files.links import NO_SUCH_FILE, Link
from vestnik.errors import CoreError, NotFound
from vestnik.ids import AccountId, MessageId, ResourceId


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    async with house_at(tmp_path, ResourceId("echo")) as found:
        yield found


async def fetch(house: House, link: Link) -> Attachment:
    return await attachment(house.core, house.registry, link)


async def is_refused(house: House, link: Link) -> None:
    with pytest.raises(NotFound) as refused:
        await fetch(house, link)
    assert str(refused.value) == NO_SUCH_FILE


async def test_a_link_leads_to_the_file_of_its_message(house: House) -> None:
    path = house.keeps("a1b2.png", b"image")
    found = await fetch(house, house.receives(path, "my/Cat.png"))
    assert found == Attachment(path=path.resolve(), name="Cat.png", mime="image/png", bytes=5)


async def test_a_file_of_no_known_kind_is_just_bytes(house: House) -> None:
    found = await fetch(house, house.receives(house.keeps("a1b2"), "thing"))
    assert found.mime == UNKNOWN


async def test_a_message_without_a_file_has_none(house: House) -> None:
    await is_refused(house, house.receives(None))


async def test_a_message_that_is_not_there_has_none(house: House) -> None:
    await is_refused(house, Link(house.account.id, MessageId(4711), 0))


async def test_an_account_that_is_no_bot_has_none(house: House) -> None:
    link = house.receives(house.keeps("a.txt"))
    other = house.fake.account("Not hosted")
    await is_refused(house, link._replace(account=other.id))
    await is_refused(house, link._replace(account=AccountId(99)))
    assert house.fake.calls("get_message") == []


async def test_a_bot_that_was_removed_has_none(house: House) -> None:
    link = house.receives(house.keeps("a.txt"))
    house.registry.remove(house.account.id)
    await is_refused(house, link)


async def test_a_file_that_is_gone_is_none(house: House) -> None:
    path = house.keeps("a.txt")
    link = house.receives(path)
    path.unlink()
    await is_refused(house, link)


async def test_files_that_lie_elsewhere_are_never_given_out(house: House, tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_bytes(b"secret")
    beside = house.blobs.with_name("dc.db-blobs-of-another")
    beside.mkdir()
    (beside / "b.txt").write_bytes(b"secret")
    inward = house.keeps("link.txt")
    inward.unlink()
    inward.symlink_to(secret)
    for path in (
        secret,
        Path("/etc/passwd"),
        house.blobs / ".." / ".." / "secret.txt",
        beside / "b.txt",
        inward,
        house.blobs,
    ):
        await is_refused(house, house.receives(path))


async def test_what_is_no_plain_file_is_never_opened(house: House) -> None:
    pipe = house.blobs / "pipe"
    os.mkfifo(pipe)
    await is_refused(house, house.receives(pipe))


async def test_a_core_that_died_is_no_missing_file(house: House) -> None:
    link = house.receives(house.keeps("a.txt"))
    house.fake.on("get_message", lambda *_: house.fake.crash())
    with pytest.raises(CoreError):
        await fetch(house, link)
