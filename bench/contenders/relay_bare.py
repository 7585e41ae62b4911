"""The floor: a relay that does nothing but hand mail over, in memory."""

from __future__ import annotations

import asyncio

import relay_echo as echo
import uvloop
from meter import Task, report
from relay_processes import Servers, helper


async def main() -> None:
    """Measure echoes over it."""
    task = Task()
    with helper("relay_bare_server.py") as (server, line):
        imap_port, smtp_port = map(int, line.split())
        servers = Servers(imap_port, smtp_port, (server.pid,))
        report(await asyncio.wait_for(echo.measure(task, servers), echo.MEASURE_SECONDS))


if __name__ == "__main__":
    uvloop.run(main())
