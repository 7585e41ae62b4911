"""The examples that need what only the real core has: apps, search, several accounts online."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from pathlib import Path

import pytest

from tests.e2e.witness import witnessing
from tests.examples.conftest import Load, bot_of, texts
from vestnik.bot import Database, Host, HostOptions
from vestnik.chatmail.types import Viewtype
from vestnik.testing.plugin import CoreFactory, Introduce, NewAccount, RunBot


async def test_a_game_is_sent_and_its_scores_are_kept(bot_tester: RunBot, load: Load) -> None:
    tester = await bot_tester(bot_of(load("scoreboard")), real_core=True)
    alice = tester.contact("alice@example.org")
    (game,) = await alice.says("/play")
    assert (game.view_type, game.file_name) == (Viewtype.WEBXDC, "tap.xdc")
    await alice.uses(game, {"name": "Alice", "score": 3})
    await alice.uses(game, {"name": "Bob", "score": 5})
    await alice.uses(game, {"name": "Alice", "score": 4})
    updates = await alice.updates_of(game)
    assert len(updates) == 6
    assert [update for update in updates if "best" in str(update)] == [
        {"best": ["Alice 3"]},
        {"best": ["Bob 5", "Alice 3"]},
        {"best": ["Bob 5", "Alice 4"]},
    ]


async def test_several_bots_in_one_process_answer_for_their_own_accounts(
    new_account: NewAccount, introduce: Introduce, core_factory: CoreFactory, load: Load
) -> None:
    example = load("several")
    shop, parrot = await new_account(bot=True), await new_account(bot=True)
    user = await new_account(name="User", core=await core_factory())
    chats = [(await introduce(bot, user))[1] for bot in (shop, parrot)]
    bots = [example.shop(shop.address), example.parrot(parrot.address)]
    async with Database(None) as memory, witnessing(user) as (user_sees,):
        host = Host(bots, shop.core, memory, options=HostOptions(pace=None))
        running = asyncio.create_task(host.run())
        for chat in chats:
            await user_sees.send(chat, "/about")
        await user_sees.send(chats[0], "/buy tea")
        await user_sees.send(chats[1], "tea")
        expected = {"I am the shop of Vestnik.", "I am the parrot of Vestnik.", "tea: sold!", "tea"}
        await user_sees.until(lambda: expected <= {*user_sees.texts})
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
    assert len(user_sees.texts) == len(expected)


async def test_news_come_to_a_channel_once(
    bot_tester: RunBot, load: Load, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    feed = tmp_path / "feed.xml"
    feed.write_text(feed_of("first"))
    monkeypatch.setenv("FEED", feed.as_uri())
    tester = await bot_tester(bot_of(load("rss")), real_core=True)
    alice = tester.contact("alice@example.org")
    (link,) = texts(await alice.says("/news"))
    await alice.scans(link)
    await tester.advance(timedelta(minutes=10))
    assert texts(await alice.hears()) == ["first\nhttps://example.org/first"]
    feed.write_text(feed_of("second", "first"))
    await tester.restart()
    await tester.advance(timedelta(minutes=30))
    assert texts(await alice.hears()) == ["second\nhttps://example.org/second"]


def feed_of(*titles: str) -> str:
    items = [
        f"<item><title>{title}</title><link>https://example.org/{title}</link></item>"
        for title in titles
    ]
    return f'<rss version="2.0"><channel>{"".join(items)}</channel></rss>'
