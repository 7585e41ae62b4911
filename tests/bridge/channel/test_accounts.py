"""The service bot's account: made wholly or not at all, and found without asking for long."""

from __future__ import annotations

import asyncio

import pytest

from vestnik.bridge.channel.accounts import ServiceAccounts
from vestnik.chatmail import AccountCode, Core
from vestnik.errors import ConfigureFailed, Taken
from vestnik.testing import FakeCore

CODE = AccountCode("dcaccount:relay.example")
LOGIN = "add_transport_from_qr"


async def test_it_is_made_once_and_found_again(fake_core: FakeCore) -> None:
    fake_core.account()
    async with Core(fake_core.transport) as core:
        accounts = ServiceAccounts(core)
        made = await accounts.make(CODE, "Post")
        assert await accounts.find() == made == await ServiceAccounts(core).find()
        assert await accounts.name(made) == "Post"
        with pytest.raises(Taken):
            await accounts.make(CODE, "Post")
        await accounts.remove(made)
        assert await accounts.find() is None


async def test_once_found_it_is_not_looked_for_again(fake_core: FakeCore) -> None:
    async with Core(fake_core.transport) as core:
        accounts = ServiceAccounts(core)
        await accounts.make(CODE, "Post")
        await accounts.find()
        asked = len(fake_core.calls("get_config"))
        await accounts.find()
        assert len(fake_core.calls("get_config")) == asked


async def test_a_login_that_fails_leaves_nothing(fake_core: FakeCore) -> None:
    fake_core.fail(LOGIN, "wrong password")
    async with Core(fake_core.transport) as core:
        with pytest.raises(ConfigureFailed):
            await ServiceAccounts(core).make(CODE, "Post")
    assert fake_core.accounts == []


async def test_who_stops_waiting_leaves_nothing(fake_core: FakeCore) -> None:
    fake_core.hold(LOGIN)
    async with Core(fake_core.transport) as core:
        making = asyncio.create_task(ServiceAccounts(core).make(CODE, "Post"))
        await fake_core.until_called(LOGIN)
        making.cancel()
        with pytest.raises(asyncio.CancelledError):
            await making
        assert fake_core.accounts == []


async def test_what_a_crash_left_half_made_goes_when_another_is_made(fake_core: FakeCore) -> None:
    half_made = fake_core.account(configured=False)
    half_made.config["ui.vestnik.service"] = "1"
    async with Core(fake_core.transport) as core:
        accounts = ServiceAccounts(core)
        assert await accounts.find() is None
        made = await accounts.make(CODE, "Post")
    assert [one.id for one in fake_core.accounts] == [made]
