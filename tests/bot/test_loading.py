"""From what a person types to the bot."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from vestnik.bot.loading import Target, load_bot, refuse_to_run_while_loading
from vestnik.errors import BadBot, BadInput, VestnikError

ONE_BOT = "from vestnik.bot import Bot\nbot = Bot('one')\n"
TWO_BOTS = "from vestnik.bot import Bot\nshop = Bot('shop')\nnews = Bot('news')\nname = 'x'\n"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder to be in, whose modules are forgotten afterwards."""
    before = set(sys.modules)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", [*sys.path])
    yield tmp_path
    for name in set(sys.modules) - before:
        del sys.modules[name]


@pytest.mark.parametrize("text", ["one_bot.py", "./one_bot.py", "one_bot.py:bot", "one_bot:bot"])
def test_a_bot_is_found_in_its_file_or_module(folder: Path, text: str) -> None:
    (folder / "one_bot.py").write_text(ONE_BOT)
    assert load_bot(text).name == "one"


def test_a_bot_that_has_two_names_is_one_bot(folder: Path) -> None:
    (folder / "one_bot.py").write_text(ONE_BOT + "also = bot\n")
    assert load_bot("one_bot.py").name == "one"


def test_a_bot_imports_what_lies_beside_it(folder: Path) -> None:
    (folder / "shop").mkdir()
    (folder / "shop" / "names_of_bots.py").write_text("NAME = 'from beside'\n")
    (folder / "shop" / "bot.py").write_text(
        "from names_of_bots import NAME\nfrom vestnik.bot import Bot\nbot = Bot(NAME)\n"
    )
    assert load_bot("shop/bot.py").name == "from beside"


def test_the_file_is_not_the_main_module(folder: Path) -> None:
    (folder / "one_bot.py").write_text(ONE_BOT + "if __name__ == '__main__':\n    bot.run()\n")
    assert load_bot("one_bot.py").name == "one"


def test_of_several_bots_the_named_one_is_taken(folder: Path) -> None:
    (folder / "two_bots.py").write_text(TWO_BOTS)
    assert load_bot("two_bots.py:news").name == "news"


@pytest.mark.parametrize(
    ("text", "code", "kind", "sentence"),
    [
        ("absent.py", None, BadInput, "There is no file absent.py: give the file that your bot is"),
        (".", None, BadInput, "There is no module '.' here"),
        ("", None, BadInput, "There is no module '' here"),
        ("absent_module:bot", None, BadInput, "There is no module 'absent_module' here"),
        ("a.py", "bot = (\n", BadBot, "a.py is not Python: '(' was never closed"),
        ("a.py", "import no_such_thing\n", BadBot, "No module named 'no_such_thing' ("),
        ("a.py", "x = 1\n\n1 / 0\n", BadBot, "ZeroDivisionError: division by zero ("),
        ("a.py", "raise SystemExit\n", BadBot, "a.py cannot be loaded: SystemExit"),
        ("a.py", "x = 1\n", BadBot, "There is no bot in a.py: write `bot = Bot()` in it."),
        ("a.py", TWO_BOTS, BadBot, "There are several bots in a.py (shop, news): say which, a.py:"),
        ("a.py:name", TWO_BOTS, BadBot, "a.py has no bot but str under the name 'name'."),
        ("a.py:absent", TWO_BOTS, BadBot, "a.py has nothing under the name 'absent'."),
        ("a.py", ONE_BOT + "bot.run()\n", BadBot, "runs its bot while it is imported"),
    ],
)
def test_what_cannot_be_loaded_is_one_sentence(
    folder: Path, text: str, code: str | None, kind: type[VestnikError], sentence: str
) -> None:
    if code is not None:
        (folder / "a.py").write_text(code)
    with pytest.raises(kind) as raised:
        load_bot(text)
    assert sentence in str(raised.value)
    assert "\n" not in str(raised.value)


@pytest.mark.parametrize(
    ("declaration", "words"),
    [
        ("@bot.on_message()\ndef wrong(message): ...\n", "must be declared with `async def`"),
        ("@bot.on_message()\nasync def wrong(): ...\n", "is called with (context)"),
        ("@bot.on_message('hi')\nasync def right(message): ...\n", "'hi' is no filter"),
    ],
)
def test_a_mistake_in_a_declaration_is_told_with_file_and_line(
    folder: Path, declaration: str, words: str
) -> None:
    (folder / "a.py").write_text(ONE_BOT + declaration)
    with pytest.raises(BadBot) as raised:
        load_bot("a.py")
    assert words in str(raised.value)
    assert str(folder / "a.py") in str(raised.value)
    assert "3" in str(raised.value).partition("a.py")[2]


def test_a_file_that_failed_is_loaded_anew_once_it_is_right(folder: Path) -> None:
    (folder / "a.py").write_text("1 / 0\n")
    with pytest.raises(BadBot):
        load_bot("a.py")
    (folder / "a.py").write_text(ONE_BOT)
    assert load_bot("a.py").name == "one"
    refuse_to_run_while_loading()


def test_a_drive_letter_is_no_name_of_a_file() -> None:
    target = Target(r"C:\bots\bot.py")
    assert (target.place, target.attribute) == (r"C:\bots\bot.py", "")
