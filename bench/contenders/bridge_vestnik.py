"""Play the bridge bench with `vestnik serve`: a hosted bot whose program is a WebSocket client."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

import bridge_serving as serving
from bridge_memory import vestnik_memory
from bridge_play import Heard, Order, play
from bridge_serving import Bot, Server
from bridge_stage import Task, staged
from bridge_tap import Span
from meter import report
from relay_processes import HERE

READ, ANSWER = "get_message", "answer"


class Hosted:
    """A bot in the gateway, and its program beside it."""

    ways = ("websocket", "http")

    def __init__(self, task: Task, server: Server, bot: Bot) -> None:
        self._server = server
        self._python = task.python
        self._needs = {"url": server.url, "websocket": server.websocket, "token": bot.token}
        self.invite = bot.invite

    def cpu_ms(self) -> float:
        """Ask the kernel about the server."""
        return self._server.cpu_ms()

    def hear(self, count: int, begin: Callable[[], None]) -> list[Heard]:
        """Hear by notifications, which have the whole message."""
        with self._program(do="hear", wanted=count, orders=[]) as program:
            assert program.stdout is not None
            program.stdout.readline()
            begin()
            return [Heard(*one) for one in result(program)]

    def read(self, message: int) -> Order:
        """Ask by the core's own method."""
        return request(READ, msgId=message)

    def answer(self, message: int) -> Order:
        """Answer as a program does that wants it once."""
        return request(ANSWER, messageId=message, text="an answer")

    def order(self, way: str, orders: Sequence[Order]) -> list[Span]:
        """Give orders over the WebSocket or by HTTP."""
        with self._program(do=way, wanted=0, orders=orders) as program:
            return [Span(*one) for one in result(program)]

    @contextmanager
    def _program(self, **what: object) -> Iterator[subprocess.Popen[str]]:
        command = (self._python, str(HERE / "bridge" / "program.py"))
        with subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        ) as program:
            assert program.stdin is not None
            program.stdin.write(json.dumps({**self._needs, **what}) + "\n")
            program.stdin.close()
            yield program


def request(method: str, **parameters: object) -> Order:
    """Spell a call."""
    return {"jsonrpc": "2.0", "id": 1, "method": method, "params": parameters}


def result(program: subprocess.Popen[str]) -> list[list[int]]:
    """Read what the program has noted, its last line."""
    assert program.stdout is not None
    *_, last = program.stdout.read().splitlines() or [""]
    if program.wait():
        raise RuntimeError("the program has failed")
    noted: list[list[int]] = json.loads(last)
    return noted


def main() -> None:
    """Host a bot, play, and then host many."""
    task = Task()
    with (
        staged(task) as stage,
        serving.server(task.directory / "data", task.environment, task.tap) as server,
    ):
        bot = serving.add_bot(server, 0, stage.code)
        numbers = play(task, Hosted(task, server, bot), stage.sender)
    report(numbers | vestnik_memory(task))


if __name__ == "__main__":
    main()
