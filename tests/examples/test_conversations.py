"""What the examples say, on the fake core and then on the real one with its relay."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from typing import Protocol

import pytest

from tests.examples.conftest import Load, bot_of, texts
from vestnik.testing import BotTester
from vestnik.testing.plugin import RunBot


class Run(Protocol):
    async def __call__(self, name: str) -> BotTester: ...


@pytest.fixture(params=[False, True], ids=["fake core", "real core"])
def run(request: pytest.FixtureRequest, bot_tester: RunBot, load: Load) -> Run:
    async def run_example(name: str) -> BotTester:
        return await bot_tester(bot_of(load(name)), real_core=request.param)

    return run_example


async def test_echo_says_what_it_hears(run: Run) -> None:
    tester = await run("echo")
    alice, bob = tester.contact("alice@example.org"), tester.contact("bob@example.org")
    (reply,) = await alice.says("Hello!")
    assert (reply.text, reply.quoted_text) == ("Hello!", "Hello!")
    assert texts(await bob.says("Привет!")) == ["Привет!"]
    assert texts(alice.inbox) == ["Hello!"]


async def test_commands_read_their_arguments_and_help_tells_of_them(run: Run) -> None:
    alice = (await run("commands")).contact("alice@example.org")
    assert texts(await alice.says("/add 2 3.5")) == ["5.5"]
    assert texts(await alice.says("/plus 2")) == ["3"]
    assert texts(await alice.says("/shout not so loud")) == ["NOT SO LOUD"]
    assert texts(await alice.says("/flip words one two")) == ["two one"]
    assert texts(await alice.says("/secret")) == ["The help does not tell of this."]
    assert texts(await alice.says("hm")) == ["Try /help."]
    (wrong,) = await alice.says("/add two")
    assert "two" in wrong.text
    (help_,) = await alice.says("/help")
    assert "Adds two numbers." in help_.text
    assert "secret" not in help_.text


async def test_a_form_is_filled_in_one_answer_at_a_time(run: Run) -> None:
    tester = await run("form")
    alice, bob = tester.contact("alice@example.org"), tester.contact("bob@example.org")
    assert texts(await alice.says("/start")) == ["What is your name?"]
    assert texts(await bob.says("/cancel")) == ["There is nothing to cancel."]
    assert texts(await alice.says("Alice")) == ["How old are you, Alice?"]
    await tester.restart()
    assert texts(await alice.says("old")) == ["Please give your age as a number, or /cancel."]
    assert texts(await alice.says("33")) == ["Alice is 33. Thank you!"]
    assert texts(await alice.says("34")) == []


async def test_a_reminder_comes_when_it_is_due_also_after_a_restart(run: Run) -> None:
    tester = await run("reminders")
    alice = tester.contact("alice@example.org")
    assert texts(await alice.says("/remind 5 tea")) == ["In 5 min."]
    assert texts(await alice.says("/remind 90 dinner")) == ["In 90 min."]
    await tester.advance(timedelta(minutes=5))
    assert texts(await alice.hears()) == ["⏰ tea"]
    await tester.restart()
    await tester.advance(timedelta(hours=2))
    assert texts(await alice.hears()) == ["⏰ dinner"]


async def test_good_morning_is_said_every_day(run: Run) -> None:
    tester = await run("reminders")
    alice = tester.contact("alice@example.org")
    assert texts(await alice.says("/morning")) == ["Until tomorrow."]
    await tester.advance(timedelta(days=3))
    assert texts(await alice.hears(3)) == ["⏰ Good morning!"] * 3


async def test_who_comes_is_greeted(run: Run) -> None:
    tester = await run("welcome")
    alice, bob = tester.contact("alice@example.org"), tester.contact("bob@example.org")
    (greeting,) = await alice.scans()
    assert greeting.text.startswith("Hello, Alice!")
    assert await alice.scans() == []
    group = await alice.makes_group("Friends")
    assert await alice.says("Hello, bot", to=group) == []
    assert texts(await alice.adds(bob, group)) == ["Welcome, Bob!"]
    await bob.leaves(group)
    assert texts(await alice.hears()) == ["Farewell, Bob."]


async def test_a_poll_shows_the_votes(run: Run) -> None:
    tester = await run("poll")
    alice, bob = tester.contact("alice@example.org"), tester.contact("bob@example.org")
    group = await alice.makes_group("Friends", bob)
    (poll,) = await alice.says("/poll Tea or coffee?; tea; coffee", to=group)
    assert poll.text == "📊 Tea or coffee?\n1️⃣ tea\n2️⃣ coffee"
    await alice.reacts(poll, "1️⃣")
    (bobs,) = bob.inbox
    await bob.reacts(bobs, "1️⃣")
    assert (await alice.sees(poll)).text == "📊 Tea or coffee?\n1️⃣ tea — 2\n2️⃣ coffee — 0"
    await alice.reacts(poll)
    assert (await bob.sees(bobs)).text == "📊 Tea or coffee?\n1️⃣ tea — 1\n2️⃣ coffee — 0"
    assert texts(await alice.says("/poll Tea?; yes")) == [
        "Give 2 to 9 answers, each after a semicolon."
    ]


async def test_a_table_comes_back_as_another_sort_of_file(run: Run, tmp_path: Path) -> None:
    alice = (await run("converter")).contact("alice@example.org")
    table = tmp_path / "towns.csv"
    table.write_text("town,people\nKöln,1073096\n", encoding="utf-8")
    (reply,) = await alice.says(file=table)
    assert (reply.text, reply.file_name) == ("1 rows", "towns.json")
    assert json.loads(reply.content) == [{"town": "Köln", "people": "1073096"}]
    table.write_bytes(b"\xff\xfe")
    assert "CSV in UTF-8" in (await alice.says(file=table))[0].text
    assert texts(await alice.says("hello")) == ["Send me a CSV file."]


async def test_admins_can_do_what_others_cannot(run: Run) -> None:
    tester = await run("admin")
    alice, bob = tester.contact("alice@example.org"), tester.contact("bob@example.org")
    assert texts(await bob.says("who am I?")) == ["A guest."]
    await alice.scans(await tester.admin_code())
    assert texts(await alice.says("who am I?")) == ["An admin."]
    assert texts(await alice.says("/users")) == ["2 people"]
    assert "2 will hear of it." in texts(await alice.says("/tell Good news"))
    assert texts(await bob.hears()) == ["Good news"]
    (refusal,) = await bob.says("/tell Bad news")
    assert "Bad news" not in texts(alice.inbox)
    assert refusal.text != "2 will hear of it."
    assert "/tell" not in (await bob.says("/help"))[0].text
