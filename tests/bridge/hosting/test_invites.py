"""A bot has one link: over many questions, over restarts, until its name changes."""

from __future__ import annotations

import asyncio
from pathlib import Path

import msgspec
import pytest

from tests.bridge.hosting.stage import ECHO, accounts_there, staged
from vestnik.bridge.hosting.invites import Invites
from vestnik.bridge.model import BotState
from vestnik.chatmail import Core, join_by_code, open_core
from vestnik.gateway.stores import SqliteStore
from vestnik.relay import Relay
from vestnik.testing import FakeCore, add_live_account
from vestnik.testing.plugin import NewAccount

MADE = "get_chat_securejoin_qr_code"


async def test_whoever_asks_is_told_the_same_link(fake_core: FakeCore, tmp_path: Path) -> None:
    async with staged(fake_core, tmp_path) as stage:
        bot = await stage.add()
        listed = await asyncio.gather(*(stage.hosting.list(None) for _ in range(5)))
        told = await stage.call(await stage.token(), "getMe")

        assert {one.invite for (one,) in listed} == {bot.invite}
        assert isinstance(told, dict)
        assert told["invite"] == bot.invite
        assert len(fake_core.calls(MADE)) == 1


async def test_two_who_ask_first_at_once_make_one_link(fake_core: FakeCore) -> None:
    account = fake_core.account()
    async with Core(fake_core.transport) as core:
        invites = Invites(core)
        first, second = await asyncio.gather(invites.of(account.id), invites.of(account.id))
    assert first == second
    assert len(fake_core.calls(MADE)) == 1


async def test_another_name_makes_another_link(fake_core: FakeCore, tmp_path: Path) -> None:
    async with staged(fake_core, tmp_path) as stage:
        bot = await stage.add()
        renamed = await stage.hosting.change(ECHO, name="Parrot")
        assert renamed.invite != bot.invite
        assert "n=Parrot" in renamed.invite
        await stage.call(await stage.token(), "setProfile", name="Bird")
        assert "n=Bird" in (await stage.hosting.show(ECHO)).invite


async def test_the_next_life_of_a_gateway_makes_no_other_link(
    fake_core: FakeCore, tmp_path: Path
) -> None:
    store = tmp_path / "store"
    async with staged(fake_core, tmp_path, store=SqliteStore(store)) as stage:
        bot = await stage.add()
    accounts_there(tmp_path)
    async with staged(fake_core, tmp_path, store=SqliteStore(store)) as stage:
        assert await stage.hosting.show(ECHO) == bot
    assert len(fake_core.calls(MADE)) == 1


@pytest.mark.parametrize("kept", ["", "{", '"\\ud800"', '{"name":"Echo"}'])
async def test_what_cannot_be_read_is_made_again(fake_core: FakeCore, kept: str) -> None:
    account = fake_core.account()
    account.config["ui.vestnik.invite"] = kept
    async with Core(fake_core.transport) as core:
        assert (await Invites(core).of(account.id)).link.startswith("https://i.delta.chat/#")


async def test_links_stay_good_over_a_restart_until_they_are_withdrawn(
    relay: Relay, tmp_path: Path, new_account: NewAccount
) -> None:
    async with open_core(tmp_path / "accounts") as core:
        bot = await add_live_account(core, relay, bot=True, name="Echo")
        first = await Invites(core).of(bot.id)
        await core.set_config(bot.id, "displayname", "Parrot")
        second = await Invites(core).of(bot.id)
        assert (first.name, second.name) == ("Echo", "Parrot")

    async with open_core(tmp_path / "accounts") as core:
        await core.start_io(bot.id)
        invites = Invites(core)
        assert await invites.of(bot.id) == second
        # Who still has the link of before gets there, too.
        user = await new_account()
        await join_by_code(user.core, user.id, first.link, seconds=60)
        await core.set_config_from_qr(bot.id, second.link)
        third = await invites.of(bot.id)
        assert third.link != second.link


async def test_a_bot_whose_link_cannot_be_made_is_shown_without(
    fake_core: FakeCore, tmp_path: Path
) -> None:
    async with staged(fake_core, tmp_path) as stage:
        fake_core.fail(MADE, "database is locked", times=2)
        bot = await stage.add()
        assert (bot.invite, bot.state) == ("", BotState.OFFLINE)
        assert msgspec.structs.asdict(await stage.hosting.show(ECHO))["invite"] == ""
        assert (await stage.hosting.show(ECHO)).invite.startswith("https://i.delta.chat/#")
