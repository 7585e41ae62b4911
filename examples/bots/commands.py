"""A bot with commands: its help is made of what they say of themselves."""

from typing import Literal

from vestnik.bot import Bot, Message

bot = Bot()


@bot.command("add", description="Adds two numbers.", aliases=("plus",))
async def add(message: Message, a: float, b: float = 1) -> None:
    await message.reply(f"{a + b:g}")


@bot.command("shout", description="Says it louder.")
async def shout(message: Message, text: str) -> None:
    await message.reply(text.upper())


@bot.command("flip", description="Turns a text around.")
async def flip(message: Message, what: Literal["letters", "words"], *words: str) -> None:
    text = " ".join(words)
    await message.reply(text[::-1] if what == "letters" else " ".join(reversed(words)))


@bot.command("secret", hidden=True)
async def secret(message: Message) -> None:
    await message.reply("The help does not tell of this.")


@bot.on_message()
async def anything_else(message: Message) -> None:
    await message.reply("Try /help.")


if __name__ == "__main__":
    bot.run()
