"""How long jobs show how far they have come: a bar on a terminal, plain lines elsewhere."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn

from vestnik.chatmail import Progress as CoreProgress
from vestnik.chatmail.accounts import OnProgress

__all__ = ["showing_progress"]


DONE = 1000


@contextmanager
def showing_progress(what: str) -> Iterator[OnProgress]:
    """Show on stderr how far `what` has come; yields the function to tell it to."""
    with _bar(what) if sys.stderr.isatty() else _lines(what) as on_progress:
        yield on_progress


@contextmanager
def _bar(what: str) -> Iterator[OnProgress]:
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TaskProgressColumn(),
        TimeElapsedColumn(),
        TextColumn("{task.fields[comment]}", style="dim"),
    )
    with Progress(*columns, console=Console(stderr=True)) as bar:
        task = bar.add_task(what, total=1000, comment="")

        def show(progress: CoreProgress) -> None:
            bar.update(task, completed=progress.permille, comment=progress.comment)

        yield show
        bar.update(task, completed=1000, comment="")


@contextmanager
def _lines(what: str) -> Iterator[OnProgress]:
    shown = -1

    def show(progress: CoreProgress) -> None:
        nonlocal shown
        tenths = progress.permille // 100
        if tenths != shown and 0 < progress.permille < DONE:
            shown = tenths
            typer.echo(f"{what}: {10 * tenths} % {progress.comment}".rstrip(), err=True)

    yield show
    typer.echo(f"{what}: done", err=True)
