"""Several bots in one process: each has accounts of its own, and they share what both can do."""

import asyncio
import sys
from pathlib import Path

from vestnik.bot import Bot, Database, Host, Message, Router, memory_file
from vestnik.chatmail import open_core


def about(what: str) -> Router:
    """Make what all of our bots can do; a router is part of one bot only."""
    router = Router("about")

    @router.command("about", description="Says who I am.")
    async def say(message: Message) -> None:
        await message.reply(f"I am the {what} of Vestnik.")

    return router


def shop(address: str) -> Bot:
    bot = Bot("shop", accounts=[address])
    bot.include(about("shop"))

    @bot.command("buy", description="Buys something.")
    async def buy(message: Message, what: str) -> None:
        await message.reply(f"{what}: sold!")

    return bot


def parrot(address: str) -> Bot:
    bot = Bot("parrot", accounts=[address])
    bot.include(about("parrot"))

    @bot.on_message()
    async def echo(message: Message) -> None:
        await message.reply(message.text)

    return bot


async def serve(accounts: Path, *bots: Bot) -> None:
    async with open_core(accounts) as core, Database(memory_file(accounts)) as memory:
        await Host(bots, core, memory).run()


if __name__ == "__main__":
    asyncio.run(serve(Path("accounts"), shop(sys.argv[1]), parrot(sys.argv[2])))
