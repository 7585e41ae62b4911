"""How every command runs: one event loop, a clean end, errors as sentences."""

from __future__ import annotations

import asyncio
import contextlib
import signal
import sys
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from typing import TypeVar

import typer

from vestnik.errors import VestnikError

__all__ = ["errors_as_sentences", "run"]

T = TypeVar("T")

INTERRUPTED = 128 + signal.SIGINT


def run(main: Coroutine[object, object, T]) -> T:
    """Run a command to its end; SIGTERM and Ctrl-C cancel it and let it clean up.

    A second signal cancels the cleaning up, too; a third Ctrl-C ends the process wherever it is.

    Raises:
        typer.Exit: It was ended by a signal.
    """
    try:
        with asyncio.Runner(loop_factory=_loop_factory()) as runner:
            return runner.run(_ending_on_signals(main))
    except KeyboardInterrupt:  # where a loop cannot handle signals
        raise typer.Exit(INTERRUPTED) from None


@contextmanager
def errors_as_sentences(program: str = "vestnik") -> Iterator[None]:
    """Print an error of ours as one sentence and exit with its code; others are bugs.

    Args:
        program: What the person typed, to begin the sentence with.
    """
    try:
        yield
    except (VestnikError, BaseExceptionGroup) as problem:
        error = _first_of_ours(problem)
        if error is None:
            raise
        typer.echo(f"{program}: {error}", err=True)
        sys.exit(error.exit_code)


async def _ending_on_signals(main: Coroutine[object, object, T]) -> T:
    task = asyncio.current_task()
    assert task is not None
    received: list[signal.Signals] = []

    def end(number: signal.Signals) -> None:
        received.append(number)
        if received.count(signal.SIGINT) > 1:
            asyncio.get_running_loop().remove_signal_handler(signal.SIGINT)
            signal.signal(signal.SIGINT, signal.SIG_DFL)
        task.cancel()

    # Left to Python, a second Ctrl-C would be an exception in whatever code runs just then, and
    # some of that catches everything.
    with contextlib.suppress(NotImplementedError):  # Windows has no such handlers
        for number in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(number, end, number)
    try:
        return await main
    except asyncio.CancelledError:
        if received:
            raise typer.Exit(128 + received[-1]) from None
        raise


def _first_of_ours(problem: BaseException) -> VestnikError | None:
    """Find the sentence for a person in what a task group may have wrapped."""
    if isinstance(problem, BaseExceptionGroup):
        found = map(_first_of_ours, problem.exceptions)
        return next(filter(None, found), None)
    return problem if isinstance(problem, VestnikError) else None


def _loop_factory() -> Callable[[], asyncio.AbstractEventLoop] | None:
    try:
        import uvloop
    except ImportError:
        return None
    return uvloop.new_event_loop
