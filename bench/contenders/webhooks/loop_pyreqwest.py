"""`pyreqwest`: the same POST again and again, 64 in flight, connections kept."""

from __future__ import annotations

import asyncio
import itertools
import json
import sys
from collections.abc import Iterator

import uvloop

# The bench installs it beside, so that it is not where the types are checked.
from pyreqwest.client import Client, ClientBuilder  # type: ignore[import-not-found]

IN_FLIGHT = 64


async def post(client: Client, urls: Iterator[str], body: bytes) -> None:
    """Post for ever, to one after the other."""
    for url in urls:
        answer = await client.post(url).body_bytes(body).build().send()
        await answer.bytes()
        assert answer.status == 200


async def main() -> None:
    """Begin 64."""
    task = json.loads(sys.argv[1])
    urls, body = itertools.cycle(task["urls"]), task["body"].encode()
    async with ClientBuilder().default_headers(task["headers"]).build() as client:
        await asyncio.gather(*(post(client, urls, body) for _ in range(IN_FLIGHT)))


if __name__ == "__main__":
    uvloop.run(main())
