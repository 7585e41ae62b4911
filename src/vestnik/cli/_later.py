"""Commands that are brought in when somebody runs them, so that no command waits for another's."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module

import typer
from typer.core import TyperCommand, TyperGroup

__all__ = ["LaterCommand", "commands_later"]


class LaterCommand(TyperCommand):
    """Stands for the command of a module until it is run.

    Args:
        name: Of the command, and of its module in `vestnik.cli`.
        help: The line about it in the list of all commands.
    """

    def __init__(self, name: str, help: str) -> None:
        super().__init__(name, help=help)
        self._module = f"vestnik.cli.{name.replace('-', '_')}"
        # Of the stand-in itself, since the base class calls it by the instance; a method that was
        # overridden would need all of typer's parameters spelled out again.
        self.make_context = lambda *given, **more: self.load().make_context(*given, **more)  # type: ignore[method-assign]

    def load(self) -> TyperCommand | TyperGroup:
        """Bring in the command itself."""
        name = str(self.name)
        module = import_module(self._module)
        alone = typer.Typer(add_completion=False, pretty_exceptions_enable=False)
        if hasattr(module, "app"):
            alone.add_typer(module.app, name=name)
            group = typer.main.get_command(alone)
            assert isinstance(group, TyperGroup)
            found = group.commands[name]
        else:
            alone.command(name)(getattr(module, name))
            found = typer.main.get_command(alone)
        assert isinstance(found, TyperCommand | TyperGroup)
        return found


def commands_later(table: Mapping[str, str]) -> type[TyperGroup]:
    """Return the kind of group that has these commands.

    Args:
        table: The line about each, by its name.
    """

    class LaterGroup(TyperGroup):
        def __init__(self, **settings: object) -> None:
            super().__init__(**settings)  # type: ignore[arg-type]  # typer's own, whatever it gives
            self.commands = {name: LaterCommand(name, help) for name, help in table.items()}

    return LaterGroup
