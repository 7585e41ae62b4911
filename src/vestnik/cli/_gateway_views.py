"""How things of a gateway are printed: tables for people, tabs for pipes, JSON for programs."""

from __future__ import annotations

import datetime
import sys
from collections.abc import Iterable, Mapping

import msgspec
import typer

__all__ = ["moment", "one_line", "print_next", "print_rows", "print_secret", "print_thing", "yes"]


def print_rows(
    rows: Iterable[tuple[msgspec.Struct, Mapping[str, str]]], *, as_json: bool, nothing: str
) -> None:
    """Print a list.

    Args:
        rows: Each thing, and its cells by the headings of their columns.
        as_json: Print the things themselves, one a line.
        nothing: What to tell a person if there is none.
    """
    rows = list(rows)
    if as_json:
        for thing, _ in rows:
            typer.echo(msgspec.json.encode(thing).decode())
    elif not rows:
        typer.echo(nothing, err=True)
    elif sys.stdout.isatty():
        _print_table([cells for _, cells in rows])
    else:
        for _, cells in rows:
            typer.echo("\t".join(map(one_line, cells.values())))


def print_thing(
    thing: msgspec.Struct, *, as_json: bool, if_none: Mapping[str, str] | None = None
) -> None:
    """Print one thing, a line for each of its fields.

    Args:
        if_none: What it means for people that a field is empty, where that means something.
    """
    if as_json:
        typer.echo(msgspec.json.encode(thing).decode())
        return
    for name in thing.__struct_fields__:
        value = getattr(thing, name)
        if name.endswith(("created", "since", "planned", "due", "begun")):
            value = moment(value)
        if value is None:
            value = (if_none or {}).get(name)
        typer.echo(f"{name}\t{one_line(_shown(value))}")


def print_secret(secret: str, explanation: str) -> None:
    """Print a secret alone on stdout, so that a shell can take it; the rest goes to stderr."""
    typer.echo(explanation, err=True)
    typer.echo(secret)


def print_next(command: str) -> None:
    """Tell a person on stderr what comes next."""
    typer.echo(f"next: {command}", err=True)


def moment(milliseconds: int | None) -> str:
    """Return a moment as people read it, in UTC; 0 is none."""
    if not milliseconds:
        return "-"
    when = datetime.datetime.fromtimestamp(milliseconds / 1000, datetime.UTC)
    return when.strftime("%Y-%m-%d %H:%M:%SZ")


def yes(value: bool) -> str:
    """Return a word for a truth."""
    return "yes" if value else "no"


def _shown(value: object) -> str:
    if value is None:
        return "-"
    if isinstance(value, bool):
        return yes(value)
    if isinstance(value, str | int | float):
        return str(value)
    return msgspec.json.encode(value).decode()


def _print_table(rows: list[Mapping[str, str]]) -> None:
    from rich.console import Console  # only a terminal needs it, and it takes its time to load
    from rich.markup import escape
    from rich.table import Table

    table = Table(*rows[0])
    for cells in rows:
        table.add_row(*(escape(one_line(cell)) for cell in cells.values()))
    Console().print(table)


def one_line(text: str) -> str:
    """Keep what others wrote from moving the cursor of a terminal."""
    return "".join(char if char.isprintable() else "�" for char in text)
