"""The core as a process: its pipes, its last words, its end in every way."""

import asyncio
import os
import signal
import sys
import textwrap
from collections.abc import Callable
from pathlib import Path

import pytest

from vestnik.chatmail import stdio
from vestnik.chatmail.stdio import StdioTransport, find_core_binary
from vestnik.errors import CoreDied, CoreNotFound

Program = Callable[[str], Path]


class Recorder:
    """A receiver that keeps everything and can be waited for."""

    def __init__(self) -> None:
        self.data = b""
        self.causes: list[CoreDied] = []
        self.ended = asyncio.Event()
        self._arrival = asyncio.Event()

    def data_received(self, data: bytes) -> None:
        assert not self.causes, "nothing comes after the end"
        self.data += data
        self._arrival.set()

    def core_ended(self, cause: CoreDied) -> None:
        self.causes.append(cause)
        self.ended.set()

    async def has(self, data: bytes) -> None:
        async with asyncio.timeout(20):
            while data not in self.data:
                self._arrival.clear()
                await self._arrival.wait()

    async def end(self) -> CoreDied:
        async with asyncio.timeout(20):
            await self.ended.wait()
        return self.causes[0]


@pytest.fixture
def program(tmp_path: Path) -> Program:
    """Writes a Python program that is run in place of the core."""

    def write(source: str) -> Path:
        path = tmp_path / "core"
        path.write_text(f"#!{sys.executable} -SE\n" + textwrap.dedent(source))
        path.chmod(0o755)
        return path

    return write


async def started(binary: Path, tmp_path: Path) -> tuple[StdioTransport, Recorder]:
    recorder = Recorder()
    transport = StdioTransport(tmp_path / "accounts", binary=binary)
    await transport.start(recorder)
    return transport, recorder


def is_alive(pid: int | None) -> bool:
    assert pid is not None
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


async def test_bytes_go_both_ways_in_order(program: Program, tmp_path: Path) -> None:
    echo = program("import sys\nfor line in sys.stdin: print(line.upper(), end='', flush=True)")
    transport, recorder = await started(echo, tmp_path)
    for n in range(100):
        transport.write(b"line %d\n" % n)
    await recorder.has(b"LINE 99\n")
    assert recorder.data == b"".join(b"LINE %d\n" % n for n in range(100))
    await transport.stop()


async def test_a_closed_input_ends_a_good_core_with_status_0(
    program: Program, tmp_path: Path
) -> None:
    good = program("import sys\nsys.stdin.read()\nprint('bye')")
    transport, recorder = await started(good, tmp_path)
    await transport.stop()
    assert recorder.data == b"bye\n"
    assert [cause.exit_status for cause in recorder.causes] == [0]
    assert not is_alive(transport.pid)


async def test_a_core_that_ignores_its_input_is_terminated(
    program: Program, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stdio, "CLOSE_SECONDS", 0.05)
    deaf = program("import time\nprint('up', flush=True)\ntime.sleep(600)")
    transport, recorder = await started(deaf, tmp_path)
    await recorder.has(b"up\n")
    await transport.stop()
    assert recorder.causes[0].exit_status == -signal.SIGTERM
    assert not is_alive(transport.pid)


async def test_a_core_that_ignores_even_sigterm_is_killed(
    program: Program, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stdio, "CLOSE_SECONDS", 0.05)
    monkeypatch.setattr(stdio, "TERMINATE_SECONDS", 0.3)
    stubborn = program(
        """
        import signal, time
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        print('up', flush=True)
        time.sleep(600)
        """
    )
    transport, recorder = await started(stubborn, tmp_path)
    await recorder.has(b"up\n")
    await transport.stop()
    assert recorder.causes[0].exit_status == -signal.SIGKILL
    assert not is_alive(transport.pid)


async def test_a_cancelled_stop_still_leaves_no_process(program: Program, tmp_path: Path) -> None:
    deaf = program("import time\nprint('up', flush=True)\ntime.sleep(600)")
    transport, recorder = await started(deaf, tmp_path)
    await recorder.has(b"up\n")
    stopping = asyncio.create_task(transport.stop())
    await asyncio.sleep(0)
    stopping.cancel()
    with pytest.raises(asyncio.CancelledError):
        await stopping
    assert len(recorder.causes) == 1
    assert not is_alive(transport.pid)


async def test_stopping_twice_and_at_once_reports_one_end(program: Program, tmp_path: Path) -> None:
    good = program("import sys\nsys.stdin.read()")
    transport, recorder = await started(good, tmp_path)
    await asyncio.gather(transport.stop(), transport.stop())
    await transport.stop()
    assert len(recorder.causes) == 1


async def test_a_crash_tells_the_signal_and_the_last_words(
    program: Program, tmp_path: Path
) -> None:
    crashing = program(
        """
        import os, signal, sys
        for n in range(100): print('\\x1b[31mword', n, file=sys.stderr)
        sys.stderr.write('no newline')
        sys.stderr.flush()
        print('out', flush=True)
        os.kill(os.getpid(), signal.SIGSEGV)
        """
    )
    transport, recorder = await started(crashing, tmp_path)
    cause = await recorder.end()
    await transport.stop()
    assert recorder.data == b"out\n"
    assert cause.exit_status == -signal.SIGSEGV
    assert cause.stderr[-2:] == ("word 99", "no newline")
    assert len(cause.stderr) <= stdio.STDERR_LINES + 1
    assert str(cause) == "The core was ended by signal 11. Its last words: no newline"


async def test_a_core_that_closes_its_output_counts_as_dead_and_is_killed(
    program: Program, tmp_path: Path
) -> None:
    mute = program("import os, time\nos.close(1)\ntime.sleep(600)")
    transport, recorder = await started(mute, tmp_path)
    cause = await recorder.end()
    assert cause.exit_status is None
    await transport.stop()
    assert len(recorder.causes) == 1
    assert not is_alive(transport.pid)


async def test_a_flood_on_stderr_never_blocks_the_core(program: Program, tmp_path: Path) -> None:
    noisy = program(
        """
        import sys
        for n in range(2000): sys.stderr.write('x' * 4000 + ('\\n' if n % 2 else ''))
        print('done', flush=True)
        sys.stdin.read()
        """
    )
    transport, recorder = await started(noisy, tmp_path)
    await recorder.has(b"done\n")
    await transport.stop()
    assert all(len(line) <= stdio.STDERR_LINE_BYTES for line in recorder.causes[0].stderr)


async def test_drain_waits_while_the_core_does_not_read_and_ends_with_it(
    program: Program, tmp_path: Path
) -> None:
    deaf = program("import time\nprint('up', flush=True)\ntime.sleep(600)")
    transport, recorder = await started(deaf, tmp_path)
    await recorder.has(b"up\n")
    transport.write(b"x" * 10_000_000)
    draining = asyncio.create_task(transport.drain())
    await asyncio.sleep(0)
    assert not draining.done()
    assert transport.pid is not None
    os.kill(transport.pid, signal.SIGKILL)
    await asyncio.wait_for(draining, 20)
    await recorder.end()
    transport.write(b"nobody reads this")
    await transport.stop()


async def test_a_missing_binary_is_one_sentence_that_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(CoreNotFound, match=r"cannot be run.*pip install"):
        await started(tmp_path / "nothing", tmp_path)


async def test_a_file_that_is_no_program_is_one_sentence_that_says_what_to_do(
    tmp_path: Path,
) -> None:
    (tmp_path / "text").write_text("not a program")
    with pytest.raises(CoreNotFound, match=r"cannot be run.*pip install"):
        await started(tmp_path / "text", tmp_path)


def test_the_core_of_the_package_is_found() -> None:
    assert find_core_binary().name == "deltachat-rpc-server"


def test_without_the_package_the_core_on_path_is_found(
    monkeypatch: pytest.MonkeyPatch, program: Program, tmp_path: Path
) -> None:
    monkeypatch.setattr(stdio, "find_spec", lambda name: None)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(CoreNotFound, match="pip install deltachat-rpc-server"):
        find_core_binary()
    program("").rename(tmp_path / "deltachat-rpc-server")
    assert find_core_binary() == tmp_path / "deltachat-rpc-server"
