"""Authors test their bots by talking to them, on the fake core or on the real one."""

from __future__ import annotations

import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest

from vestnik.bot import Bot, Job, Join, MemberChange, Message, Reaction, Startup
from vestnik.errors import BadBot
from vestnik.testing.plugin import RunBot
from vestnik.testing.stage import stage

AUTHORS_TEST = """
from vestnik.bot import Bot, Message

async def test_the_bot_answers(bot_tester):
    bot = Bot()

    @bot.on_message()
    async def echo(message: Message) -> None:
        await message.reply(message.text)

    tester = await bot_tester(bot)
    (reply,) = await tester.contact("alice@example.org").says("Hello!")
    assert reply.text == "Hello!"
    assert not tester.is_real
"""


@pytest.fixture(params=[False, True], ids=["fake core", "real core"])
def on_real_core(request: pytest.FixtureRequest) -> bool:
    is_real: bool = request.param
    return is_real


def chatty() -> Bot:
    """Make a bot that tells of everything that it hears of."""
    bot = Bot()

    @bot.on_join()
    async def joined(join: Join) -> None:
        await join.chat.send(f"hello {join.contact.name}")

    @bot.on_message()
    async def answer(message: Message) -> None:
        for word in message.text.split():
            await message.answer(word)

    @bot.on_reaction()
    async def reacted(reaction: Reaction) -> None:
        await reaction.chat.send(f"{reaction.sender.name} {reaction.emoji or 'nothing'}")

    @bot.on_member_change()
    async def changed(change: MemberChange) -> None:
        await change.chat.send(f"{(await change.member.fetch()).name} {change.change}")

    return bot


@pytest.mark.parametrize(("options", "outcome"), [([], "1 passed"), (["--real-core"], "1 failed")])
def test_a_flag_moves_an_authors_test_to_the_real_core(
    options: list[str], outcome: str, tmp_path: Path
) -> None:
    (tmp_path / "test_of_the_author.py").write_text(AUTHORS_TEST)
    command = [sys.executable, "-m", "pytest", "-q", "-o", "asyncio_mode=auto", *options]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert outcome in done.stdout, done.stdout + done.stderr
    assert ("assert not True" in done.stdout) == bool(options)


async def test_every_answer_is_returned_in_order_to_whom_it_was_given(
    bot_tester: RunBot, on_real_core: bool
) -> None:
    tester = await bot_tester(chatty(), real_core=on_real_core)
    assert tester.is_real == on_real_core
    alice, bob = (
        tester.contact("alice@example.org"),
        tester.contact("bob@example.org", name="Bobby"),
    )
    assert [reply.text for reply in await alice.says("one two three")] == ["one", "two", "three"]
    assert [reply.text for reply in await bob.scans()] == ["hello Bobby"]
    assert [reply.text for reply in alice.inbox] == ["hello Alice", "one", "two", "three"]
    assert tester.contact("alice@example.org") is alice


async def test_reactions_come_and_go(bot_tester: RunBot, on_real_core: bool) -> None:
    alice = (await bot_tester(chatty(), real_core=on_real_core)).contact("alice@example.org")
    (reply,) = await alice.says("Hello!")
    assert [told.text for told in await alice.reacts(reply, "👍")] == ["Alice 👍"]
    assert [told.text for told in await alice.reacts(reply)] == ["Alice nothing"]


async def test_groups_are_made_joined_and_left(bot_tester: RunBot, on_real_core: bool) -> None:
    tester = await bot_tester(chatty(), real_core=on_real_core)
    alice, bob, carol = (
        tester.contact(f"{name}@example.org") for name in ("alice", "bob", "carol")
    )
    group = await alice.makes_group("Friends", bob)
    assert [reply.text for reply in await alice.says("tea", to=group)] == ["tea"]
    assert [reply.text for reply in await bob.says("coffee", to=group)] == ["coffee"]
    assert [reply.text for reply in await alice.adds(carol, group)] == ["Carol added"]
    assert await carol.leaves(group) == []
    assert [reply.text for reply in await alice.hears()] == ["Carol left"]
    assert [reply.text for reply in carol.inbox] == ["hello Carol", "Carol added"]


async def test_files_and_quotes_reach_the_bot(
    bot_tester: RunBot, on_real_core: bool, tmp_path: Path
) -> None:
    bot = Bot()

    @bot.on_message()
    async def describe(message: Message) -> None:
        quoted = message.quote.text if message.quote else ""
        content = await message.file.read() if message.file else b"?"
        await message.reply(f"{quoted}|{content.decode()}", file=content, name="copy.txt")

    (tmp_path / "note.txt").write_text("tea")
    alice = (await bot_tester(bot, real_core=on_real_core)).contact("alice@example.org")
    (first,) = await alice.says("look", file=tmp_path / "note.txt")
    assert (first.text, first.quoted_text) == ("|tea", "look")
    assert (first.file_name, first.content) == ("copy.txt", b"tea")
    (second,) = await alice.says("and?", quote=first)
    assert second.text == "|tea|?"


async def test_time_passes_only_as_far_as_told_and_jobs_are_done_then(
    bot_tester: RunBot, on_real_core: bool
) -> None:
    bot, done = Bot(), []

    @bot.on_startup()
    async def begin(startup: Startup) -> None:
        await startup.schedule.every(timedelta(hours=1), "hour")

    @bot.on_schedule("hour")
    async def strike(job: Job[None]) -> None:
        done.append(job.run.due)

    tester = await bot_tester(bot, real_core=on_real_core)
    await tester.advance(timedelta(minutes=59))
    assert done == []
    await tester.advance(timedelta(hours=5))
    assert len(done) == 5
    assert len({*done}) == 5
    await tester.restart()
    await tester.advance(timedelta(hours=1))
    assert len(done) == 6


async def test_a_bot_that_cannot_start_says_so(bot_tester: RunBot) -> None:
    bot = Bot()
    for _ in range(2):
        bot.command("same")(chatty_command)
    with pytest.raises(BadBot, match="same"):
        await bot_tester(bot)


async def chatty_command(message: Message) -> None:
    await message.reply("the same")


async def test_who_waits_for_a_word_that_never_comes_is_told(
    bot_tester: RunBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    alice = (await bot_tester(Bot(), real_core=False)).contact("alice@example.org")
    monkeypatch.setattr(stage, "SECONDS", 0.01)
    with pytest.raises(AssertionError, match="The bot has not said anything within"):
        await alice.hears()


async def test_the_fake_core_says_that_it_plays_no_apps(bot_tester: RunBot) -> None:
    alice = (await bot_tester(chatty(), real_core=False)).contact("alice@example.org")
    (reply,) = await alice.says("app")
    with pytest.raises(AssertionError, match="real_core=True"):
        await alice.uses(reply, {"score": 1})
