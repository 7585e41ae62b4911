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
TERMINATED = 128 + signal.SIGTERM


def run(main: Coroutine[object, object, T]) -> T:
    """Run a command to its end; SIGTERM and Ctrl-C cancel it and let it clean up.

    Raises:
        typer.Exit: It was ended by a signal.
    """
    try:
        with asyncio.Runner(loop_factory=_loop_factory()) as runner:
            return runner.run(_ending_on_sigterm(main))
    except KeyboardInterrupt:
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


async def _ending_on_sigterm(main: Coroutine[object, object, T]) -> T:
    task = asyncio.current_task()
    assert task is not None
    terminated = False

    def terminate() -> None:
        nonlocal terminated
        terminated = True
        task.cancel()

    with contextlib.suppress(NotImplementedError):  # Windows has no such handlers
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, terminate)
    try:
        return await main
    except asyncio.CancelledError:
        if terminated:
            raise typer.Exit(TERMINATED) from None
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
