"""`aiohttp`: the same POST again and again, 64 in flight, connections kept."""

from __future__ import annotations

import asyncio
import itertools
import json
import sys
from collections.abc import Iterator

import aiohttp
import uvloop

IN_FLIGHT = 64


async def post(session: aiohttp.ClientSession, urls: Iterator[str], body: bytes) -> None:
    """Post for ever, to one after the other."""
    for url in urls:
        async with session.post(url, data=body, allow_redirects=False) as answer:
            await answer.read()
            assert answer.status == 200


async def main() -> None:
    """Begin 64."""
    task = json.loads(sys.argv[1])
    urls, body = itertools.cycle(task["urls"]), task["body"].encode()
    connector = aiohttp.TCPConnector(limit=0)
    async with aiohttp.ClientSession(connector=connector, headers=task["headers"]) as session:
        await asyncio.gather(*(post(session, urls, body) for _ in range(IN_FLIGHT)))


if __name__ == "__main__":
    uvloop.run(main())
