"""Somebody who writes to a bot: a second real core, at a pace or as fast as it goes.

The first line of its input is the bot's code, each further one a storm of messages; it says when
it has met the bot, and when a storm has been handed over to the core.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from pathlib import Path
from typing import Any

import uvloop

from vestnik.chatmail import AccountCode, Core, add_account, join_by_code, open_core
from vestnik.chatmail.types import MessageData
from vestnik.ids import AccountId, ChatId


async def read() -> Any:
    """Read a line; ``None`` at the end."""
    line = await asyncio.to_thread(sys.stdin.readline)
    return json.loads(line) if line else None


async def send(core: Core, account: AccountId, chat: ChatId, count: int, a_second: float) -> None:
    """Send numbered messages; a pace of 0 is none."""
    began = time.perf_counter()
    for number in range(count):
        if a_second:
            await asyncio.sleep(max(0.0, began + number / a_second - time.perf_counter()))
        await core.send_msg(account, chat, MessageData(text=f"bench {number}"))


async def main() -> None:
    """Meet the bot, and send what is asked for."""
    task = json.loads(sys.argv[-1])
    async with open_core(Path(task["directory"]), binary=Path(task["core"])) as core:
        # A bot, too, because the core of a person sends one message a second.
        account = await add_account(core, AccountCode(task["code"]), bot=True, name="Sender")
        await core.start_io(account)
        print("ready", flush=True)
        chat = await join_by_code(core, account, await read())
        print("met", flush=True)
        while storm := await read():
            await send(core, account, chat, storm["count"], storm["a_second"])
            print("sent", flush=True)


if __name__ == "__main__":
    uvloop.run(main())
