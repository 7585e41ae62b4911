"""A bot's program: hears over a WebSocket, or gives orders over one, or by HTTP; notes when.

It gets one line of JSON and answers with one. Times are nanoseconds of ``CLOCK_MONOTONIC``.
"""

from __future__ import annotations

import asyncio
import json
import re
import socket
import sys
import time
from collections.abc import Sequence
from typing import Any, cast
from urllib.parse import urlsplit

import uvloop

# The bench installs it in a place of its own, where no type checker looks.
from picows import (  # type: ignore[import-not-found]
    WSFrame,
    WSListener,
    WSMsgType,
    WSTransport,
    ws_connect,
)

MESSAGE = re.compile(rb'"msgId":(\d+)')
NUMBER = re.compile(rb'"text":"bench (\d+)"')
LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)\r\n", re.IGNORECASE)

Spans = list[tuple[int, int]]


# So to a type checker its base is nothing that it knows.
class Listener(WSListener):  # type: ignore[misc]
    """Notes when a notification of a message has come; gives orders, each after the one before."""

    def __init__(self, token: str, wanted: int, orders: Sequence[bytes]) -> None:
        self._token = token
        self._wanted = wanted
        self._orders = [b'{"event":"rpc","data":%b}' % order for order in orders]
        self._began = 0
        self.heard: list[tuple[int, int, int]] = []
        self.spans: Spans = []
        self.done: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def on_ws_connected(self, transport: WSTransport) -> None:
        """Log in."""
        data = {"token": self._token}
        transport.send(WSMsgType.TEXT, json.dumps({"event": "auth", "data": data}).encode())

    def on_ws_frame(self, transport: WSTransport, frame: WSFrame) -> None:
        """Take the time first of all."""
        now = time.monotonic_ns()
        if frame.msg_type is not WSMsgType.TEXT:
            return
        text = frame.get_payload_as_bytes()
        if text.startswith(b'{"event":"notify"'):
            self._hear(now, text)
        elif text.startswith(b'{"event":"rpc"'):
            refuse_errors(text)
            self.spans.append((self._began, now))
            self._order(transport)
        elif text.startswith(b'{"event":"hello"'):
            print("ready", flush=True)
            if self._orders:
                self._order(transport)
        elif text.startswith(b'{"event":"error"'):
            raise SystemExit(text.decode())

    def on_ws_disconnected(self, transport: WSTransport) -> None:
        """End, however it came."""
        self._end()

    def _hear(self, now: int, text: bytes) -> None:
        number, message = NUMBER.search(text), MESSAGE.search(text)
        if number and message:
            self.heard.append((int(number[1]), int(message[1]), now))
            if len(self.heard) == self._wanted:
                self._end()

    def _order(self, transport: WSTransport) -> None:
        if len(self.spans) == len(self._orders):
            self._end()
            return
        order = self._orders[len(self.spans)]
        self._began = time.monotonic_ns()
        transport.send(WSMsgType.TEXT, order)

    def _end(self) -> None:
        if not self.done.done():
            self.done.set_result(None)


async def over_websocket(task: dict[str, Any], wanted: int, orders: Sequence[bytes]) -> Listener:
    """Connect, and return what was noted once all has come."""
    transport, listener = await ws_connect(
        lambda: Listener(task["token"], wanted, orders), task["websocket"]
    )
    await listener.done
    transport.disconnect()
    return cast("Listener", listener)


def over_http(task: dict[str, Any], orders: Sequence[bytes]) -> Spans:
    """Give orders over one connection, which is kept."""
    where = urlsplit(task["url"])
    assert where.hostname is not None
    assert where.port is not None
    spans: Spans = []
    with socket.create_connection((where.hostname, where.port)) as connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for order in orders:
            asked = request(task, where.netloc, order)
            began = time.monotonic_ns()
            connection.sendall(asked)
            answer = response(connection)
            spans.append((began, time.monotonic_ns()))
            refuse_errors(answer)
    return spans


def request(task: dict[str, Any], host: str, order: bytes) -> bytes:
    """Spell a POST."""
    head = (
        f"POST /api/v1/rpc HTTP/1.1\r\nHost: {host}\r\nAuthorization: Bearer {task['token']}\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(order)}\r\n\r\n"
    )
    return head.encode() + order


def response(connection: socket.socket) -> bytes:
    """Read a whole response; gives its body."""
    got = b""
    while b"\r\n\r\n" not in got:
        got += some(connection)
    head, _, body = got.partition(b"\r\n\r\n")
    length = LENGTH.search(head + b"\r\n")
    assert length is not None, head
    while len(body) < int(length[1]):
        body += some(connection)
    return body


def some(connection: socket.socket) -> bytes:
    """Read what there is."""
    got = connection.recv(65536)
    if not got:
        raise SystemExit("the server has closed the connection")
    return got


def refuse_errors(answer: bytes) -> None:
    """Stop when an order was not carried out: such times mean nothing."""
    told = json.loads(answer)
    if "error" in told.get("data", told):
        raise SystemExit(answer.decode())


def main() -> None:
    """Do what the line says."""
    task = json.loads(sys.stdin.readline())
    orders = [json.dumps(order).encode() for order in task["orders"]]
    if task["do"] == "http":
        noted: Sequence[object] = over_http(task, orders)
    else:
        listener = uvloop.run(over_websocket(task, task["wanted"], orders))
        noted = listener.spans if task["do"] == "websocket" else listener.heard
    print(json.dumps(noted), flush=True)


if __name__ == "__main__":
    main()
