from __future__ import annotations

import asyncio
import contextlib
import socket

import pytest

from tests.app.serve.served import echo_app
from tests.receiving import hear_all
from vestnik.app.serve.web_server import WebServer
from vestnik.listeners import open_listener

REQUEST = b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"


@pytest.mark.parametrize("is_refused_first", [True, False])
@pytest.mark.parametrize("turns", range(6))
async def test_nobody_who_came_just_before_the_end_is_left_waiting(
    turns: int, is_refused_first: bool
) -> None:
    listener = open_listener("127.0.0.1", 0)
    server = WebServer(echo_app())
    task = asyncio.create_task(server.serve(sockets=[listener]))
    await server.begun(task)
    client = socket.create_connection(listener.getsockname(), timeout=20)
    for _ in range(turns):  # how far in it came
        await asyncio.sleep(0)
    if is_refused_first:
        await server.refuse_new()
    server.stop(1)
    await task
    await asyncio.to_thread(hear_all, client)


async def test_who_is_on_the_way_in_when_the_door_closes_is_still_answered() -> None:
    answer = b""
    while not answer:  # until one was accepted just before
        listener = open_listener("127.0.0.1", 0)
        server = WebServer(echo_app())
        task = asyncio.create_task(server.serve(sockets=[listener]))
        await server.begun(task)
        client = socket.create_connection(listener.getsockname(), timeout=20)
        client.sendall(REQUEST)
        for _ in range(2):
            await asyncio.sleep(0)
        await server.refuse_new()
        with contextlib.suppress(ConnectionError):
            answer = await asyncio.to_thread(client.recv, 4096)
        server.stop(1)
        await task
        client.close()
    assert answer.startswith(b"HTTP/1.1 200 OK")
