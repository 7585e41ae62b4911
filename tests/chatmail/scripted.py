"""A peer that does just what a test tells it, for what the fake core is too well-behaved for."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from typing import Any

from vestnik.chatmail.memory import MemoryTransport

Answer = Callable[["ScriptedPeer", int, list[Any]], None]


class ScriptedPeer:
    """Keeps every request and answers those methods that it was given an answer for."""

    def __init__(self, **answers: object) -> None:
        self.answers: dict[str, object] = {
            "get_system_info": {"deltachat_core_version": "v2.65.0"},
            "get_all_account_ids": [1, 2],
            "start_io": None,
            **answers,
        }
        self.requests: list[tuple[int, str, list[Any]]] = []
        self.pipes: list[MemoryTransport] = []
        self._arrival = asyncio.Event()

    def transport(self) -> MemoryTransport:
        return MemoryTransport(self)

    @property
    def methods(self) -> list[str]:
        return [method for _, method, _ in self.requests]

    async def saw(self, method: str, times: int = 1) -> int:
        """Wait for the method to be called so often; returns the last call's id."""
        async with asyncio.timeout(10):
            while self.methods.count(method) < times:
                self._arrival.clear()
                await self._arrival.wait()
        return [number for number, name, _ in self.requests if name == method][-1]

    def send(self, **message: object) -> None:
        self.pipes[-1].send(json.dumps({"jsonrpc": "2.0", **message}).encode() + b"\n")

    def emit(self, *events: tuple[int, dict[str, Any]]) -> None:
        """Answer the reader that waits for events."""
        polls = [number for number, method, _ in self.requests if method.startswith("get_next")]
        self.send(id=polls[-1], result=[{"contextId": a, "event": e} for a, e in events])

    def crash(self, exit_status: int = -9, *stderr: str) -> None:
        self.pipes[-1].end(exit_status, stderr)

    # What the pipe tells it.

    def connected(self, pipe: MemoryTransport) -> None:
        self.pipes.append(pipe)

    def line_received(self, line: bytes) -> None:
        request = json.loads(line)
        self.requests.append((request["id"], request["method"], request["params"]))
        self._arrival.set()
        if request["method"] in self.answers:
            self.send(id=request["id"], result=self.answers[request["method"]])

    def disconnected(self) -> None:
        pass


class NarrowTransport(MemoryTransport):
    """Counts what is written, and takes no more while it is told so."""

    def __init__(self, peer: ScriptedPeer) -> None:
        super().__init__(peer)
        self.writes: list[bytes] = []
        self.room = asyncio.Event()
        self.room.set()

    @property
    def is_writable(self) -> bool:
        return self.room.is_set()

    def write(self, data: bytes) -> None:
        self.writes.append(data)
        super().write(data)

    async def drain(self) -> None:
        await self.room.wait()
