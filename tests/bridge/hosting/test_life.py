"""Bots over the lives of a gateway and of its core, over changes of settings, and at the end."""

from __future__ import annotations

import asyncio
import logging
from pathlib import Path

import msgspec
import pytest

from tests.bridge.hosting.stage import (
    ANNA,
    BORIS,
    CODE,
    ECHO,
    UNPACED,
    accounts_there,
    staged,
    until,
)
from vestnik.bot import Bot
from vestnik.bridge.calls.problems import RpcCode
from vestnik.bridge.hosting import PythonBot
from vestnik.bridge.hosting.records import RECORD_KEY
from vestnik.bridge.model import BotState
from vestnik.chatmail import CoreTransport
from vestnik.errors import CoreNotFound, StoreFailed
from vestnik.gateway.stores import SqliteStore
from vestnik.ids import ResourceId
from vestnik.testing import FakeCore


async def test_a_gateway_without_bots_starts_no_core(fake_core: FakeCore, tmp_path: Path) -> None:
    async with staged(fake_core, tmp_path) as stage:
        assert list(await stage.hosting.list(None)) == []
        token = await stage.gateway.administration.tokens.create(None, {"core"})  # type: ignore[arg-type]
        refused = await stage.call(token.token, "get_system_info")
        assert not fake_core.is_running

    assert "There is no bot here yet" in str(refused)
    assert list(tmp_path.iterdir()) == []


async def test_bots_are_there_again_in_the_next_life_of_the_gateway(
    fake_core: FakeCore, tmp_path: Path
) -> None:
    store = tmp_path / "store"
    async with staged(fake_core, tmp_path, store=SqliteStore(store)) as stage:
        bot = await stage.add()
    (account,) = fake_core.accounts
    accounts_there(tmp_path)
    message = account.contact("eve@other.example").chat.receive("while nobody was there")

    async with staged(fake_core, tmp_path, store=SqliteStore(store)) as stage:
        assert await stage.texts(1) == ["while nobody was there"]
        assert (await stage.hosting.show(ECHO)) == bot
        await until(lambda: not message.is_fresh)


async def test_a_core_that_cannot_be_started_is_a_sentence_and_tried_again(
    fake_core: FakeCore, tmp_path: Path
) -> None:
    is_there = False

    def launch() -> CoreTransport:
        if not is_there:
            raise CoreNotFound("There is no core on this machine.")
        return fake_core.transport()

    async with staged(fake_core, tmp_path, launch=launch) as stage:
        with pytest.raises(CoreNotFound):
            await stage.add()
        assert stage.gateway.roster.resource(ECHO) is None
        is_there = True
        assert (await stage.add()).id == ECHO


async def test_orders_say_why_no_core_runs_and_are_to_be_given_again(
    fake_core: FakeCore, tmp_path: Path
) -> None:
    def launch() -> CoreTransport:
        raise CoreNotFound("There is no core on this machine.")

    accounts_there(tmp_path)
    async with staged(fake_core, tmp_path, launch=launch) as stage:
        await stage.gateway.administration.resources.create(ANNA, "Echo", id=ECHO)
        refused = await stage.call(await stage.token(), "getMe")

    told = "There is no core on this machine."
    assert refused == {"code": RpcCode.UNKNOWN_OUTCOME, "message": told}


async def test_a_core_that_dies_is_survived(fake_core: FakeCore, tmp_path: Path) -> None:
    async with staged(fake_core, tmp_path) as stage:
        await stage.add()
        (account,) = fake_core.accounts
        fake_core.crash()
        account.contact("eve@other.example").chat.receive("while the core was dead")
        assert await stage.texts(1) == ["while the core was dead"]
        await until(lambda: stage.hosting.counts().happened.restarts == 1)
        assert account.io_running


async def test_a_paused_bots_messages_wait(fake_core: FakeCore, tmp_path: Path) -> None:
    async with staged(fake_core, tmp_path) as stage:
        await stage.add()
        await stage.add(ResourceId("other"))
        paused, other = fake_core.accounts
        resources = stage.gateway.administration.resources
        await resources.change(ECHO, notify=False)
        waiting = paused.contact("eve@other.example").chat.receive("first")
        other.contact("eve@other.example").chat.receive("second")

        assert await stage.texts(1) == ["second"]
        assert waiting.is_fresh
        assert (await stage.hosting.show(ECHO)).state is BotState.PAUSED
        await resources.change(ECHO, notify=True)
        assert await stage.texts(2) == ["second", "first"]
        await until(lambda: not waiting.is_fresh)


async def test_a_bot_goes_with_its_resource(fake_core: FakeCore, tmp_path: Path) -> None:
    async with staged(fake_core, tmp_path) as stage:
        await stage.add()
        await stage.gateway.administration.resources.delete(ECHO)
        await until(lambda: fake_core.accounts == [])
        assert list(await stage.hosting.list(None)) == []


async def test_bots_go_with_their_owner(fake_core: FakeCore, tmp_path: Path) -> None:
    async with staged(fake_core, tmp_path) as stage:
        await stage.add()
        await stage.add(ResourceId("other"), BORIS)
        await stage.gateway.administration.owners.delete(ANNA)
        await until(lambda: len(fake_core.accounts) == 1)
        assert [one.id for one in await stage.hosting.list(None)] == ["other"]


async def test_a_new_resource_of_the_same_id_gets_nothing_of_the_old_bot(
    fake_core: FakeCore, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with staged(fake_core, tmp_path) as stage:
        await stage.add()
        (account,) = fake_core.accounts
        fake_core.fail("remove_account", "disk is full")
        with caplog.at_level(logging.WARNING):
            await stage.gateway.administration.resources.delete(ECHO)
            await until(lambda: "is there still" in caplog.text)
        await stage.gateway.administration.resources.create(BORIS, "His", id=ECHO)
        message = account.contact("eve@other.example").chat.receive("for Anna's bot")
        bot = await stage.add(ResourceId("other"), BORIS)
        fake_core.accounts[1].contact("eve@other.example").chat.receive("for Boris's bot")

        assert await stage.texts(1, BORIS) == ["for Boris's bot"]
        assert message.is_fresh
        assert [one.id for one in await stage.hosting.list(BORIS)] == [bot.id]


@pytest.mark.parametrize(
    "record", ["{", '{"resource":"gone","since":1,"events":[]}', "[]", '"\\ud800"']
)
async def test_an_account_that_is_no_longer_a_bot_is_left_alone(
    fake_core: FakeCore, tmp_path: Path, caplog: pytest.LogCaptureFixture, record: str
) -> None:
    account = fake_core.account()
    account.config[RECORD_KEY] = record
    accounts_there(tmp_path)
    with caplog.at_level(logging.WARNING):
        async with staged(fake_core, tmp_path) as stage:
            assert list(await stage.hosting.list(None)) == []

    assert caplog.text.count("left alone") == 1
    assert not account.io_running
    assert fake_core.accounts == [account]


async def test_an_account_of_somebody_else_is_not_touched(
    fake_core: FakeCore, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    account = fake_core.account()
    accounts_there(tmp_path)
    with caplog.at_level(logging.WARNING):
        async with staged(fake_core, tmp_path) as stage:
            await stage.hosting.list(None)

    assert caplog.text == ""
    assert not account.io_running


async def test_a_bot_that_a_crash_left_half_made_is_removed(
    fake_core: FakeCore, tmp_path: Path
) -> None:
    store = tmp_path / "store"
    async with staged(fake_core, tmp_path, store=SqliteStore(store)) as stage:
        await stage.add()
    (account,) = fake_core.accounts
    half_made = fake_core.account(configured=False)
    half_made.config[RECORD_KEY] = account.config[RECORD_KEY]
    accounts_there(tmp_path)
    async with staged(fake_core, tmp_path, store=SqliteStore(store)) as stage:
        assert [one.account for one in await stage.hosting.list(None)] == [account.id]

    assert fake_core.accounts == [account]


async def test_what_is_half_made_when_the_gateway_ends_is_taken_back(
    fake_core: FakeCore, tmp_path: Path
) -> None:
    async with staged(fake_core, tmp_path) as stage:
        fake_core.hold("add_transport_from_qr")
        adding = asyncio.create_task(stage.add())
        await fake_core.until_called("add_transport_from_qr")
        await stage.hosting.drain(5)

        assert fake_core.accounts == []
        assert stage.gateway.roster.resource(ECHO) is None
        with pytest.raises(StoreFailed, match="about to end"):
            await adding


async def test_a_service_bot_that_is_half_made_at_the_end_is_taken_back(
    fake_core: FakeCore, tmp_path: Path
) -> None:
    async with staged(fake_core, tmp_path) as stage:
        channel = await stage.hosting.started_channel()
        fake_core.hold("add_transport_from_qr")
        making = asyncio.create_task(channel.set_up(CODE, "Post"))
        await fake_core.until_called("add_transport_from_qr")
        await stage.hosting.drain(5)

        assert fake_core.accounts == []
        with pytest.raises(StoreFailed, match="about to end"):
            await making


async def test_a_half_made_bot_whose_resource_is_gone_is_removed_too(
    fake_core: FakeCore, tmp_path: Path
) -> None:
    half_made = fake_core.account(configured=False)
    half_made.config[RECORD_KEY] = '{"resource":"gone","since":1,"events":[]}'
    accounts_there(tmp_path)
    async with staged(fake_core, tmp_path) as stage:
        await stage.hosting.list(None)
    assert fake_core.accounts == []


@pytest.mark.parametrize("has_accounts", [False, True])
async def test_a_bot_of_the_settings_that_was_never_added_is_told_once(
    fake_core: FakeCore, tmp_path: Path, caplog: pytest.LogCaptureFixture, *, has_accounts: bool
) -> None:
    if has_accounts:
        fake_core.account()
        accounts_there(tmp_path)
    options = msgspec.structs.replace(UNPACED, python_bots=(PythonBot(ECHO, Bot()),))
    with caplog.at_level(logging.WARNING):
        async with staged(fake_core, tmp_path, options=options) as stage:
            assert (caplog.text == "") == has_accounts
            await stage.hosting.list(None)
            await stage.add()
    assert caplog.text.count("'echo' of [[bots]] was never added") == 1
    assert "bot host add NAME --id echo" in caplog.text


async def test_what_waits_for_an_account_that_is_gone_is_not_sent_by_another(
    fake_core: FakeCore, tmp_path: Path
) -> None:
    store = tmp_path / "store"
    slow = msgspec.structs.replace(UNPACED, per_minute=0.001, burst=3)
    async with staged(fake_core, tmp_path, store=SqliteStore(store), options=slow) as stage:
        await stage.add()
        (account,) = fake_core.accounts
        chat = account.contact("eve@other.example").chat
        token = await stage.token()
        orders = [
            asyncio.create_task(stage.call(token, "sendMessage", chatId=chat.id, text=str(number)))
            for number in range(3)
        ]
        await account.until_sent(1)
        await until(lambda: stage.hosting.counts().outbox_waiting == 1)
        await stage.hosting.drain(0)
        await asyncio.gather(*orders, return_exceptions=True)

    another = FakeCore()
    async with staged(another, tmp_path, store=SqliteStore(store)) as stage:
        bot = await stage.add(ResourceId("other"), BORIS)
        (account,) = another.accounts
        assert bot.account == account.id
        chat = account.contact("eve@other.example").chat
        answered = await stage.call(
            await stage.token(ResourceId("other"), BORIS),
            "sendMessage",
            chatId=chat.id,
            text="mine",
        )
        assert [one.text for one in account.sent] == ["mine"], answered


async def test_the_end_lets_what_has_begun_come_to_its_end(
    fake_core: FakeCore, tmp_path: Path
) -> None:
    async with staged(fake_core, tmp_path) as stage:
        await stage.add()
        (account,) = fake_core.accounts
        message = account.contact("eve@other.example").chat.receive("last")
        await stage.told(1)
        await stage.hosting.drain(5)

        assert not message.is_fresh
        assert not fake_core.is_running
        refused = await stage.call(await stage.token(), "getMe")
        assert "about to end" in str(refused)
        with pytest.raises(StoreFailed, match="about to end"):
            await stage.add(ResourceId("late"))


async def test_the_end_does_not_wait_for_a_core_that_never_answers(
    fake_core: FakeCore, tmp_path: Path
) -> None:
    async with staged(fake_core, tmp_path) as stage:
        await stage.add()
        (account,) = fake_core.accounts
        fake_core.hold("markseen_msgs")
        account.contact("eve@other.example").chat.receive("hello")
        await fake_core.until_called("markseen_msgs")
        async with asyncio.timeout(10):
            await stage.hosting.drain(0.05)


async def test_cancelling_the_end_ends_it_at_once(fake_core: FakeCore, tmp_path: Path) -> None:
    async with staged(fake_core, tmp_path) as stage:
        await stage.add()
        (account,) = fake_core.accounts
        fake_core.hold("markseen_msgs")
        account.contact("eve@other.example").chat.receive("hello")
        await fake_core.until_called("markseen_msgs")
        ending = asyncio.create_task(stage.hosting.drain(3600))
        await asyncio.sleep(0)
        ending.cancel()
        with pytest.raises(asyncio.CancelledError):
            await ending
        assert not fake_core.is_running


async def test_a_command_without_a_server_adds_a_bot_and_leaves_it_offline(
    fake_core: FakeCore, tmp_path: Path
) -> None:
    offline = msgspec.structs.replace(UNPACED, is_offline=True)
    async with staged(fake_core, tmp_path, options=offline) as stage:
        bot = await stage.hosting.add(ANNA, ECHO, "Echo", CODE)
        (account,) = fake_core.accounts
        message = account.contact("eve@other.example").chat.receive("hello")
        assert bot.state is BotState.OFFLINE
        assert not account.io_running
        assert [one.id for one in await stage.hosting.list(ANNA)] == [ECHO]

    assert message.is_fresh
