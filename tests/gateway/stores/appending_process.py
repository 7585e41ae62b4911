"""A process that appends and says what was acknowledged, for the test that kills it."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

from vestnik.gateway.model import Addressed, Batch
from vestnik.gateway.stores import SqliteStore
from vestnik.ids import OwnerId, ResourceId, WebhookId
from vestnik.wire import Notification

WRITERS = 5


async def append(store: SqliteStore, owner: OwnerId) -> None:
    note = Notification(1, ResourceId("bot"), "a", "u", 1)
    batch = Batch((Addressed(owner, note, (WebhookId(owner),)),) * 2)
    while True:
        (appended,) = await store.log.append([batch])
        begun = appended.planned[0].id
        await store.attempts.record([begun], [], 1)
        sys.stdout.write(f"{owner} {appended.stored[-1].offset} {begun}\n")
        sys.stdout.flush()


async def main(path: str) -> None:
    """Append until killed."""
    async with SqliteStore(Path(path)) as store, asyncio.TaskGroup() as writers:
        for number in range(WRITERS):
            writers.create_task(append(store, OwnerId(f"owner-{number}")))


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
