"""Command lines of bots, as a person runs them."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.conftest import SECONDS, Outcome, Running, RunningRelay, relay_command, start

__all__ = ["BotFile", "Start", "relay_command", "start"]

Start = Callable[..., Running]

ECHO = """
from vestnik.bot import Bot, Message

bot = Bot("echo")


@bot.on_message()
async def echo(message: Message) -> None:
    await message.reply(message.text)


if __name__ == "__main__":
    bot.run()
"""


class BotFile:
    """``bot.py`` in a folder, with accounts beside it."""

    def __init__(self, folder: Path, code: str = ECHO) -> None:
        self.folder = folder
        self.path = folder / "bot.py"
        self.accounts = folder / "accounts"
        self.path.write_text(code)

    @property
    def options(self) -> list[str]:
        """What tells a command where the accounts are."""
        return ["--accounts", str(self.accounts)]

    def __call__(self, *arguments: str) -> Outcome:
        """Run ``python bot.py …`` to its end."""
        ended = subprocess.run(
            [sys.executable, str(self.path), *arguments, *self.options],
            capture_output=True,
            text=True,
            timeout=SECONDS,
            stdin=subprocess.DEVNULL,
            check=False,
        )
        return Outcome(ended.returncode, ended.stdout, ended.stderr)

    def sentence(self, *arguments: str, exit_code: int) -> str:
        """Run a command that fails, and return the one sentence that it says."""
        outcome = self(*arguments)
        assert outcome.exit_code == exit_code, outcome
        assert "Traceback" not in outcome.err
        lines = [line for line in outcome.err.splitlines() if line.startswith("bot.py: ")]
        assert len(lines) == 1, outcome.err
        return lines[0].removeprefix("bot.py: ")


@pytest.fixture
def bot_file(tmp_path: Path) -> BotFile:
    """A bot that echoes, without an account."""
    return BotFile(tmp_path)


@pytest.fixture
def echo_bot(bot_file: BotFile, relay_command: RunningRelay) -> BotFile:
    """A bot that echoes, with an account on a relay."""
    made = bot_file("init", relay_command.code, "--name", "Echo")
    assert made.exit_code == 0, made.err
    return bot_file
