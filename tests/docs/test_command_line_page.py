"""The page of the command line against the command line."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import typer
from typer.core import TyperGroup

from vestnik.cli import app
from vestnik.cli._later import LaterCommand

PAGE = (Path(__file__).parents[2] / "docs/reference/command-line.md").read_text()


def commands() -> Iterator[tuple[str, list[str]]]:
    root = typer.main.get_command(app)
    assert isinstance(root, TyperGroup)
    for name, later in root.commands.items():
        assert isinstance(later, LaterCommand)
        command = later.load()
        inner = command.commands if isinstance(command, TyperGroup) else {"": command}
        for inner_name, leaf in inner.items():
            options = [opt for param in leaf.params for opt in param.opts if opt.startswith("--")]
            yield f"{name} {inner_name}".strip(), options


@pytest.mark.parametrize(("command", "options"), list(commands()))
def test_every_command_and_option_is_on_the_page(command: str, options: list[str]) -> None:
    assert command in PAGE
    for option in options:
        assert option in PAGE or option.replace("--", "--no-") in PAGE, option
