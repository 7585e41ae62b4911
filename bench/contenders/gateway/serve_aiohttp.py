"""`aiohttp`: `send_str()` to one after the other, as in its examples, without compression."""

from __future__ import annotations

import asyncio

import uvloop
from aiohttp import WSMsgType, web

EVERYBODY = "******"

members: dict[str, web.WebSocketResponse] = {}


async def serve_one(request: web.Request) -> web.WebSocketResponse:
    """Take a member in, or pass on what the publisher sends."""
    connection = web.WebSocketResponse(compress=False)
    await connection.prepare(request)
    first = await connection.receive_str()
    if first != "pub":
        members[first.removeprefix("sub ")] = connection
    await connection.send_str("ok")
    async for message in connection:
        if message.type is WSMsgType.TEXT:
            await pass_on(message.data[:6], message.data[6:])
    return connection


async def pass_on(target: str, text: str) -> None:
    """Send to one or to all."""
    for member in list(members.values()) if target == EVERYBODY else [members[target]]:
        await member.send_str(text)


async def main() -> None:
    """Serve for ever; print the port."""
    application = web.Application()
    application.router.add_get("/", serve_one)
    runner = web.AppRunner(application, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0, backlog=4096).start()
    print(runner.addresses[0][1], flush=True)
    await asyncio.Event().wait()


if __name__ == "__main__":
    uvloop.run(main())
