"""Bots come, are told, give orders, change and go."""

from __future__ import annotations

import asyncio
from pathlib import Path

import msgspec
import pytest

from tests.bridge.hosting.stage import ANNA, BORIS, CODE, ECHO, UNPACED, staged, until
from vestnik.bridge.model import BotCommand, BotState
from vestnik.bridge.subscription import DEFAULT_EVENTS
from vestnik.errors import BadRequest, ConfigureFailed, CoreError, NotFound, Taken
from vestnik.ids import OwnerId, ResourceId
from vestnik.testing import FakeCore


async def test_a_bot_is_an_account_that_is_online_and_a_resource(
    fake_core: FakeCore, tmp_path: Path
) -> None:
    async with staged(fake_core, tmp_path) as stage:
        bot = await stage.add()
        (account,) = fake_core.accounts

        assert bot.account == account.id
        assert (bot.id, bot.owner, bot.name, bot.address) == (ECHO, ANNA, "Echo", account.address)
        assert (bot.state, bot.events, bot.commands) == (BotState.ONLINE, DEFAULT_EVENTS, ())
        assert bot.invite.startswith("https://i.delta.chat/#")
        assert account.is_bot
        assert account.io_running
        resource = stage.gateway.roster.resource(ECHO)
        assert resource is not None
        assert resource.owner == ANNA


async def test_a_message_is_told_and_then_marked_as_seen(
    fake_core: FakeCore, tmp_path: Path
) -> None:
    async with staged(fake_core, tmp_path) as stage:
        await stage.add()
        (account,) = fake_core.accounts
        message = account.contact("eve@other.example").chat.receive("hello")

        (told,) = await stage.told(1)
        await until(lambda: not message.is_fresh)

    assert (told.resource, told.affected) == (ECHO, str(message.id))


async def test_an_order_is_carried_out(fake_core: FakeCore, tmp_path: Path) -> None:
    async with staged(fake_core, tmp_path) as stage:
        await stage.add()
        (account,) = fake_core.accounts
        account.contact("eve@other.example").chat.receive("hello")
        (told,) = await stage.told(1)
        token = await stage.token()
        await stage.call(token, "answer", messageId=int(told.affected), text="you too")
        await stage.call(token, "answer", messageId=int(told.affected), text="you too")

        assert [one.text for one in await account.until_sent()] == ["you too"]


async def test_bots_are_listed_by_owner(fake_core: FakeCore, tmp_path: Path) -> None:
    async with staged(fake_core, tmp_path) as stage:
        await stage.add()
        await stage.add(ResourceId("other"), BORIS)

        assert [one.id for one in await stage.hosting.list(None)] == ["echo", "other"]
        assert [one.id for one in await stage.hosting.list(BORIS)] == ["other"]
        assert (await stage.hosting.show(ECHO)).owner == ANNA


async def test_a_page_of_bots_asks_the_core_for_no_others(
    fake_core: FakeCore, tmp_path: Path
) -> None:
    async with staged(fake_core, tmp_path) as stage:
        for number in range(6):
            await stage.add(ResourceId(f"bot-{number}"), ANNA if number else BORIS)
        asked = len(fake_core.calls("get_connectivity"))
        page = await stage.hosting.list(ANNA, after="bot-2", most=2)

        assert [one.id for one in page] == ["bot-3", "bot-4"]
        assert len(fake_core.calls("get_connectivity")) == asked + 2


async def test_a_change_does_not_undo_another_that_waits(
    fake_core: FakeCore, tmp_path: Path
) -> None:
    async with staged(fake_core, tmp_path) as stage:
        await stage.add()
        token = await stage.token()
        held = fake_core.hold("set_config")
        commands = [{"command": "start", "description": "Begin anew"}]
        setting = asyncio.create_task(stage.call(token, "setCommands", commands=commands))
        await fake_core.until_called("set_config", len(fake_core.calls("set_config")) + 1)
        changing = asyncio.create_task(stage.hosting.change(ECHO, events=["IncomingMsg"]))
        await asyncio.sleep(0)
        held.release()
        await setting
        changed = await changing

        assert changed.events == ("IncomingMsg",)
        assert changed.commands == (BotCommand("start", "Begin anew"),)


async def test_a_bot_whose_resource_goes_during_a_change_does_not_come_back(
    fake_core: FakeCore, tmp_path: Path
) -> None:
    async with staged(fake_core, tmp_path) as stage:
        await stage.add()
        held = fake_core.hold("set_config")
        changing = asyncio.create_task(stage.hosting.change(ECHO, events=["IncomingMsg"]))
        await fake_core.until_called("set_config", len(fake_core.calls("set_config")) + 1)
        await stage.gateway.administration.resources.delete(ECHO)
        await until(lambda: stage.hosting.registry.all() == [])
        held.release()
        with pytest.raises(NotFound):
            await changing
        assert stage.hosting.registry.all() == []


async def test_the_document_of_calls_says_where_they_go(
    fake_core: FakeCore, tmp_path: Path
) -> None:
    options = msgspec.structs.replace(UNPACED, base_url="https://gw.example")
    async with staged(fake_core, tmp_path, options=options) as stage:
        await stage.add()
        document = msgspec.json.decode(await stage.hosting.calls.openrpc(await stage.token()))
    assert [one["url"] for one in document["servers"]] == ["https://gw.example/api/v1/rpc"]


async def test_asking_for_the_channel_starts_no_core(fake_core: FakeCore, tmp_path: Path) -> None:
    async with staged(fake_core, tmp_path) as stage:
        assert await stage.hosting.channel() is None
        assert not fake_core.is_running
        assert await stage.hosting.started_channel() is await stage.hosting.channel()


async def test_what_is_given_is_changed(fake_core: FakeCore, tmp_path: Path) -> None:
    async with staged(fake_core, tmp_path) as stage:
        await stage.add()
        commands = (BotCommand("help", "Says what it can do"),)
        changed = await stage.hosting.change(ECHO, "Parrot", ["IncomingMsg"], commands)

        assert (changed.name, changed.events, changed.commands) == (
            "Parrot",
            ("IncomingMsg",),
            commands,
        )
        assert await stage.hosting.show(ECHO) == changed
        assert fake_core.accounts[0].config["displayname"] == "Parrot"
        resource = stage.gateway.roster.resource(ECHO)
        assert resource is not None
        assert resource.name == "Parrot"


async def test_other_events_are_told_from_the_change_on(
    fake_core: FakeCore, tmp_path: Path
) -> None:
    async with staged(fake_core, tmp_path) as stage:
        await stage.add()
        (account,) = fake_core.accounts
        account.contact("eve@other.example").chat.receive("told")
        await stage.told(1)
        await stage.hosting.change(ECHO, events=["ChatModified"])
        silent = account.contact("eve@other.example").chat.receive("not told")
        await until(lambda: not silent.is_fresh)

        assert await stage.texts(1) == ["told"]


async def test_a_removed_bot_leaves_nothing(fake_core: FakeCore, tmp_path: Path) -> None:
    async with staged(fake_core, tmp_path) as stage:
        await stage.add()
        token = await stage.token()
        await stage.hosting.remove(ECHO)

        assert fake_core.accounts == []
        assert stage.gateway.roster.resource(ECHO) is None
        assert stage.gateway.roster.token(token.id) is None
        assert list(await stage.hosting.list(None)) == []
        with pytest.raises(NotFound):
            await stage.hosting.remove(ECHO)


async def test_a_bot_that_the_core_does_not_remove_is_there_still(
    fake_core: FakeCore, tmp_path: Path
) -> None:
    async with staged(fake_core, tmp_path) as stage:
        await stage.add()
        fake_core.fail("remove_account", "no")
        with pytest.raises(CoreError):
            await stage.hosting.remove(ECHO)
        assert (await stage.hosting.show(ECHO)).state is BotState.ONLINE
        assert fake_core.accounts[0].io_running
        await stage.hosting.remove(ECHO)


async def test_a_bot_can_be_added_again_after_it_was_removed(
    fake_core: FakeCore, tmp_path: Path
) -> None:
    async with staged(fake_core, tmp_path) as stage:
        first = await stage.add()
        await stage.hosting.remove(ECHO)
        assert (await stage.add()).account != first.account


async def test_the_same_bot_is_not_added_twice(fake_core: FakeCore, tmp_path: Path) -> None:
    async with staged(fake_core, tmp_path) as stage:
        results = await asyncio.gather(stage.add(), stage.add(), return_exceptions=True)
        assert [type(one) for one in results].count(Taken) == 1
        with pytest.raises(Taken):
            await stage.add()

        assert len(fake_core.accounts) == 1


async def test_a_resource_that_is_there_becomes_a_bot_and_one_of_somebody_else_does_not(
    fake_core: FakeCore, tmp_path: Path
) -> None:
    async with staged(fake_core, tmp_path) as stage:
        resources = stage.gateway.administration.resources
        mine = await resources.create(ANNA, "Mine", id=ECHO)
        await resources.create(BORIS, "His", id=ResourceId("his"))
        await stage.add()
        with pytest.raises(Taken):
            await stage.add(ResourceId("his"), ANNA)

        assert stage.gateway.roster.resource(ECHO) == mine
        assert len(fake_core.accounts) == 1


@pytest.mark.parametrize("step", ["batch_set_config", "add_transport_from_qr", "get_config"])
async def test_a_failure_leaves_nothing_half_made(
    fake_core: FakeCore, tmp_path: Path, step: str
) -> None:
    async with staged(fake_core, tmp_path) as stage:
        fake_core.fail(step, "out of order")
        with pytest.raises(CoreError):
            await stage.add()

        assert fake_core.accounts == []
        assert stage.gateway.roster.resource(ECHO) is None
        assert stage.hosting.registry.all() == []
        await stage.add()


async def test_a_failure_leaves_a_resource_that_was_there_before(
    fake_core: FakeCore, tmp_path: Path
) -> None:
    async with staged(fake_core, tmp_path) as stage:
        await stage.gateway.administration.resources.create(ANNA, "Mine", id=ECHO)
        fake_core.fail("add_transport_from_qr", "wrong password")
        with pytest.raises(ConfigureFailed, match="wrong password"):
            await stage.add()
        assert stage.gateway.roster.resource(ECHO) is not None


async def test_a_bot_whose_resource_is_deleted_while_it_is_made_is_none(
    fake_core: FakeCore, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with staged(fake_core, tmp_path) as stage:
        held = fake_core.hold("add_transport_from_qr")
        adding = asyncio.create_task(stage.add())
        await fake_core.until_called("add_transport_from_qr")
        await stage.gateway.administration.resources.delete(ECHO)
        held.release()
        with pytest.raises(NotFound, match="meantime"):
            await adding

        assert fake_core.accounts == []
        assert "is left" not in caplog.text


async def test_who_stops_waiting_for_a_new_bot_leaves_nothing_half_made(
    fake_core: FakeCore, tmp_path: Path
) -> None:
    async with staged(fake_core, tmp_path) as stage:
        fake_core.hold("add_transport_from_qr")
        adding = asyncio.create_task(stage.add())
        await fake_core.until_called("add_transport_from_qr")
        adding.cancel()
        with pytest.raises(asyncio.CancelledError):
            await adding

        assert fake_core.accounts == []
        assert stage.gateway.roster.resource(ECHO) is None


@pytest.mark.parametrize(
    ("owner", "bot", "name", "events", "problem"),
    [
        ("nobody", "echo", "Echo", None, NotFound),
        ("anna", "a/b", "Echo", None, BadRequest),
        ("anna", "echo", "\n", None, BadRequest),
        ("anna", "echo", "Echo", ["NoSuchEvent"], BadRequest),
    ],
)
async def test_what_cannot_be_is_refused_before_any_core_is_started(
    fake_core: FakeCore,
    tmp_path: Path,
    owner: str,
    bot: str,
    name: str,
    events: list[str] | None,
    problem: type[Exception],
) -> None:
    async with staged(fake_core, tmp_path) as stage:
        with pytest.raises(problem):
            await stage.hosting.add(OwnerId(owner), ResourceId(bot), name, CODE, events)
        assert stage.hosting.core is None
        assert not fake_core.is_running


async def test_a_core_that_does_not_answer_makes_a_bot_offline(
    fake_core: FakeCore, tmp_path: Path
) -> None:
    async with staged(fake_core, tmp_path) as stage:
        online = await stage.add()
        fake_core.fail("get_connectivity", "database is locked")
        offline = await stage.hosting.show(ECHO)

    assert offline.state is BotState.OFFLINE
    assert (offline.name, offline.invite) == (online.name, online.invite)


async def test_numbers_tell_what_there_is_and_what_has_happened(
    fake_core: FakeCore, tmp_path: Path
) -> None:
    async with staged(fake_core, tmp_path) as stage:
        assert stage.hosting.counts().bots == {}
        await stage.add()
        (account,) = fake_core.accounts
        account.contact("eve@other.example").chat.receive("hello")
        await stage.told(1)
        token = await stage.token()
        await stage.call(token, "getMe")
        await stage.call(token, "no_such_method")
        await until(lambda: stage.hosting.counts().bots == {"online": 1})
        counts = stage.hosting.counts()

    assert counts.happened.messages == 1
    assert (counts.happened.done, counts.happened.refused) == (1, 1)
    assert (counts.outbox_waiting, counts.intake_waiting) == (0, 0)
