"""``vestnik talk``: a person for a bot to talk to."""

import os
import pty
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO

import pytest

from tests.bot.command_line.conftest import ECHO
from tests.cli.conftest import Outcome, Running

Vestnik = Callable[..., Outcome]
Start = Callable[..., Running]

SECONDS = 60.0


@pytest.fixture
def codes(start: Start) -> list[str]:
    """Codes of two accounts on a relay: for a bot and for a person."""
    relay = start("relay", "--accounts-to-make", "2")
    return [relay.line(), relay.line()]


@pytest.fixture
def invite(
    codes: list[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    vestnik: Vestnik,
    start: Start,
) -> str:
    """The invite link of an echo bot that runs."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "echo_bot.py").write_text(ECHO)
    vestnik("bot", "init", "echo_bot.py", codes[0], "--name", "Echo")
    link = next(word for word in vestnik("bot", "link", "echo_bot.py").out.split() if "#" in word)
    bot = start("bot", "serve", "echo_bot.py")
    while "serving" not in bot.error_line():
        pass
    return link


@pytest.fixture
def talking(codes: list[str], invite: str) -> Iterator[Callable[..., subprocess.Popen[str]]]:
    """Starts conversations; none outlives the test."""
    started: list[subprocess.Popen[str]] = []

    def start(stdin: int | IO[str], *options: str) -> subprocess.Popen[str]:
        command = [sys.executable, "-m", "vestnik", "talk", invite, "--code", codes[1], *options]
        started.append(
            subprocess.Popen(
                command, stdin=stdin, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
            )
        )
        return started[-1]

    yield start
    for process in started:
        process.kill()
        process.communicate()


def test_lines_of_a_pipe_are_answered_and_that_is_the_end(
    talking: Callable[..., subprocess.Popen[str]],
) -> None:
    talk = talking(subprocess.PIPE, "--seconds", "30")
    out, err = talk.communicate("hello\n\nпривет", timeout=SECONDS)
    assert out == "Echo: hello   🔒\nEcho: привет   🔒\n"
    assert "both sides are verified" in err
    assert talk.returncode == 0


def test_a_bot_that_does_not_answer_is_a_failure(
    talking: Callable[..., subprocess.Popen[str]], tmp_path: Path
) -> None:
    (tmp_path / "lines").write_text("hello\n")
    with (tmp_path / "lines").open() as lines:
        talk = talking(lines, "--seconds", "0")
        out, _ = talk.communicate(timeout=SECONDS)
    assert (out, talk.returncode) == ("", 1)


def test_on_a_terminal_one_types_and_ctrl_d_ends(
    talking: Callable[..., subprocess.Popen[str]],
) -> None:
    ours, theirs = pty.openpty()
    talk = talking(theirs)
    os.close(theirs)
    assert talk.stdout is not None
    os.write(ours, b"hello\n")
    assert talk.stdout.readline() == "Echo: hello   🔒\n"
    os.write(ours, b"\x04")
    assert talk.wait(SECONDS) == 0
    os.close(ours)


@pytest.mark.parametrize(
    ("invite", "code", "exit_code", "words"),
    [
        ("https://example.org", "dcaccount:a.b", 2, "'https://example.org' is no invite link"),
        ("https://i.delta.chat/#x", "nonsense", 2, "'nonsense' is no account code"),
        ("OPENPGP4FPR:x", "dclogin:a@b.c", 1, "could not be configured: invalid DCLOGIN"),
    ],
)
def test_what_cannot_work_is_one_sentence(
    vestnik: Vestnik, invite: str, code: str, exit_code: int, words: str
) -> None:
    outcome = vestnik("talk", invite, "--code", code)
    assert outcome.exit_code == exit_code
    assert words in outcome.sentence
