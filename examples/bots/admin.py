"""A bot with tools for its admins: the members of a group that one joins by a code."""

from vestnik.bot import Bot, Message
from vestnik.bot.filters import FromAdmin, Text

bot = Bot()


@bot.command("users", description="Tells how many know the bot.", admin_only=True)
async def users(message: Message) -> None:
    await message.reply(f"{len(await message.account.contacts())} people")


@bot.command("tell", description="Tells everybody something.", admin_only=True)
async def tell(message: Message, text: str) -> None:
    everybody = await message.account.contacts()
    for contact in everybody:
        chat = await contact.chat()
        await chat.post(text)  # goes out when nobody waits for an answer
    await message.reply(f"{len(everybody)} will hear of it.")


@bot.command("status", description="Changes what the profile says.", admin_only=True)
async def status(message: Message, text: str) -> None:
    await message.account.set_status(text)
    await message.react("👍")


@bot.on_message(Text("who am I?") & FromAdmin())
async def an_admin(message: Message) -> None:
    await message.reply("An admin.")


@bot.on_message(Text("who am I?"))
async def a_guest(message: Message) -> None:
    await message.reply("A guest.")


if __name__ == "__main__":
    bot.run()
