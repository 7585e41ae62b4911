"""The page of the command line against the command line."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import typer
from typer.core import TyperCommand, TyperGroup

from vestnik.cli import app
from vestnik.cli._later import LaterCommand

PAGE = (Path(__file__).parents[2] / "docs/reference/command-line.md").read_text()


def commands() -> Iterator[tuple[str, list[str]]]:
    root = typer.main.get_command(app)
    assert isinstance(root, TyperGroup)
    for name, later in root.commands.items():
        assert isinstance(later, LaterCommand)
        yield from leaves(name, later.load())


def leaves(name: str, command: object) -> Iterator[tuple[str, list[str]]]:
    if isinstance(command, TyperGroup):
        for inner, leaf in command.commands.items():
            yield from leaves(f"{name} {inner}", leaf)
        return
    assert isinstance(command, TyperCommand)
    yield name, [opt for param in command.params for opt in param.opts if opt.startswith("--")]


@pytest.mark.parametrize(("command", "options"), list(commands()))
def test_every_command_and_option_is_on_the_page(command: str, options: list[str]) -> None:
    assert command in PAGE
    for option in options:
        assert option in PAGE or option.replace("--", "--no-") in PAGE, option
