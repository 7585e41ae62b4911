"""Gateways for the tests of commands: as a process, and as a folder that nobody serves."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.cli.conftest import Outcome, Running

Vestnik = Callable[..., Outcome]
Start = Callable[..., Running]


@dataclass(frozen=True)
class Served:
    """A `vestnik serve` that has said where it is."""

    running: Running
    url: str
    websocket_url: str


def serve(start: Start, data: Path, *more: str) -> Served:
    running = start("serve", "--data", str(data), "--listen", "127.0.0.1:0", *more)
    line = running.line()
    found = re.fullmatch(r"gateway on (http://127\.0\.0\.1:\d+), WebSocket (ws://\S+)", line)
    assert found is not None, (line, running.process.stderr and running.process.stderr.read())
    return Served(running, found[1], found[2])


def said(vestnik: Vestnik, *arguments: str) -> str:
    """What a command prints that must not fail."""
    outcome = vestnik(*arguments)
    assert outcome.exit_code == 0, outcome.err
    return outcome.out.strip()


def objects(vestnik: Vestnik, *arguments: str) -> list[Any]:
    return [json.loads(line) for line in said(vestnik, *arguments, "--json").splitlines()]
