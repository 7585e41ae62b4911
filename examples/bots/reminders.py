"""A bot that reminds you, also when it was restarted meanwhile."""

from datetime import time, timedelta

import msgspec

from vestnik.bot import Bot, Daily, Job, Message
from vestnik.ids import ChatId

bot = Bot()


class Reminder(msgspec.Struct, frozen=True):
    chat: ChatId
    text: str


@bot.command("remind", description="Reminds you in some minutes: /remind 5 tea.")
async def remind(message: Message, minutes: float, text: str) -> None:
    await message.schedule.later(
        timedelta(minutes=minutes),
        "remind",
        Reminder(message.chat_id, text),
        key=message.next_key(),  # a crash right here does not make it two reminders
        account_id=message.account_id,
    )
    await message.react("⏰")
    await message.reply(f"In {minutes:g} min.")


@bot.command("morning", description="Says good morning at 8 o'clock UTC, every day.")
async def morning(message: Message) -> None:
    await message.schedule.every(
        Daily(time(8)),
        "remind",
        Reminder(message.chat_id, "Good morning!"),
        key=f"morning {message.account_id} {message.chat_id}",
        account_id=message.account_id,
    )
    await message.reply("Until tomorrow.")


@bot.on_schedule("remind", Reminder)
async def say(job: Job[Reminder]) -> None:
    await job.chat(job.payload.chat).send(f"⏰ {job.payload.text}")


if __name__ == "__main__":
    bot.run()
