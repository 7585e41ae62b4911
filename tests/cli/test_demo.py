"""`vestnik demo`: the main job, on real input."""

import fcntl
import json
import os
import pty
import subprocess
import sys
import termios
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.cli.conftest import Outcome, children_of

Vestnik = Callable[..., Outcome]


def test_the_report_counts_what_was_sent_and_what_came_back(vestnik: Vestnik) -> None:
    outcome = vestnik("demo", "--messages", "10", "--json")
    assert outcome.exit_code == 0
    report = json.loads(outcome.out)
    assert {key: report[key] for key in ("sent", "received", "lost", "duplicates")} == {
        "sent": 10,
        "received": 10,
        "lost": 0,
        "duplicates": 0,
    }
    assert report["warnings"] == []
    assert report["core_version"].startswith("v2.")
    told = report["notifications"]
    # One for each message, one for the SecureJoin, and one that was put in by HTTP.
    assert told == {"websocket": 12, "webhook": 12}
    rtt = report["rtt_ms"]
    assert 0 < rtt["p50"] <= rtt["p90"] <= rtt["max"]


def test_without_a_terminal_it_shows_everything_and_ends_by_itself(
    vestnik: Vestnik, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VESTNIK_DEMO_SECONDS", "0.1")
    outcome = vestnik("demo")
    assert outcome.exit_code == 0
    for part in (
        "✓ SecureJoin",
        "user → Hello, bot!",
        "bot  ← Hello, bot!   🔒",
        "bot core   IncomingMsg chatId=",
        "ws         2005 incoming_msg “Hello, bot!”",
        "webhook    2005 incoming_msg “Hello, bot!”",
        "http → POST /api/v1/notifications up_added",
        'ws         1 up_added {"upCount":1}',
        'webhook    1 up_added {"upCount":1}',
        "0 lost, 0 doubled",
        "next: your own bots",
    ):
        assert part in outcome.out
    assert outcome.err == ""


class Terminal:
    """A terminal with a person before it."""

    def __init__(self, *command: str) -> None:
        self._ours, theirs = pty.openpty()
        self.process = subprocess.Popen(
            command,
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
            start_new_session=True,
            # It is theirs, so that Ctrl-C in it is a signal for them.
            preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),
        )
        os.close(theirs)
        self._seen = b""

    def see(self, text: str) -> None:
        """Read until the text is on the screen; the test's timeout bounds the wait."""
        while text.encode() not in self._seen:
            self._seen += os.read(self._ours, 65536)
        self._seen = self._seen.partition(text.encode())[2]

    def type(self, text: str) -> None:
        os.write(self._ours, text.encode())

    def close(self) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        os.close(self._ours)


@pytest.fixture
def terminal() -> Iterator[Terminal]:
    terminal = Terminal(sys.executable, "-m", "vestnik", "demo")
    yield terminal
    terminal.close()


def test_on_a_terminal_a_person_can_type_to_the_bot_until_ctrl_d(terminal: Terminal) -> None:
    terminal.see("Now you")
    terminal.type("привет, я человек\n")
    terminal.see("user → привет, я человек")
    terminal.see("bot  ← привет, я человек   🔒")
    terminal.type("\x04")
    terminal.see("4 sent, 4 answered, 0 lost, 0 doubled")
    assert terminal.process.wait(timeout=30) == 0


def test_ctrl_c_ends_it_without_a_traceback_and_without_a_process_left(
    terminal: Terminal,
) -> None:
    terminal.see("SecureJoin")
    children = children_of(terminal.process.pid)
    assert len(children) == 2
    terminal.type("\x03")
    assert terminal.process.wait(timeout=30) == 130
    assert not any(Path(f"/proc/{child}").exists() for child in children)
