"""Routers from other packages."""

import sys
from collections.abc import Callable, Iterator
from importlib.metadata import EntryPoint
from pathlib import Path

import pytest

from vestnik.bot import Bot
from vestnik.errors import BadBot, BadInput

Install = Callable[..., None]

PLUGINS = """
from vestnik.bot import Message, Router

router = Router("weather")
number = 42


@router.command("weather")
async def weather(message: Message) -> None: ...


def extend(bot) -> None:
    @bot.command("news")
    async def news(message: Message) -> None: ...


def fail(bot) -> None:
    raise ValueError("no key for\\nthe news")
"""


@pytest.fixture
def install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Install]:
    """Installs entry points of a package."""
    (tmp_path / "plugins_for_bots.py").write_text(PLUGINS)
    monkeypatch.syspath_prepend(tmp_path)

    def points(**objects: str) -> None:
        found = [
            EntryPoint(name, f"plugins_for_bots:{value}", "vestnik.bots")
            for name, value in objects.items()
        ]
        monkeypatch.setattr("vestnik.bot.plugins.entry_points", lambda group: found)

    yield points
    sys.modules.pop("plugins_for_bots", None)


def commands(bot: Bot) -> set[str]:
    return {command.name for router in bot.walk() for command in router.commands}


def test_a_router_is_included_and_a_function_is_called_with_the_bot(install: Install) -> None:
    install(weather="router", news="extend")
    bot = Bot()
    bot.load_plugins()
    assert commands(bot) == {"weather", "news"}


def test_only_the_named_ones_are_taken(install: Install) -> None:
    install(weather="router", news="extend")
    bot = Bot()
    bot.load_plugins("news")
    assert commands(bot) == {"news"}


def test_without_any_the_bot_stays_as_it_is() -> None:
    bot = Bot()
    bot.load_plugins()
    assert commands(bot) == set()


def test_a_plugin_that_is_not_installed_is_one_sentence(install: Install) -> None:
    install(weather="router")
    with pytest.raises(BadInput, match=r"There is no plugin 'wether': there are weather\."):
        Bot().load_plugins("wether")


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ("absent", "AttributeError: module 'plugins_for_bots' has no attribute 'absent'"),
        ("number", "is neither a router nor a function that takes the bot"),
        ("fail", "ValueError: no key for the news"),
    ],
)
def test_a_plugin_that_cannot_be_used_is_one_sentence(
    install: Install, value: str, words: str
) -> None:
    install(broken=value)
    with pytest.raises(BadBot) as raised:
        Bot().load_plugins()
    assert str(raised.value).startswith("The plugin 'broken' cannot be used: ")
    assert words in str(raised.value)


def test_a_plugin_that_is_there_already_is_one_sentence(install: Install) -> None:
    install(weather="router")
    bot = Bot()
    bot.load_plugins()
    with pytest.raises(BadBot, match="'weather' is included in 'bot' already"):
        bot.load_plugins()
