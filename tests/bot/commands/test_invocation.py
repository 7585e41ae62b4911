from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.bot.routing.fakes import FakeMessage
from vestnik.bot.commands import Invocation, IsCommand, is_mentioned, parse_invocation
from vestnik.errors import BadBot


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("/add 1 2", Invocation("/", "add", "", "1 2")),
        ("  /add  1 2 \n", Invocation("/", "add", "", "1 2")),
        ("/add\n1\n2", Invocation("/", "add", "", "1\n2")),
        ("/help@echo", Invocation("/", "help", "echo", "")),
        ("/help@echo@example.org me", Invocation("/", "help", "echo@example.org", "me")),
        ("/помощь", Invocation("/", "помощь", "", "")),
        ("add 1 2", None),
        ("/", None),
        ("/ add", None),
        ("//add", None),
        ("/tmp/file", None),
        ("/5", None),
        ("/@echo", None),
        ("", None),
    ],
)
def test_a_command_is_told_from_a_text(text: str, expected: Invocation | None) -> None:
    assert parse_invocation(text) == expected


def test_the_longest_prefix_counts() -> None:
    assert parse_invocation("!!add", ("!", "!!")) == Invocation("!!", "add", "", "")
    assert parse_invocation("!add", ("!", "!!")) == Invocation("!", "add", "", "")


@given(st.text(), st.lists(st.text(min_size=1), min_size=1).map(tuple))
def test_no_text_disturbs_it(text: str, prefixes: tuple[str, ...]) -> None:
    called = parse_invocation(text, prefixes)
    if called is not None:
        assert text.strip().startswith(called.prefix + called.name)
        assert text.strip().endswith(called.arguments)


@pytest.mark.parametrize("mention", ["echobot", "EchoBot", "Echo_Bot", "echo@example.org"])
def test_a_bot_knows_its_name_as_people_type_it(mention: str) -> None:
    assert is_mentioned(mention, ("Echo Bot", "echo@example.org"))
    assert not is_mentioned(mention, ("Other Bot",))


async def test_a_filter_finds_a_command_in_a_message() -> None:
    start, message = IsCommand("start", "begin"), FakeMessage(text="/Begin now")
    assert await start.matches(message)
    assert message[start] == Invocation("/", "Begin", "", "now")
    assert not await start.matches(FakeMessage(text="/end"))
    assert await IsCommand().matches(FakeMessage(text="/end"))
    assert await IsCommand("end", prefixes=("!",)).matches(FakeMessage(text="!end"))


def test_a_filter_for_a_command_is_given_its_name_without_prefix() -> None:
    with pytest.raises(BadBot, match="give its name without prefix"):
        IsCommand("/start")
