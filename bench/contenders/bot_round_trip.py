"""Echo on the real core, with a relay in this process: by Vestnik's bot, or ``--bare`` by a loop.

The bare loop does what a message needs and no more: an event, `get_message`, `send_msg`,
`markseen_msgs`, each awaited on the same client.
"""

from __future__ import annotations

import asyncio
import statistics
import sys
import time
from pathlib import Path

import uvloop
from meter import Task, report

from vestnik.bot import Bot, Database, Host, HostOptions, Message, memory_file
from vestnik.chatmail import Core, events, open_core
from vestnik.chatmail.types import MessageData
from vestnik.ids import AccountId, ChatId
from vestnik.relay import Relay, RelayConfig
from vestnik.testing.live import LiveAccount, add_live_account, introduce

ROUND_TRIPS, BURST = 40, 100


async def bare(core: Core, account_id: AccountId, ready: asyncio.Event) -> None:
    """Echo with nothing around it."""
    async with core.events(account_id) as stream:
        ready.set()
        async for event in stream:
            arrived = event.payload
            if isinstance(arrived, events.IncomingMsg):
                message = await core.get_message(account_id, arrived.msg_id)
                data = MessageData(text=message.text, quoted_message_id=message.id)
                await core.send_msg(account_id, arrived.chat_id, data)
                await core.markseen_msgs(account_id, [arrived.msg_id])


async def vestnik(core: Core, directory: Path, ready: asyncio.Event) -> None:
    """Echo as an author writes it."""
    bot = Bot(answer_bots=True)

    @bot.on_message()
    async def echo(message: Message) -> None:
        await message.reply(message.text)

    async with Database(memory_file(directory)) as database:
        await Host([bot], core, database, options=HostOptions(pace=None)).run(ready)


async def round_trips(user: LiveAccount, chat: ChatId, count: int) -> list[float]:
    """Send messages, each after the answer to the one before."""
    times = []
    async with user.core.events(user.id) as stream:
        for number in range(count + 3):
            began = time.monotonic()
            await user.core.send_msg(user.id, chat, MessageData(text=f"message {number}"))
            async for event in stream:
                if isinstance(event.payload, events.IncomingMsg):
                    break
            times.append(time.monotonic() - began)
    return times[3:]  # the first ones make connections


async def burst(user: LiveAccount, chat: ChatId, count: int) -> float:
    """Send messages at once, and give how many answers came a second."""
    async with user.core.events(user.id) as stream:
        began = time.monotonic()
        for number in range(count):
            await user.core.send_msg(user.id, chat, MessageData(text=f"of a burst {number}"))
        async for event in stream:
            count -= isinstance(event.payload, events.IncomingMsg)
            if not count:
                break
        return time.monotonic() - began


async def main(task: Task) -> None:
    """Measure either."""
    accounts = Path(task.directory, "bot")
    async with (
        Relay(RelayConfig()) as relay,
        open_core(accounts) as core,
        open_core(Path(task.directory, "user")) as other,
    ):
        bot = await add_live_account(core, relay, bot=True)
        # A bot, too, because the core of a person sends one message a second.
        user = await add_live_account(other, relay, bot=True)
        _, chat = await introduce(bot, user)
        ready = asyncio.Event()
        echoing = (
            bare(core, bot.id, ready) if "--bare" in sys.argv else vestnik(core, accounts, ready)
        )
        running = asyncio.create_task(echoing)
        await ready.wait()
        times = await round_trips(user, chat, ROUND_TRIPS)
        seconds = await burst(user, chat, BURST)
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
    report(
        {
            "round_trip": statistics.median(times) * 1000,
            "round_trips": 1 / statistics.median(times),
            "burst": BURST / seconds,
        }
    )


if __name__ == "__main__":
    uvloop.run(main(Task()))
