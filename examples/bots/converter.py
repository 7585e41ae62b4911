"""A bot that takes a table as CSV and gives it back as JSON."""

import csv
import io
import json
from pathlib import PurePath

from vestnik.bot import Bot, Message, Problem
from vestnik.bot.filters import HasFile

bot = Bot()


@bot.on_message(HasFile())
async def convert(message: Message) -> None:
    table = message.file
    if table is None or PurePath(table.name).suffix.lower() != ".csv":
        await message.reply("This is no CSV file.")
        return
    rows = list(csv.DictReader(io.StringIO((await table.read()).decode("utf-8-sig"))))
    content = json.dumps(rows, ensure_ascii=False, indent=2).encode()
    name = PurePath(table.name).with_suffix(".json").name
    await message.reply(f"{len(rows)} rows", file=content, name=name)


@bot.on_message()
async def explain(message: Message) -> None:
    await message.reply("Send me a CSV file.")


@bot.on_error()
async def apologise(problem: Problem) -> None:
    if isinstance(problem.context, Message):
        await problem.context.reply("I cannot read this file: is it CSV in UTF-8?")


if __name__ == "__main__":
    bot.run()
