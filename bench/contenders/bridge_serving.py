"""`vestnik serve` with bots, made and asked over its REST API."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

from relay_processes import TICK_MS
from vestnik_serving import reached

from vestnik.app.serve.folder import DataFolder

__all__ = ["Bot", "Server", "add_bot", "are_online", "server"]

OWNER = "anna"

CALL_SECONDS = 60.0

SETTINGS = {
    "VESTNIK_SERVER__LISTEN": "127.0.0.1:0",
    "VESTNIK_HOSTING__MESSAGES_PER_MINUTE": "0",
}
"""The relay is ours and without limits."""


@dataclass(frozen=True)
class Server:
    """A gateway that runs.

    Attributes:
        token: Good for everything.
    """

    process: int
    url: str
    token: str

    @property
    def websocket(self) -> str:
        """Where its WebSocket is."""
        return f"ws{self.url.removeprefix('http')}/websocket/"

    def cpu_ms(self) -> float:
        """Say how much it has computed so far, without the core."""
        stat = Path(f"/proc/{self.process}/stat").read_text(encoding="ascii")
        # utime and stime: proc(5), numbers 14 and 15
        return sum(map(int, stat.rpartition(")")[2].split()[11:13])) * TICK_MS

    def ask(self, method: str, path: str, body: object = None) -> Any:
        """Call its REST API."""
        headers = {"Authorization": f"Bearer {self.token}", "Content-Type": "application/json"}
        data = None if body is None else json.dumps(body).encode()
        address = f"{self.url}/api/v1{path}"
        request = Request(address, data=data, method=method, headers=headers)
        with urlopen(request, timeout=CALL_SECONDS) as response:
            return json.load(response)


@dataclass(frozen=True)
class Bot:
    """A bot, and the token for its program."""

    invite: str
    token: str


@contextmanager
def server(directory: Path, environment: Mapping[str, str], core: str) -> Iterator[Server]:
    """Run ``vestnik serve`` on a folder, with an owner; the core is the program that is named."""
    directory.mkdir(exist_ok=True)
    settings = {**environment, **SETTINGS, "VESTNIK_HOSTING__CORE": core}
    command = (sys.executable, "-m", "vestnik", "serve", "--data", str(directory))
    with (
        (directory / "log").open("ab") as log,
        subprocess.Popen(command, env=settings, stdout=log, stderr=log) as process,
    ):
        try:
            found = reached(DataFolder(directory), process)
            yield with_owner(Server(process.pid, f"http://127.0.0.1:{found.port}", found.token))
        finally:
            process.terminate()


def with_owner(running: Server) -> Server:
    """Make an owner if there is none."""
    if not running.ask("GET", "/owners")["items"]:
        running.ask("POST", "/owners", {"id": OWNER, "name": OWNER.title()})
    return running


def add_bot(running: Server, number: int, code: str) -> Bot:
    """Let a bot be made."""
    new = {"owner": OWNER, "id": f"bot-{number}", "name": f"Bot {number}", "code": code}
    made = running.ask("POST", "/bots", new)
    return Bot(made["bot"]["invite"], made["secret"])


def are_online(running: Server, count: int) -> bool:
    """Tell whether so many bots are connected to their relay."""
    online, path = 0, "/bots?limit=100"
    while True:
        page = running.ask("GET", path)
        online += sum(bot["state"] == "online" for bot in page["items"])
        if page["next"] is None:
            return bool(online == count)
        path = f"/bots?limit=100&after={page['next']}"
