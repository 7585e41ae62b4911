"""``vestnik bot``: the same for a file or a module."""

import signal
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.bot.command_line.conftest import ECHO
from tests.cli.conftest import Outcome, Running, RunningRelay, children_of

Vestnik = Callable[..., Outcome]
Start = Callable[..., Running]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder to be in, with a bot."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(tmp_path)
    (tmp_path / "echo_bot.py").write_text(ECHO)
    return tmp_path


def until(running: Running, words: str) -> None:
    """Wait for a line of the log."""
    while words not in (line := running.error_line()):
        assert line, running.end()


def test_a_bot_is_served_from_its_file_and_ends_by_sigterm(
    folder: Path, vestnik: Vestnik, start: Start, relay_command: RunningRelay
) -> None:
    made = vestnik("bot", "init", "echo_bot.py", relay_command.code, "--name", "Echo")
    assert made.out == f"1\t{relay_command.address}\tEcho\n"
    assert vestnik("bot", "list", "echo_bot:bot").out == made.out
    running = start("bot", "serve", "echo_bot.py:bot")
    until(running, "serving 1 account")
    assert running.end().exit_code == 143


def test_with_reload_a_change_starts_it_anew_and_ctrl_c_ends_all(
    folder: Path, vestnik: Vestnik, start: Start, relay_command: RunningRelay
) -> None:
    vestnik("bot", "init", "echo_bot.py", relay_command.code)
    running = start("bot", "serve", "echo_bot.py", "--reload")
    until(running, "serving 1 account")
    (folder / "echo_bot.py").write_text(ECHO + "oops = (\n")
    until(running, "starting anew: ")
    until(running, "echo_bot.py is not Python: '(' was never closed")
    (folder / "echo_bot.py").write_text(ECHO)
    until(running, "serving 1 account")
    (bot,) = children_of(running.process.pid)
    (core,) = children_of(bot)
    ended = running.end(signal.SIGINT)
    assert ended.exit_code == 130
    assert "Traceback" not in ended.err
    assert not any(Path(f"/proc/{process}").exists() for process in (bot, core))


@pytest.mark.parametrize(
    ("target", "code", "words"),
    [
        ("absent.py", "", "There is no file absent.py"),
        ("absent_module:bot", "", "There is no module 'absent_module' here"),
        ("a.py", "bot = (\n", "a.py is not Python: '(' was never closed"),
        ("a.py", "x = 1\n", "There is no bot in a.py"),
        ("a.py", "from vestnik.bot import Bot\na = Bot()\nb = Bot()\n", "several bots in a.py"),
        (
            "a.py",
            "from vestnik.bot import Bot\na = Bot()\n@a.on_message()\ndef f(message): ...\n",
            "must be declared with `async def`",
        ),
    ],
)
@pytest.mark.parametrize("command", ["list", "serve"])
def test_a_file_that_cannot_be_loaded_is_one_sentence(
    folder: Path, start: Start, vestnik: Vestnik, command: str, target: str, code: str, words: str
) -> None:
    if code:
        (folder / "a.py").write_text(code)
    outcome = vestnik("bot", command, target)
    assert outcome.exit_code == 2
    assert words in outcome.sentence


def test_the_unit_starts_the_same_bot(folder: Path, vestnik: Vestnik) -> None:
    unit = vestnik("bot", "systemd", "echo_bot.py", "--drain-seconds", "30").out
    assert f"-m vestnik bot serve {folder}/echo_bot.py --drain-seconds 30\n" in unit
    assert f"WorkingDirectory={folder}\n" in unit
    assert f'Environment="VESTNIK_ACCOUNTS={folder}/accounts"\n' in unit
    assert "TimeoutStopSec=40\n" in unit
