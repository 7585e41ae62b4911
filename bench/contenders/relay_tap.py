"""A wire between the cores and a relay that writes down when what passed.

A process of its own, so that nothing else on the event loops of the bench delays it. It prints
its ports, a list for each actor, and at the end of its input everything that it has seen.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from typing import cast

HEAD_BYTES, TAIL_BYTES = 400, 5

FROM_CORE, FROM_RELAY = "core", "relay"

ACTORS = ("user", "bot")

PROTOCOLS = ("imap", "smtp")


class End(asyncio.Protocol):
    """One of two ends of a wire; hands on what it reads to the other."""

    def __init__(self, labels: tuple[str, str], side: str, log: list[object]) -> None:
        self.labels, self.side, self.log = labels, side, log
        self.other: End | None = None
        self.transport: asyncio.Transport | None = None
        self.early: list[bytes] = []

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Hand on what came before there was anywhere to hand it to."""
        self.transport = cast("asyncio.Transport", transport)
        for data in self.early:
            self.transport.write(data)

    def data_received(self, data: bytes) -> None:
        """Hand it on first, then write it down."""
        now = time.monotonic()
        assert self.other is not None
        if self.other.transport is None:
            self.other.early.append(data)
        else:
            self.other.transport.write(data)
        head, tail = data[:HEAD_BYTES].decode("latin-1"), data[-TAIL_BYTES:].decode("latin-1")
        self.log.append((now, *self.labels, self.side, head, tail))

    def connection_lost(self, error: Exception | None) -> None:
        """Close the other end, too."""
        if self.other is not None and self.other.transport is not None:
            self.other.transport.close()


async def main() -> None:
    """Open the ports, wait for the end of the input, tell."""
    target = dict(zip(PROTOCOLS, map(int, sys.argv[1:]), strict=True))
    log: list[object] = []
    ports = [
        [await listen(actor, protocol, target[protocol], log) for protocol in PROTOCOLS]
        for actor in ACTORS
    ]
    print(json.dumps(ports), flush=True)
    await asyncio.to_thread(sys.stdin.read)
    print(json.dumps(log), flush=True)


async def listen(actor: str, protocol: str, target: int, log: list[object]) -> int:
    """Open one port; gives its number."""
    loop = asyncio.get_running_loop()
    tasks = set()

    def accept() -> End:
        labels = (actor, protocol)
        near, far = End(labels, FROM_CORE, log), End(labels, FROM_RELAY, log)
        near.other, far.other = far, near
        task = loop.create_task(loop.create_connection(lambda: far, "127.0.0.1", target))
        tasks.add(task)
        return near

    server = await loop.create_server(accept, "127.0.0.1", 0)
    return int(server.sockets[0].getsockname()[1])


if __name__ == "__main__":
    import uvloop

    uvloop.run(main())
