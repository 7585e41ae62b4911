"""A bot that counts votes: people vote by reacting, and the poll shows how it stands."""

from vestnik.bot import Bot, Message, Reaction

bot = Bot()

DIGITS = ("1️⃣", "2️⃣", "3️⃣", "4️⃣", "5️⃣", "6️⃣", "7️⃣", "8️⃣", "9️⃣")
SIGN = "📊"


@bot.command("poll", description="Asks all: /poll Tea or coffee?; tea; coffee.")
async def poll(message: Message, text: str) -> None:
    question, *answers = (part.strip() for part in text.split(";"))
    if not 2 <= len(answers) <= len(DIGITS):
        await message.reply("Give 2 to 9 answers, each after a semicolon.")
        return
    lines = [f"{digit} {answer}" for digit, answer in zip(DIGITS, answers, strict=False)]
    await message.answer("\n".join([f"{SIGN} {question}", *lines]))


@bot.on_reaction()
async def count(reaction: Reaction) -> None:
    poll = await reaction.message.fetch()
    if poll.is_own and poll.text.startswith(SIGN):
        await poll.edit(with_votes(poll.text, await poll.reactions()))


def with_votes(text: str, votes: dict[str, int]) -> str:
    """Write behind each answer how many have voted for it."""
    question, *answers = text.splitlines()
    bare = [answer.partition(" — ")[0] for answer in answers]
    counted = [f"{answer} — {votes.get(answer.split()[0], 0)}" for answer in bare]
    return "\n".join([question, *counted])


if __name__ == "__main__":
    bot.run()
