from vestnik.bot import Bot, Message

bot = Bot()


@bot.on_message()
async def echo(message: Message) -> None:
    await message.reply(message.text)


if __name__ == "__main__":
    bot.run()
