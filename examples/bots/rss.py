"""A bot that brings the news of a feed to a broadcast channel, each of them once."""

import asyncio
import os
from datetime import timedelta
from urllib.request import urlopen
from xml.etree import ElementTree

from vestnik.bot import Account, Bot, Chat, Job, Message, Startup

bot = Bot()

FEED = os.environ.get("FEED", "https://delta.chat/feed.xml")
ATOM = "{http://www.w3.org/2005/Atom}"
CHANNEL = "News"


@bot.on_startup()
async def look_every_ten_minutes(startup: Startup) -> None:
    await startup.schedule.every(
        timedelta(minutes=10),
        "look",
        key=f"look {startup.account_id}",
        account_id=startup.account_id,
    )


@bot.command("news", description="Gives the link by which you join the channel.")
async def news(message: Message) -> None:
    chat = await channel(message.account)
    await message.reply(await chat.invite_link())


@bot.on_schedule("look")
async def look(job: Job[None]) -> None:
    chat = await channel(job.account)
    for title, link in await asyncio.to_thread(read_feed, FEED):
        if not await chat.search(link):  # what the channel has is no news, also after a restart
            await chat.send(f"{title}\n{link}")


async def channel(account: Account) -> Chat:
    """Return the channel, made at first use."""
    found = await account.chats(CHANNEL)
    return found[0] if found else await account.create_broadcast(CHANNEL)


def read_feed(url: str) -> list[tuple[str, str]]:
    """Return the titles and links of an RSS or Atom feed, the oldest first."""
    with urlopen(url, timeout=30) as answer:
        root = ElementTree.parse(answer).getroot()
    rss = [(item.findtext("title"), item.findtext("link")) for item in root.iter("item")]
    atom = [
        (entry.findtext(f"{ATOM}title"), link.get("href"))
        for entry in root.iter(f"{ATOM}entry")
        if (link := entry.find(f"{ATOM}link")) is not None
    ]
    return [(title or "", link) for title, link in reversed(rss + atom) if link]


if __name__ == "__main__":
    bot.run()
