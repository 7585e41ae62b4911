"""Commands as a person runs them: whole processes, or at least the whole of `main`."""

from __future__ import annotations

import contextlib
import logging
import re
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

SECONDS = 60.0


@dataclass(frozen=True)
class Outcome:
    """How a command ended."""

    exit_code: int
    out: str
    err: str

    @property
    def sentence(self) -> str:
        """The one line on stderr that a failing command leaves."""
        lines = [line for line in self.err.splitlines() if line.startswith("vestnik: ")]
        assert len(lines) == 1, self.err
        assert "Traceback" not in self.err
        return lines[0].removeprefix("vestnik: ")


def children_of(pid: int) -> list[int]:
    """The processes that a process has started and that are still there."""
    return [int(path.name) for path in Path("/proc").glob("[0-9]*") if _parent(path) == pid]


def _parent(process: Path) -> int | None:
    with contextlib.suppress(FileNotFoundError, ProcessLookupError):
        # The name before it may hold anything, even parentheses.
        return int((process / "stat").read_text().rpartition(")")[2].split()[1])
    return None


class Running:
    """A command that goes on until it is told to stop."""

    def __init__(self, *arguments: str, program: tuple[str, ...] = ("-m", "vestnik")) -> None:
        self.process = subprocess.Popen(
            [sys.executable, *program, *arguments],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def line(self) -> str:
        """Wait for the next line of output."""
        assert self.process.stdout is not None
        return self.process.stdout.readline().rstrip("\n")

    def error_line(self) -> str:
        """Wait for the next line on stderr."""
        assert self.process.stderr is not None
        return self.process.stderr.readline().rstrip("\n")

    def end(self, by: signal.Signals = signal.SIGTERM) -> Outcome:
        """Send a signal and see how it ends."""
        self.process.send_signal(by)
        out, err = self.process.communicate(timeout=SECONDS)
        return Outcome(self.process.returncode, out, err)


@pytest.fixture
def start() -> Iterator[Callable[..., Running]]:
    """Starts commands in the background; none outlives the test."""
    started: list[Running] = []

    def run(*arguments: str, program: tuple[str, ...] = ("-m", "vestnik")) -> Running:
        started.append(Running(*arguments, program=program))
        return started[-1]

    yield run
    for command in started:
        if command.process.poll() is None:
            command.process.kill()
        command.process.communicate()


@pytest.fixture
def vestnik(
    capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Callable[..., Outcome]:
    """Runs a command to its end, in this process for speed."""
    from vestnik.cli import main

    # A command that logs writes to this test's stderr, which no later test has.
    log = logging.getLogger()
    monkeypatch.setattr(log, "handlers", log.handlers[:])
    monkeypatch.setattr(log, "level", log.level)

    def run(*arguments: str) -> Outcome:
        monkeypatch.setattr(sys, "argv", ["vestnik", *arguments])
        with pytest.raises(SystemExit) as exit_:
            main()
        captured = capfd.readouterr()
        code = exit_.value.code
        assert isinstance(code, int | None)
        return Outcome(code or 0, captured.out, captured.err)

    return run


@dataclass(frozen=True)
class RunningRelay:
    """What `vestnik relay` printed."""

    code: str
    http_port: int

    @property
    def address(self) -> str:
        found = re.match(r"dclogin:([^?]+)", self.code)
        assert found is not None
        return found[1]


@pytest.fixture
def relay_command(start: Callable[..., Running]) -> RunningRelay:
    """A relay as a command of its own."""
    running = start("relay")
    code = running.line()
    assert running.process.stderr is not None
    port = re.search(r":(\d+)/new", running.process.stderr.readline())
    assert port is not None
    return RunningRelay(code, int(port[1]))
