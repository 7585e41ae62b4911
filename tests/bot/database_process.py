"""A process that writes pairs of rows and says which were committed, for the test that kills it."""

from __future__ import annotations

import asyncio
import sqlite3
import sys
from functools import partial
from pathlib import Path

from vestnik.bot.store import Database

WRITERS = 20


def write_pair(db: sqlite3.Connection, n: int) -> None:
    db.execute("INSERT INTO pair VALUES (?, 'left')", (n,))
    db.execute("INSERT INTO pair VALUES (?, 'right')", (n,))


async def write(database: Database, writer: int) -> None:
    for n in range(writer, sys.maxsize, WRITERS):
        await database.transact(partial(write_pair, n=n))
        sys.stdout.write(f"{n}\n")
        sys.stdout.flush()


async def main(path: str) -> None:
    """Write until killed."""
    async with Database(Path(path)) as database:
        await database.transact(lambda db: db.execute("CREATE TABLE pair (n INTEGER, side TEXT)"))
        await asyncio.gather(*(write(database, writer) for writer in range(WRITERS)))


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
