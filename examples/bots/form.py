"""A bot that asks one question after the other, and remembers where it was."""

import msgspec

from vestnik.bot import Bot, Message, State, States
from vestnik.bot.filters import InState, Regex

bot = Bot()


class Named(msgspec.Struct, frozen=True):
    name: str


class Form(States):
    name = State()
    age = State(Named)


asked_name, asked_age = InState(Form.name), InState(Form.age)


@bot.command("start", description="Begins the form.")
async def start(message: Message) -> None:
    await message.state.set(Form.name)
    await message.answer("What is your name?")


@bot.command("cancel", description="Ends the form.")
async def cancel(message: Message) -> None:
    was_asking = await message.state.clear()
    await message.answer("Forgotten." if was_asking else "There is nothing to cancel.")


@bot.on_message(asked_name)
async def take_name(message: Message) -> None:
    await message.state.set(Form.age, Named(message.text))
    await message.answer(f"How old are you, {message.text}?")


@bot.on_message(asked_age, Regex(r"^\d{1,3}$"))
async def take_age(message: Message) -> None:
    name = message[asked_age].data.name
    await message.state.clear()
    await message.answer(f"{name} is {message.text}. Thank you!")


@bot.on_message(asked_age)
async def ask_again(message: Message) -> None:
    await message.answer("Please give your age as a number, or /cancel.")


if __name__ == "__main__":
    bot.run()
