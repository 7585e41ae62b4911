"""A bot that greets who comes: to itself, and to the groups that it is in."""

from vestnik.bot import Bot, Join, MemberChange, Membership
from vestnik.chatmail.types import ChatType

bot = Bot()


@bot.on_join()
async def greet(join: Join) -> None:
    """Somebody has scanned the bot's code, for the first time."""
    if join.type is ChatType.SINGLE:
        await join.chat.send(f"Hello, {join.contact.name}! Add me to a group, I greet who comes.")


@bot.on_member_change()
async def greet_member(change: MemberChange) -> None:
    if change.is_about_me:
        return
    member = await change.member.fetch()
    if change.change is Membership.ADDED:
        await change.chat.send(f"Welcome, {member.name}!")
    else:
        await change.chat.send(f"Farewell, {member.name}.")


if __name__ == "__main__":
    bot.run()
