"""The real core as a subprocess.

Why not ``asyncio.create_subprocess_exec``: its streams cost a task switch a line, and its
``wait`` also waits for the pipes. A protocol hands each chunk on as it comes and tells the
exit and the closing of each pipe apart.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import re
import shutil
from collections import deque
from collections.abc import Callable, Coroutine, Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import cast

from vestnik.chatmail.transport import CoreReceiver
from vestnik.errors import CoreDied, CoreNotFound

__all__ = ["StdioTransport", "find_core_binary"]

BINARY_NAME = "deltachat-rpc-server"

CLOSE_SECONDS = 3.0
"""How long the core may take to stop its I/O after its input was closed."""

TERMINATE_SECONDS = 1.0
"""How long it may take after SIGTERM before it is killed."""

LINGER_SECONDS = 0.3
"""How long one of exit, output and error stream may trail the others before we stop waiting."""

STDERR_LINES = 20
STDERR_LINE_BYTES = 2000

STDIN, STDOUT, STDERR = 0, 1, 2

_ANSI = re.compile(r"\x1b\[[0-9;]*m")


def find_core_binary() -> Path:
    """Find the core that came with the package ``deltachat-rpc-server``, else the one on PATH.

    Raises:
        CoreNotFound: There is neither.
    """
    package = find_spec("deltachat_rpc_server")
    if package is not None and package.origin is not None:
        # The console script of the package is a Python program that only replaces itself by this.
        binary = Path(package.origin).with_name(BINARY_NAME)
        if binary.exists():
            return binary
    on_path = shutil.which(BINARY_NAME)
    if on_path is None:
        raise CoreNotFound(
            f"There is no {BINARY_NAME} on this machine: `pip install {BINARY_NAME}` brings it."
        )
    return Path(on_path)


class StdioTransport:
    """A `CoreTransport` over the pipes of a core process that it starts and ends."""

    def __init__(
        self,
        accounts_dir: Path,
        *,
        binary: Path | None = None,
        environment: Mapping[str, str] | None = None,
    ) -> None:
        """Prepare to run a core.

        Args:
            accounts_dir: Where the core keeps its accounts; made by the core if missing.
            binary: The core to run; by default what `find_core_binary` finds.
            environment: Variables for the core, on top of this process's own.
        """
        self._accounts_dir = accounts_dir
        self._binary = binary
        self._environment = environment or {}
        self._process: _CoreProcess | None = None

    @property
    def pid(self) -> int | None:
        """The process id of the core, once started."""
        return self._process.pid if self._process else None

    async def start(self, receiver: CoreReceiver) -> None:
        """Start the core in a session of its own, so that a Ctrl-C reaches us first."""
        binary = self._binary or find_core_binary()
        process = _CoreProcess(receiver, self._accounts_dir)
        try:
            await asyncio.get_running_loop().subprocess_exec(
                lambda: process, str(binary), env=self._core_environment(), start_new_session=True
            )
        except OSError as problem:
            raise CoreNotFound(
                f"The core {binary} cannot be run ({problem.strerror}): "
                f"`pip install --force-reinstall {BINARY_NAME}` brings a good one."
            ) from problem
        self._process = process

    @property
    def is_writable(self) -> bool:
        """Whether the core has taken enough of what was written."""
        return self._process is None or self._process.writable.is_set()

    def write(self, data: bytes) -> None:
        """Queue bytes for the core's input."""
        if self._process:
            self._process.write(data)

    async def drain(self) -> None:
        """Wait until the core has taken enough of what was written, or has ended."""
        if self._process:
            await self._process.writable.wait()

    async def stop(self) -> None:
        """End the core, bounded by `CLOSE_SECONDS` and `TERMINATE_SECONDS`, even when cancelled."""
        if self._process:
            await _see_through(self._process.shut_down(), self._process.kill)

    def _core_environment(self) -> dict[str, str]:
        ours = {"DC_ACCOUNTS_PATH": str(self._accounts_dir), "NO_COLOR": "1"}
        return {**os.environ, **ours, **self._environment}


class _CoreProcess(asyncio.SubprocessProtocol):
    """One process: passes its output on, keeps its last words, reports its end once."""

    def __init__(self, receiver: CoreReceiver, accounts_dir: Path) -> None:
        self._receiver = receiver
        self._accounts_dir = accounts_dir
        self._transport: asyncio.SubprocessTransport | None = None
        self._stdin: asyncio.WriteTransport | None = None
        self._stderr = _LastLines()
        self._linger: asyncio.TimerHandle | None = None
        self.pid: int | None = None
        self.writable = asyncio.Event()
        self._exited = asyncio.Event()
        self._ended = False

    # What asyncio tells us.

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # uvloop's transports have the methods without being the classes.
        self._transport = cast("asyncio.SubprocessTransport", transport)
        self._stdin = cast("asyncio.WriteTransport", self._transport.get_pipe_transport(STDIN))
        self.pid = self._transport.get_pid()
        self.writable.set()

    def pipe_data_received(self, fd: int, data: bytes) -> None:
        if fd == STDERR:
            self._stderr.feed(data)
        elif not self._ended:
            self._receiver.data_received(data)

    def pipe_connection_lost(self, fd: int, exc: Exception | None) -> None:
        if fd == STDOUT:
            self._end_soon()

    def process_exited(self) -> None:
        self._exited.set()
        self._end_soon()

    def connection_lost(self, exc: Exception | None) -> None:
        self._exited.set()
        self._end()

    def pause_writing(self) -> None:
        self.writable.clear()

    def resume_writing(self) -> None:
        self.writable.set()

    # What we tell it.

    def write(self, data: bytes) -> None:
        if self._stdin is not None and not self._stdin.is_closing():
            self._stdin.write(data)

    async def shut_down(self) -> None:
        try:
            self._close_stdin()
            if not await self._exits_within(CLOSE_SECONDS):
                self._terminate()
            if not await self._exits_within(TERMINATE_SECONDS):
                self.kill()
            await self._exits_within(TERMINATE_SECONDS)
        finally:
            self._end()
            if self._transport is not None:
                self._transport.close()

    def kill(self) -> None:
        if self._transport is not None:
            with contextlib.suppress(ProcessLookupError):
                self._transport.kill()

    def _terminate(self) -> None:
        if self._transport is not None:
            with contextlib.suppress(ProcessLookupError):
                self._transport.terminate()

    def _close_stdin(self) -> None:
        if self._stdin is not None:
            self._stdin.close()

    async def _exits_within(self, seconds: float) -> bool:
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._exited.wait(), seconds)
        return self._exited.is_set()

    def _end_soon(self) -> None:
        """Leave the other pipes and the exit status a moment to arrive, then call it the end."""
        if self._linger is None and not self._ended:
            loop = asyncio.get_running_loop()
            self._linger = loop.call_later(LINGER_SECONDS, self._end)

    def _end(self) -> None:
        if self._linger is not None:
            self._linger.cancel()
        if self._ended or self._transport is None:
            return
        self._ended = True
        self._stdin = None
        self.writable.set()
        exit_status = self._transport.get_returncode()
        self.kill()
        self._receiver.core_ended(self._cause(exit_status))

    def _cause(self, exit_status: int | None) -> CoreDied:
        stderr = self._stderr.lines
        advice = ""
        if any("accounts.lock" in line for line in stderr):
            advice = (
                f"Another program already uses the accounts in {self._accounts_dir}: "
                "stop it or choose another directory."
            )
        return CoreDied(exit_status, stderr, advice)


class _LastLines:
    """The last lines of a stream that is read for ever and kept for a moment."""

    def __init__(self) -> None:
        self._finished: deque[str] = deque(maxlen=STDERR_LINES)
        self._unfinished = b""

    def feed(self, data: bytes) -> None:
        *lines, rest = (self._unfinished + data).split(b"\n")
        self._finished.extend(map(_readable, lines))
        self._unfinished = rest[:STDERR_LINE_BYTES]

    @property
    def lines(self) -> tuple[str, ...]:
        return tuple(filter(None, (*self._finished, _readable(self._unfinished))))


def _readable(line: bytes) -> str:
    return _ANSI.sub("", line[:STDERR_LINE_BYTES].decode(errors="replace")).rstrip()


async def _see_through(work: Coroutine[None, None, None], hurry: Callable[[], None]) -> None:
    """Run `work` to its end even when cancelled; a cancellation only makes it hurry."""
    task = asyncio.create_task(work)
    cancelled: asyncio.CancelledError | None = None
    while not task.done():
        try:
            await asyncio.shield(task)
        except asyncio.CancelledError as cancellation:
            cancelled = cancellation
            hurry()
    if cancelled is not None:
        raise cancelled
    task.result()
