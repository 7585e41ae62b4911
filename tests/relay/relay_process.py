"""A relay in a process of its own, for the tests that kill it: FOLDER, and BYTES of a file."""

from __future__ import annotations

import asyncio
import json
import sys
from pathlib import Path

from vestnik.relay import Relay, RelayConfig


async def main(directory: str, file_limit: str = "") -> None:
    """Print the ports, and run until killed."""
    if file_limit:
        import resource

        resource.setrlimit(resource.RLIMIT_FSIZE, (int(file_limit), resource.RLIM_INFINITY))
    async with Relay(RelayConfig(directory=Path(directory))) as relay:
        made = relay.new_account("crash")
        ports = (relay.smtp_port, relay.imap_port)
        sys.stdout.write(json.dumps([*ports, made.address, made.password]) + "\n")
        sys.stdout.flush()
        await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
