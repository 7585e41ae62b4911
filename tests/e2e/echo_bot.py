"""An echo bot as its author runs it, but as fast as the relay allows: `python echo_bot.py DIR`."""

import asyncio
import sys
from pathlib import Path

from vestnik.bot import Bot, Database, Host, HostOptions, Message, memory_file
from vestnik.chatmail import open_core

bot = Bot()


@bot.on_message()
async def echo(message: Message) -> None:
    await message.reply(message.text)


async def serve(accounts_dir: Path) -> None:
    async with (
        open_core(accounts_dir) as core,
        Database(memory_file(accounts_dir)) as database,
    ):
        await Host([bot], core, database, options=HostOptions(pace=None)).run()


if __name__ == "__main__":
    asyncio.run(serve(Path(sys.argv[1])))
