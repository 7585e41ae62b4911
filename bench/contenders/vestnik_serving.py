"""`vestnik serve` as an operator runs it, with everything on, and settings made beforehand."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from vestnik.app.serve.folder import DataFolder
from vestnik.gateway.access import digest_of
from vestnik.gateway.model import Owner, Record, Resource, Scope, Token, Webhook
from vestnik.gateway.sealing import Sealer
from vestnik.gateway.stores import SqliteStore
from vestnik.ids import OwnerId, ResourceId, TokenId, WebhookId

__all__ = ["Gateway", "notifier", "owner", "publishing", "resource", "serving_vestnik", "webhook"]

START_SECONDS = 30.0
NOW = 1767225600000

TARGET, TIME = "@" * 6, "^" * 16
"""What the load generators write a number, or the time, in the place of."""


@dataclass(frozen=True)
class Gateway:
    """A gateway that runs.

    Attributes:
        token: Good for everything.
    """

    process: int
    port: int
    token: str


def owner(number: int) -> Owner:
    """Make an owner."""
    return Owner(id=OwnerId(f"owner-{number}"), name=f"Owner {number}", created=NOW)


def resource(number: int, of: int) -> Resource:
    """Make a bot."""
    name = f"bot-{number:06}"
    return Resource(id=ResourceId(name), owner=OwnerId(f"owner-{of}"), name=name, created=NOW)


def notifier(number: int, of: int) -> tuple[Token, str]:
    """Make a token for notifications; gives what is kept of it, and the token."""
    token = f"vst_{number:043}"
    record = Token(
        id=TokenId(f"token-{number}"),
        owner=OwnerId(f"owner-{of}"),
        scopes=frozenset({Scope.NOTIFY}),
        digest=digest_of(token),
        created=NOW,
    )
    return record, token


def webhook(number: int, of: int, url: str, sealer: Sealer) -> Webhook:
    """Make a webhook for one bot."""
    return Webhook(
        id=WebhookId(f"webhook-{number}"),
        owner=OwnerId(f"owner-{of}"),
        resource=ResourceId(f"bot-{number:06}"),
        url=url,
        token=sealer.seal("x" * 43),
        created=NOW,
    )


def publishing(gateway: Gateway, target: str, filling: str, batch: int) -> dict[str, object]:
    """Tell a load generator how one publishes: one at a time, or several in one POST."""
    head = (
        "POST /api/v1/notifications HTTP/1.1\r\n"
        f"Host: 127.0.0.1:{gateway.port}\r\n"
        f"Authorization: Bearer {gateway.token}\r\n"
        "Content-Type: application/json\r\n"
    )
    message = (
        f'{{"type":1,"resource":"bot-{target}","user":"user-1","happened":{NOW},'
        f'"payload":{{"at":{TIME},"filling":"{filling}"}}}}'
    )
    options = {"head": head, "message": message, "batch": batch}
    if batch == 1:
        return {**options, "lines": 8}
    several = {"before": '{"notifications":[', "between": ",", "after": "]}"}
    return {**options, **several, "lines": 8}


@contextmanager
def serving_vestnik(
    directory: Path, records: Sequence[Record], core: int, **settings: str
) -> Iterator[Gateway]:
    """Write settings into a new store, and run the command on it."""
    folder = DataFolder(directory)
    asyncio.run(fill(folder, records))
    environment = {**os.environ, "VESTNIK_SERVER__LISTEN": "127.0.0.1:0", **settings}
    command = ("taskset", "-c", str(core), sys.executable, "-m", "vestnik", "serve")
    with (
        (directory / "log").open("wb") as log,
        subprocess.Popen(
            (*command, "--data", str(directory)), env=environment, stdout=log, stderr=log
        ) as process,
    ):
        try:
            yield reached(folder, process)
        finally:
            process.kill()


async def fill(folder: DataFolder, records: Sequence[Record]) -> None:
    """Save settings as the gateway itself would."""
    folder.make()
    folder.key()
    async with SqliteStore(folder.store) as store:
        await store.settings.save(*records)


def reached(folder: DataFolder, process: subprocess.Popen[bytes]) -> Gateway:
    """Wait until it says where it is."""
    deadline = time.monotonic() + START_SECONDS
    while (access := folder.access()) is None:
        if process.poll() is not None or time.monotonic() > deadline:
            raise RuntimeError((folder.path / "log").read_text())
        time.sleep(0.02)
    port = urlsplit(access.url).port
    assert port is not None
    return Gateway(process.pid, port, access.token)
