"""Vestnik's relay as its command line runs it, in memory or with a directory."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import parse_qs, urlsplit

import relay_echo as echo
import uvloop
from meter import Task, report
from relay_processes import Servers


@contextmanager
def vestnik(*options: str) -> Iterator[Servers]:
    """Run ``vestnik relay``; the account code that it prints tells its ports."""
    command = (sys.executable, "-m", "vestnik", "relay", *options)
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as relay:
        assert relay.stdout is not None
        try:
            told = parse_qs(urlsplit(relay.stdout.readline()).query)
            yield Servers(int(told["ip"][0]), int(told["sp"][0]), (relay.pid,))
        finally:
            relay.terminate()


async def main() -> None:
    """Measure echoes over the relay."""
    task = Task()
    keep = ("--directory", f"{task.directory}/mail") if "--directory" in sys.argv else ()
    with vestnik(*keep) as servers:
        report(await asyncio.wait_for(echo.measure(task, servers), echo.MEASURE_SECONDS))


if __name__ == "__main__":
    uvloop.run(main())
