"""The tutorial and the READMEs, typed as they stand, but for the ports."""

from __future__ import annotations

import asyncio
import os
import re
import signal
import socket
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import msgspec
import pytest

from tests.e2e.gateway.lines import NODE

ROOT = Path(__file__).parents[3]
BACKGROUND = {
    "vestnik relay": r"dclogin:.*\n.*dclogin:",
    "vestnik serve": "gateway on",
    "vestnik listen": "Connected",
    "vestnik receive": "Waiting",
    "VESTNIK_TOKEN=$TOKEN node": "connected",
    "VESTNIK_TOKEN=$TOKEN VESTNIK_PLACE": "",
}
"""What goes on for ever, and what it prints when it is ready."""
DEADLINE = 30.0


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


def commands_of(page: Path, wanted: str = "vestnik serve") -> list[str]:
    """The shell commands of a page, from the block on that has the wanted one."""
    blocks = re.findall(r"```sh\n(.*?)```", page.read_text(), re.DOTALL)
    first = next(number for number, block in enumerate(blocks) if wanted in block)
    blocks = blocks[first:] if page.parent.name == "tutorial" else [blocks[first]]
    return [line for block in blocks for line in block.splitlines()]


class Terminal:
    """Types commands; those that go on are left running, and what they print is kept."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._ports = {"8080": str(free_port()), "8081": str(free_port())}
        commands = Path(sys.executable).parent
        self._env = {**os.environ, "PATH": f"{commands}:{NODE.parent}:{os.environ['PATH']}"}
        self._running: list[asyncio.subprocess.Process] = []
        self._showing: list[asyncio.Task[None]] = []
        self._more = asyncio.Event()
        self.printed = ""

    def bring(self, file: str) -> None:
        """Put a file of the clone into the folder."""
        (self._folder / file).parent.mkdir(parents=True, exist_ok=True)
        (self._folder / file).write_text(self._on_free_ports((ROOT / file).read_text()))

    def _on_free_ports(self, text: str) -> str:
        for port, free in self._ports.items():
            text = text.replace(port, free)
        return text

    async def type(self, line: str) -> str:
        line = self._on_free_ports(line)
        if line.startswith("vestnik serve"):
            line += f" --listen 127.0.0.1:{self._ports['8080']}"
        if line.startswith("vestnik receive"):
            line += f" --port {self._ports['8081']}"
        for begins, ready in BACKGROUND.items():
            if line.startswith(begins):
                return await self._begin(line, ready)
        assigned = re.fullmatch(r"(\w+)=\$\((.*)\)", line)
        printed = await self._run(assigned[2] if assigned else line)
        if assigned:
            self._env[assigned[1]] = printed.strip()
        return printed

    async def until_printed(self, text: str) -> None:
        async with asyncio.timeout(DEADLINE):
            while not re.search(text, self.printed, re.DOTALL):
                self._more.clear()
                await self._more.wait()

    async def end(self) -> None:
        for process in self._running:
            if process.returncode is None:
                os.killpg(process.pid, signal.SIGTERM)
        # All of a pipeline have ended when nobody can print any more.
        await asyncio.gather(*self._showing, *(process.wait() for process in self._running))

    async def _run(self, line: str) -> str:
        process = await asyncio.create_subprocess_shell(
            line, cwd=self._folder, env=self._env, stdout=asyncio.subprocess.PIPE
        )
        async with asyncio.timeout(DEADLINE):
            printed, _ = await process.communicate()
        assert process.returncode == 0, line
        return printed.decode()

    async def _begin(self, line: str, ready: str) -> str:
        self.printed = ""
        process = await asyncio.create_subprocess_shell(
            f"{line} 2>&1",
            cwd=self._folder,
            env={**self._env, "PYTHONUNBUFFERED": "1"},
            stdout=asyncio.subprocess.PIPE,
            start_new_session=True,
        )
        assert process.stdout is not None
        self._running.append(process)
        self._showing.append(asyncio.create_task(self._show(process.stdout)))
        await self.until_printed(ready)
        return self.printed

    async def _show(self, stdout: asyncio.StreamReader) -> None:
        async for line in stdout:
            self.printed += line.decode()
            self._more.set()


@pytest.fixture
async def terminal(tmp_path: Path) -> AsyncIterator[Terminal]:
    terminal = Terminal(tmp_path)
    try:
        yield terminal
    finally:
        await terminal.end()


@pytest.mark.timeout(120)
async def test_the_tutorial_brings_one_to_a_terminal_and_one_to_a_webhook(
    terminal: Terminal,
) -> None:
    webhook = ""
    for line in commands_of(ROOT / "docs/tutorial/notifications.md"):
        printed = await terminal.type(re.sub(r"whk_\w+", webhook, line))
        if line.startswith("vestnik publish echo-bot up_added"):
            await terminal.until_printed(r"up_added  echo-bot  by u17  {\"upCount\":1}")
        if line.startswith("vestnik webhook list"):  # JSON comes a line for each
            found = await terminal.type(f"{line} --json")
            webhook = msgspec.json.decode(found.splitlines()[0])["id"]
        if line.startswith("vestnik webhook test"):
            await terminal.until_printed(r"  test  ")
        if line.startswith("vestnik publish echo-bot comment_added"):
            for _ in ("by WebSocket", "by webhook"):
                await terminal.until_printed(r"comment_added  echo-bot  by u17")
                terminal.printed = terminal.printed.partition("comment_added")[2]
    assert printed.count("delivered") == 2


@pytest.mark.parametrize("readme", ["README.md", "README.ru.md"])
async def test_what_a_readme_types_prints_what_it_shows(terminal: Terminal, readme: str) -> None:
    for line in commands_of(ROOT / readme, "vestnik publish"):
        await terminal.type(line)
    await terminal.until_printed(r"up_added  echo-bot  by u17  {\"upCount\":1}")


@pytest.mark.timeout(120)
async def test_the_tutorial_brings_one_to_an_answer_by_a_bot_in_javascript(
    terminal: Terminal,
) -> None:
    terminal.bring("examples/bridge/hello.mjs")
    terminal.bring("examples/bridge/echo.mjs")
    lines = commands_of(ROOT / "docs/tutorial/any-language.md", "vestnik relay")
    *_, answer, _, updates, me = [await terminal.type(line) for line in lines]
    assert answer == "Shout: HELLO, BOT   🔒\n"
    assert '"kind":"IncomingMsg"' in updates
    assert '"name":"Shout"' in me
