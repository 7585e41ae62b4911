from __future__ import annotations

import ast
from pathlib import Path

import pytest

import vestnik.bot

BOT = Path(vestnik.bot.__file__).parent
ROOMS = ["filters", "commands", "routing"]
FORBIDDEN = ("objects", "intake", "outbox", "store", "ledger")


@pytest.mark.parametrize("room", ROOMS)
def test_public_names_are_there_once(room: str) -> None:
    package = __import__(f"vestnik.bot.{room}", fromlist=["__all__"])
    assert all(hasattr(package, name) for name in package.__all__)
    assert len(set(package.__all__)) == len(package.__all__)


@pytest.mark.parametrize("room", ROOMS)
def test_nothing_here_imports_what_does_input_and_output(room: str) -> None:
    for path in (BOT / room).glob("*.py"):
        for name in imported(path):
            assert not name.startswith(tuple(f"vestnik.bot.{one}" for one in FORBIDDEN)), path


def test_filters_know_neither_commands_nor_routing_and_commands_no_routing() -> None:
    for path in (BOT / "filters").glob("*.py"):
        assert not any("bot.commands" in name or "bot.routing" in name for name in imported(path))
    for path in (BOT / "commands").glob("*.py"):
        assert not any("bot.routing" in name for name in imported(path))


def imported(path: Path) -> list[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return [
        node.module
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module is not None
    ]
