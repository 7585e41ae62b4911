"""Requests that are answered later, as long as somebody waits for the answer."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from typing import TypeVar

from starlette.types import Receive

from vestnik.web.http import Problem

__all__ = ["while_there"]

_T = TypeVar("_T")


async def while_there(receive: Receive, work: Awaitable[_T]) -> _T:
    """Do something for a client, and give it up when the client goes away.

    Args:
        receive: Of a request whose body has been read, or is not wanted.

    Raises:
        Problem: The client went away, so that nobody will read this.
    """
    working = asyncio.ensure_future(work)
    leaving = asyncio.create_task(_until_gone(receive))
    try:
        await asyncio.wait((working, leaving), return_when=asyncio.FIRST_COMPLETED)
        if not working.done():
            raise Problem(400, "The client went away before there was an answer.")
        return working.result()
    finally:
        working.cancel()
        leaving.cancel()
        await asyncio.wait((working, leaving))


async def _until_gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
