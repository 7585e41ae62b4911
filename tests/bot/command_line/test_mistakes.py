"""What an author can do wrong, as it is told by ``python bot.py``."""

import subprocess
import sys

import pytest

from tests.bot.command_line.conftest import ECHO, BotFile


def test_a_handler_that_is_not_asynchronous(bot_file: BotFile) -> None:
    bot_file.path.write_text(ECHO.replace("async def", "def").replace("await ", ""))
    said = bot_file.sentence("serve", exit_code=2)
    assert said == f"The handler echo ({bot_file.path}:7) must be declared with `async def`."


def test_a_handler_with_another_signature(bot_file: BotFile) -> None:
    bot_file.path.write_text(ECHO.replace("message: Message", "message: Message, more: str"))
    said = bot_file.sentence("serve", exit_code=2)
    assert "is called with (context), but it takes" in said
    assert f"{bot_file.path}:7" in said


def test_a_filter_that_is_none(bot_file: BotFile) -> None:
    bot_file.path.write_text(ECHO.replace("on_message()", 'on_message("hi")'))
    said = bot_file.sentence("serve", exit_code=2)
    assert said.startswith("'hi' is no filter: ")
    assert said.endswith(f"({bot_file.path}, line 7).")


def test_other_errors_of_the_file_stay_what_they_are(bot_file: BotFile) -> None:
    bot_file.path.write_text(ECHO.replace('bot = Bot("echo")', 'bot = Bot("echo")\n1 / 0'))
    ended = bot_file("serve")
    assert ended.exit_code == 1
    assert "ZeroDivisionError" in ended.err


def test_a_program_that_imports_a_bot_keeps_its_own_hook(bot_file: BotFile) -> None:
    code = f"import sys; sys.path.insert(0, {str(bot_file.folder)!r}); import bot"
    check = f"{code}; assert sys.excepthook is sys.__excepthook__"
    subprocess.run([sys.executable, "-c", check], check=True, timeout=60)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--per-minute", "0"], "lets nothing through"),
        (["--burst", "0"], "lets nothing through"),
    ],
)
def test_options_that_cannot_work(bot_file: BotFile, options: list[str], words: str) -> None:
    assert words in bot_file.sentence("serve", *options, exit_code=2)


def test_without_a_command_the_help_is_shown(bot_file: BotFile) -> None:
    ended = subprocess.run(
        [sys.executable, str(bot_file.path)],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert "serve" in ended.stdout + ended.stderr
    assert "Traceback" not in ended.stderr
