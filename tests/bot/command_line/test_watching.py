from __future__ import annotations

import asyncio
import contextlib
import socket

import pytest
from starlette.applications import Starlette

from tests.receiving import hear_all
from vestnik.bot.command_line.watching import WatchServer, bind_watch_port


@pytest.mark.parametrize("turns", range(6))
async def test_nobody_who_came_just_before_the_end_is_left_waiting(turns: int) -> None:
    with bind_watch_port("127.0.0.1", 0) as listener:
        server = WatchServer(Starlette())
        task = asyncio.create_task(server.run_on(listener))
        while not server.started:  # noqa: ASYNC110 - turns of the loop, not time
            await asyncio.sleep(0)
        client = socket.create_connection(listener.getsockname(), timeout=20)
        for _ in range(turns):  # how far in it came
            await asyncio.sleep(0)
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task
    await asyncio.to_thread(hear_all, client)


async def test_an_end_before_the_beginning_is_an_end_like_others() -> None:
    with bind_watch_port("127.0.0.1", 0) as listener:
        task = asyncio.create_task(WatchServer(Starlette()).run_on(listener))
        await asyncio.sleep(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
