"""The core is killed while messages come and go; its accounts go on."""

import asyncio
import os
import signal
from collections import Counter
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.e2e.witness import witnessing
from vestnik.chatmail import Backoff, Core, CoreRestarted, StdioTransport
from vestnik.errors import CoreDied
from vestnik.relay import Relay
from vestnik.testing.live import add_live_account, introduce
from vestnik.testing.plugin import NewAccount

pytestmark = pytest.mark.timeout(180)


class MortalCore:
    """A core whose process the test can kill."""

    def __init__(self, accounts: Path) -> None:
        self._accounts = accounts
        self._transport: StdioTransport | None = None
        self.core = Core(self._launch, restarts=Backoff(first=0.5))

    def _launch(self) -> StdioTransport:
        self._transport = StdioTransport(self._accounts)
        return self._transport

    def kill(self) -> None:
        assert self._transport is not None
        assert self._transport.pid is not None
        os.kill(self._transport.pid, signal.SIGKILL)


@pytest.fixture
async def mortal(tmp_path: Path) -> AsyncIterator[MortalCore]:
    mortal = MortalCore(tmp_path / "accounts")
    async with mortal.core:
        yield mortal


async def test_io_comes_back_and_what_was_sent_meanwhile_arrives(
    mortal: MortalCore, relay: Relay, new_account: NewAccount
) -> None:
    bot = await add_live_account(mortal.core, relay, bot=True)
    user = await new_account()
    _, users_chat = await introduce(bot, user)
    async with witnessing(bot, user) as (bot_sees, user_sees):
        await user_sees.send(users_chat, "before")
        await bot_sees.until(lambda: bot_sees.texts == ["before"])
        mortal.kill()
        while True:
            try:
                await mortal.core.get_all_account_ids()
            except CoreDied:
                break
        for n in range(10):
            await user_sees.send(users_chat, f"meanwhile {n}")
        await bot_sees.until(lambda: len(bot_sees.messages) >= 11)
        (restarted,) = [e.payload for e in bot_sees.events if isinstance(e.payload, CoreRestarted)]
        assert "signal 9" in restarted.cause
        expected = ["before", *(f"meanwhile {n}" for n in range(10))]
        assert Counter(bot_sees.texts) == Counter(expected)


async def test_messages_that_a_killed_core_had_accepted_are_still_sent(
    mortal: MortalCore, relay: Relay, new_account: NewAccount
) -> None:
    bot = await add_live_account(mortal.core, relay, bot=True)
    user = await new_account()
    bots_chat, _ = await introduce(bot, user)
    async with witnessing(bot, user) as (bot_sees, user_sees):
        for n in range(20):
            await bot_sees.send(bots_chat, f"message {n}")
        mortal.kill()
        await user_sees.until(lambda: len(set(user_sees.texts)) >= 20)
    # A message may have been sent just before the death, and is then sent again under the same
    # id, which the receiving core takes for what it is: the same message.
    assert Counter(user_sees.texts) == Counter(f"message {n}" for n in range(20))


async def test_a_call_in_the_middle_of_a_kill_fails_and_the_same_call_works_again(
    mortal: MortalCore, relay: Relay
) -> None:
    bot = await add_live_account(mortal.core, relay, bot=True)
    async with mortal.core.events() as events:
        calls = [asyncio.create_task(mortal.core.get_account_info(bot.id)) for _ in range(500)]
        mortal.kill()
        outcomes = await asyncio.gather(*calls, return_exceptions=True)
        assert any(isinstance(outcome, CoreDied) for outcome in outcomes)
        async with asyncio.timeout(30):
            while not isinstance((await anext(events)).payload, CoreRestarted):
                pass
    assert (await mortal.core.get_account_info(bot.id)).kind == "Configured"
