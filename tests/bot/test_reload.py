"""A bot that is started anew when its code changes."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from tests.receiving import receiving
from vestnik.bot.reload import LOOK_SECONDS, Reloader, code_of
from vestnik.testing import FakeClock

SECONDS = 30

LIVE = """
import socket, sys, time
line = socket.create_connection(("127.0.0.1", int(sys.argv[1])))
if "quick" in open(sys.argv[2]).read():
    sys.exit(2)
line.recv(1)  # until the other side is gone
"""


def names(folder: Path) -> set[str]:
    return {str(Path(name).relative_to(folder)) for name in code_of(folder)}


def test_code_is_every_python_file_below_but_for_what_others_wrote(tmp_path: Path) -> None:
    wanted = ("bot.py", "shop/prices.py")
    unwanted = (".git/hook.py", "__pycache__/bot.py", "env/lib/x.py", "data.txt", "env/pyvenv.cfg")
    for name in (*wanted, *unwanted):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("")
    assert names(tmp_path) == set(wanted)


def test_a_folder_that_is_gone_has_no_code(tmp_path: Path) -> None:
    assert code_of(tmp_path / "absent") == {}


class Lives:
    """The lives of a command: each calls when it begins, and hangs up when it ends."""

    def __init__(self) -> None:
        self.calls: asyncio.Queue[asyncio.StreamReader] = asyncio.Queue()

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.calls.put_nowait(reader)
        await writer.wait_closed()

    async def next(self) -> asyncio.StreamReader:
        async with asyncio.timeout(SECONDS):
            return await self.calls.get()


@asynccontextmanager
async def reloading(folder: Path, clock: FakeClock) -> AsyncIterator[Lives]:
    lives = Lives()
    async with receiving(lives.answer) as port:
        command = [sys.executable, "-c", LIVE, str(port), str(folder / "bot.py")]
        reloader = Reloader(command, folder, patience=SECONDS, clock=clock)
        running = asyncio.create_task(reloader.run())
        try:
            yield lives
        finally:
            running.cancel()
            with pytest.raises(asyncio.CancelledError):
                await running


async def look(clock: FakeClock) -> None:
    """Let the reloader look at the files once more."""
    async with asyncio.timeout(SECONDS):
        await clock.until_sleeping()
        await clock.advance(LOOK_SECONDS)


async def ended(life: asyncio.StreamReader) -> None:
    async with asyncio.timeout(SECONDS):
        assert await life.read() == b""


async def test_a_change_ends_the_bot_and_starts_the_next(
    tmp_path: Path, fake_clock: FakeClock
) -> None:
    (tmp_path / "bot.py").write_text("first")
    async with reloading(tmp_path, fake_clock) as lives:
        first = await lives.next()
        (tmp_path / "bot.py").write_text("second, which is longer")
        await look(fake_clock)
        await ended(first)
        await lives.next()


async def test_a_touched_a_new_and_a_removed_file_are_changes(
    tmp_path: Path, fake_clock: FakeClock
) -> None:
    (tmp_path / "bot.py").write_text("")
    async with reloading(tmp_path, fake_clock) as lives:
        await lives.next()
        os.utime(tmp_path / "bot.py", (1, 1))
        await look(fake_clock)
        await lives.next()
        (tmp_path / "more.py").write_text("")
        await look(fake_clock)
        await lives.next()
        (tmp_path / "more.py").unlink()
        await look(fake_clock)
        await lives.next()


async def test_a_bot_that_ended_by_itself_is_started_again_by_the_next_change(
    tmp_path: Path, fake_clock: FakeClock
) -> None:
    (tmp_path / "bot.py").write_text("quick")
    async with reloading(tmp_path, fake_clock) as lives:
        await ended(await lives.next())
        await look(fake_clock)
        assert lives.calls.empty()
        (tmp_path / "bot.py").write_text("right")
        await look(fake_clock)
        await lives.next()


async def test_no_process_is_left_when_it_is_ended(tmp_path: Path, fake_clock: FakeClock) -> None:
    (tmp_path / "bot.py").write_text("")
    async with reloading(tmp_path, fake_clock) as lives:
        life = await lives.next()
    await ended(life)
