"""boticordpy as its authors published it, but for the address; prints what it is told and logs.

Arguments: the address of the gateway, and a token. Each line on stdout is a JSON object.
"""

from __future__ import annotations

import asyncio
import json
import logging
import sys
from typing import Any

import aiohttp
from boticordpy import BotiCordWebsocket

TYPES = ("test", "up_added", "comment_added", "comment_edited", "comment_removed")


def say(**line: object) -> None:
    print(json.dumps(line), flush=True)


class Lines(logging.Handler):
    """Shows what the client thinks."""

    def emit(self, record: logging.LogRecord) -> None:
        say(log=record.getMessage())


def point_to(url: str) -> None:
    """Let the client connect there; its own address is written into it."""
    connect = aiohttp.ClientSession.ws_connect

    def elsewhere(self: aiohttp.ClientSession, _: str, **options: Any) -> Any:
        return connect(self, url, **options)

    aiohttp.ClientSession.ws_connect = elsewhere  # type: ignore[assignment,method-assign]


async def main(url: str, token: str) -> None:
    logger = logging.getLogger("boticord.websocket")
    logger.setLevel(logging.INFO)
    logger.addHandler(Lines())
    point_to(url)
    client = BotiCordWebsocket(token)

    async def told(data: dict[str, object]) -> None:
        say(told=data)

    for kind in TYPES:
        client.register_listener(kind, told)
    await client.connect()
    await asyncio.Event().wait()


asyncio.run(main(*sys.argv[1:]))
