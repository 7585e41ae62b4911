"""Print what happens: python listen.py TOKEN [URL]."""

import asyncio
import sys

from vestnik.sdk import connect


async def main(token: str, url: str = "ws://127.0.0.1:8080") -> None:
    async with connect(token, url) as notifications:
        async for n in notifications:
            print(n.happened, n.name, n.affected, n.user, n.payload, flush=True)


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
