"""`websockets`: `broadcast()` to all, `send()` to one, without compression and pings."""

from __future__ import annotations

import uvloop
from websockets.asyncio.server import ServerConnection, broadcast, serve

EVERYBODY = "******"

members: dict[str, ServerConnection] = {}


async def serve_one(connection: ServerConnection) -> None:
    """Take a member in, or pass on what the publisher sends."""
    first = str(await connection.recv())
    if first != "pub":
        members[first.removeprefix("sub ")] = connection
    await connection.send("ok")
    async for text in connection:
        assert isinstance(text, str)
        if text.startswith(EVERYBODY):
            broadcast(members.values(), text[6:])
        else:
            await members[text[:6]].send(text[6:])


async def main() -> None:
    """Serve for ever; print the port."""
    async with serve(serve_one, "127.0.0.1", 0, compression=None, ping_interval=None) as server:
        print(next(iter(server.sockets)).getsockname()[1], flush=True)
        await server.serve_forever()


if __name__ == "__main__":
    uvloop.run(main())
