"""Bots in Python in the gateway's process: told about like all others, answered by themselves."""

from __future__ import annotations

import asyncio
from pathlib import Path

import msgspec
import pytest

from tests.bridge.hosting.stage import ECHO, UNPACED, accounts_there, staged, until
from vestnik.bot import Bot, Message
from vestnik.bridge.hosting import HostingOptions, PythonBot
from vestnik.errors import StoreFailed
from vestnik.gateway.stores import SqliteStore
from vestnik.ids import OwnerId, ResourceId
from vestnik.testing import FakeClock, FakeCore
from vestnik.wire import Notification


def options(bot: Bot, id: ResourceId = ECHO) -> HostingOptions:
    return msgspec.structs.replace(UNPACED, python_bots=(PythonBot(id, bot),))


@pytest.fixture
def parrot() -> Bot:
    bot = Bot("parrot")

    @bot.on_message()
    async def echo(message: Message) -> None:
        await message.answer(message.text)

    return bot


async def test_a_message_is_told_answered_once_and_seen(
    fake_core: FakeCore, tmp_path: Path, parrot: Bot
) -> None:
    async with staged(fake_core, tmp_path, options=options(parrot)) as stage:
        await stage.add()
        (account,) = fake_core.accounts
        message = account.contact("eve@other.example").chat.receive("hello")
        assert await stage.texts(1) == ["hello"]
        await account.until_sent()
        await until(lambda: not message.is_fresh)
        assert [one.text for one in account.sent] == ["hello"]


async def test_other_hosted_bots_are_not_its_business(
    fake_core: FakeCore, tmp_path: Path, parrot: Bot
) -> None:
    async with staged(fake_core, tmp_path, options=options(parrot)) as stage:
        await stage.add(ResourceId("other"))
        await stage.add()
        other, own = fake_core.accounts
        silent = other.contact("eve@other.example").chat.receive("for another program")
        await until(lambda: not silent.is_fresh)
        own.contact("eve@other.example").chat.receive("for the parrot")
        await own.until_sent()
        assert other.sent == []


async def test_a_message_is_not_answered_before_it_is_told(
    fake_core: FakeCore, tmp_path: Path, parrot: Bot, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with staged(fake_core, tmp_path, options=options(parrot)) as stage:
        await stage.add()
        (account,) = fake_core.accounts
        announce = stage.gateway.publishing.announce
        sent_before: list[int] = []

        async def fail_once(
            owner: OwnerId, notification: Notification, key: str | None = None
        ) -> bool:
            sent_before.append(len(account.sent))
            if len(sent_before) == 1:
                raise StoreFailed("The disk is full.")
            return await announce(owner, notification, key)

        monkeypatch.setattr(stage.gateway.publishing, "announce", fail_once)
        account.contact("eve@other.example").chat.receive("hello")
        await account.until_sent()

        assert await stage.texts(1) == ["hello"]
        assert sent_before == [0, 0]


async def test_a_paused_bot_answers_when_it_goes_on(
    fake_core: FakeCore, tmp_path: Path, parrot: Bot
) -> None:
    async with staged(fake_core, tmp_path, options=options(parrot)) as stage:
        await stage.add()
        (account,) = fake_core.accounts
        account.contact("eve@other.example").chat.receive("one")
        await account.until_sent(1)
        resources = stage.gateway.administration.resources
        await resources.change(ECHO, notify=False)
        account.contact("eve@other.example").chat.receive("two")
        await resources.change(ECHO, notify=True)
        await account.until_sent(2)
        assert [one.text for one in account.sent] == ["one", "two"]


async def test_what_it_remembers_outlives_the_gateway(
    fake_core: FakeCore, tmp_path: Path, parrot: Bot
) -> None:
    store = tmp_path / "store"
    async with staged(
        fake_core, tmp_path, store=SqliteStore(store), options=options(parrot)
    ) as stage:
        await stage.add()
        (account,) = fake_core.accounts
        fake_core.fail("markseen_msgs", "database is locked", times=100)
        account.contact("eve@other.example").chat.receive("hello")
        await account.until_sent(1)
        await fake_core.until_called("markseen_msgs")
    accounts_there(tmp_path)
    fake_core.on("markseen_msgs", lambda *asked: fake_core.play("markseen_msgs", *asked))
    async with staged(
        fake_core, tmp_path, store=SqliteStore(store), options=options(parrot)
    ) as stage:
        account.contact("eve@other.example").chat.receive("again")
        await account.until_sent(2)

    assert [one.text for one in account.sent] == ["hello", "again"]


async def test_orders_for_it_go_out_by_its_own_outbox(
    fake_core: FakeCore, tmp_path: Path, parrot: Bot
) -> None:
    async with staged(fake_core, tmp_path, options=options(parrot)) as stage:
        await stage.add()
        (account,) = fake_core.accounts
        chat = account.contact("eve@other.example").chat
        token = await stage.token()
        chat.receive("hello")
        await account.until_sent(1)
        for _ in range(2):
            await stage.call(token, "sendMessage", "key", chatId=chat.id, text="news")

        assert [one.text for one in account.sent] == ["hello", "news"]
    assert (tmp_path / "bots" / "echo.sqlite").exists()


async def test_the_end_lets_a_handler_finish(fake_core: FakeCore, tmp_path: Path) -> None:
    bot, began, may_end = Bot("slow"), asyncio.Event(), asyncio.Event()
    ended: list[str] = []

    @bot.on_message()
    async def wait(message: Message) -> None:
        began.set()
        await may_end.wait()
        ended.append(message.text)

    async with staged(fake_core, tmp_path, options=options(bot)) as stage:
        await stage.add()
        (account,) = fake_core.accounts
        account.contact("eve@other.example").chat.receive("hello")
        await began.wait()
        ending = asyncio.create_task(stage.hosting.drain(10))
        await until(lambda: not stage.hosting.counts().intake_waiting)
        assert not ending.done()
        may_end.set()
        await ending
    assert ended == ["hello"]


async def test_the_end_does_not_wait_for_a_handler_that_never_ends(
    fake_core: FakeCore, tmp_path: Path
) -> None:
    bot, began = Bot("stuck"), asyncio.Event()

    @bot.on_message()
    async def wait(message: Message) -> None:
        began.set()
        await asyncio.get_running_loop().create_future()

    patient = msgspec.structs.replace(options(bot), drain_seconds=3600.0)
    async with staged(fake_core, tmp_path, options=patient) as stage:
        await stage.add()
        (account,) = fake_core.accounts
        account.contact("eve@other.example").chat.receive("hello")
        await began.wait()
        async with asyncio.timeout(10):
            await stage.hosting.drain(0.05)
        assert not fake_core.is_running


async def test_one_that_fails_is_tried_again_and_disturbs_nobody(
    fake_core: FakeCore, tmp_path: Path, parrot: Bot, fake_clock: FakeClock
) -> None:
    (tmp_path / "bots" / "echo.sqlite").mkdir(parents=True)
    async with staged(fake_core, tmp_path, options=options(parrot), clock=fake_clock) as stage:
        await stage.add(ResourceId("other"))
        await stage.add()
        other, own = fake_core.accounts
        own.contact("eve@other.example").chat.receive("hello")
        other.contact("eve@other.example").chat.receive("for another program")
        assert await stage.texts(1) == ["for another program"]
        (tmp_path / "bots" / "echo.sqlite").rmdir()
        await until(lambda: fake_clock.sleeping > 0)
        while not own.sent:
            await fake_clock.advance(60)
        assert [one.text for one in own.sent] == ["hello"]
