"""A broadcast over a relay that limits its senders: nothing is refused, and replies go first."""

import asyncio
from collections import Counter
from pathlib import Path

from tests.e2e.witness import witnessing
from vestnik.bot import Bot, Database, Host, HostOptions, Message, Pace
from vestnik.chatmail import Core
from vestnik.chatmail.events import MsgFailed
from vestnik.relay import Relay, RelayConfig
from vestnik.testing.live import add_live_account, introduce
from vestnik.testing.plugin import CoreFactory

A_MINUTE, BURST, POSTS = 300, 10, 60


def broadcaster() -> Bot:
    bot = Bot()

    @bot.on_message()
    async def answer(message: Message) -> None:
        if message.text == "go":
            for n in range(POSTS):
                await message.chat.post(f"news {n}")
        else:
            await message.reply("at once")

    return bot


async def test_a_broadcast_is_not_refused_by_the_relay_and_delays_no_reply(
    core: Core, core_factory: CoreFactory, tmp_path: Path
) -> None:
    limits = RelayConfig(messages_per_minute=A_MINUTE, burst=BURST)
    options = HostOptions(pace=Pace(per_minute=A_MINUTE, burst=BURST), drain_seconds=1)
    async with Relay(limits) as relay, Database(tmp_path / "memory") as memory:
        bot = await add_live_account(core, relay, bot=True)
        user = await add_live_account(await core_factory(), relay)
        _, chat = await introduce(bot, user)
        ready = asyncio.Event()
        serving = asyncio.create_task(
            Host([broadcaster()], core, memory, options=options).run(ready)
        )
        await ready.wait()
        async with witnessing(bot, user) as (bot_sees, user_sees):
            await user_sees.send(chat, "go")
            await user_sees.until(lambda: len(user_sees.messages) >= 3)
            await user_sees.send(chat, "are you there?")
            await user_sees.until(lambda: len(user_sees.messages) >= POSTS + 1)
        serving.cancel()
        await asyncio.gather(serving, return_exceptions=True)
    assert Counter(user_sees.texts) == Counter([*(f"news {n}" for n in range(POSTS)), "at once"])
    assert user_sees.texts.index("at once") < POSTS, "a reply does not wait for the broadcast"
    assert [e for e in bot_sees.events if isinstance(e.payload, MsgFailed)] == []
    assert [warning for warning in bot_sees.warnings if "450" in warning] == []
