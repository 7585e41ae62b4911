"""The channel on real cores and a relay: the code, its withdrawal, and what is told."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from tests.bridge.channel.stage import ANNA, gateway_with_owners, up
from vestnik.bot import Database
from vestnik.bridge.channel import Channel, ChannelOptions
from vestnik.chatmail import AccountCode, Core
from vestnik.chatmail.events import IncomingMsg
from vestnik.chatmail.types import QrReviveVerifyGroup
from vestnik.gateway import Gateway
from vestnik.relay import Relay
from vestnik.testing import FakeClock, LiveAccount
from vestnik.testing.plugin import CoreFactory, NewAccount

SECONDS = 60.0


class Reader:
    """Somebody's device, and what it is told there."""

    def __init__(self, account: LiveAccount) -> None:
        self.account = account
        self.heard: asyncio.Queue[str] = asyncio.Queue()

    async def listen(self, ready: asyncio.Event) -> None:
        core, account = self.account.core, self.account.id
        async with core.events(account) as events:
            ready.set()
            async for event in events:
                if isinstance(event.payload, IncomingMsg):
                    message = await core.get_message(account, event.payload.msg_id)
                    if not message.is_info:
                        self.heard.put_nowait(message.text)

    async def hears(self) -> str:
        async with asyncio.timeout(SECONDS):
            return await self.heard.get()


@pytest.fixture
async def gateway(fake_clock: FakeClock) -> AsyncIterator[Gateway]:
    async with gateway_with_owners(fake_clock) as gateway:
        yield gateway


async def test_an_owner_joins_by_a_code_that_works_once_and_is_told_encrypted(
    gateway: Gateway,
    relay: Relay,
    core: Core,
    core_factory: CoreFactory,
    new_account: NewAccount,
    fake_clock: FakeClock,
) -> None:
    people = await core_factory()
    anna = Reader(await new_account(name="Anna", core=people))
    eve = await new_account(name="Eve", core=people)
    options = ChannelOptions(per_minute=None)
    async with Database(None) as database, asyncio.TaskGroup() as tasks:
        channel = Channel(core, gateway, database, options=options)
        running, listening = asyncio.Event(), asyncio.Event()
        run = tasks.create_task(channel.run(running))
        ears = tasks.create_task(anna.listen(listening))
        await running.wait()
        await listening.wait()

        bot = await channel.set_up(AccountCode(relay.new_account().login_code), "Post")
        invitation = await channel.invite(ANNA)
        chat = await people.secure_join(anna.account.id, invitation.link)
        assert "Anna" in await anna.hears()

        # The core itself says that the code is worth nothing any more.
        code = await core.check_qr(bot.account, invitation.link)
        assert isinstance(code, QrReviveVerifyGroup)
        await people.secure_join(eve.id, invitation.link)

        await gateway.publishing.announce(ANNA, up(7, fake_clock))
        assert await anna.hears() == "An up for Weather · by 77 · 7 in all"
        await people.misc_send_text_message(anna.account.id, chat, "/status")
        assert "Told up to notification 1 of 1" in await anna.hears()
        members = await core.get_chat_contacts(bot.account, invitation.chat)
        assert len(members) == 2

        await people.misc_send_text_message(anna.account.id, chat, "/stop")
        assert "nothing more" in await anna.hears()
        run.cancel()
        ears.cancel()
