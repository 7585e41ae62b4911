"""Two bots of two owners on one core, and those who give them orders."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from vestnik.bot.outbox import Outbox, Pace
from vestnik.bot.store import Database
from vestnik.bridge.calls import Calls
from vestnik.bridge.calls.conforming import Schema, may_be_null, reference
from vestnik.bridge.calls.signatures import core_schemas
from vestnik.bridge.files.links import Links
from vestnik.bridge.files.uploads import Uploads
from vestnik.bridge.model import BotRecord, Hosted
from vestnik.bridge.registry import Registry
from vestnik.chatmail import Backoff, Core
from vestnik.clock import SystemClock
from vestnik.gateway.model import Scope, Token
from vestnik.ids import AccountId, OwnerId, ResourceId, TokenId
from vestnik.testing import FakeCore

DEADLINE = 30.0
BASE = "https://vestnik.example"


def token_of(bot: str | None, *scopes: Scope, owner: str | None = "ada") -> Token:
    return Token(
        id=TokenId("tok"),
        owner=None if owner is None else OwnerId(owner),
        resource=None if bot is None else ResourceId(bot),
        scopes=frozenset(scopes),
        digest="",
        created=0,
    )


OPERATOR = token_of(None, Scope.CORE, owner=None)


class Shelf:
    """Remembers the records of bots, as what hosts them does."""

    def __init__(self, registry: Registry, core: Core) -> None:
        self._registry = registry
        self._core = core

    async def change(self, hosted: Hosted, change: Callable[[BotRecord], BotRecord]) -> None:
        record = change(hosted.record)
        self._registry.put(Hosted(account=hosted.account, address=hosted.address, record=record))

    async def invite(self, hosted: Hosted) -> str:
        return await self._core.get_chat_securejoin_qr_code(hosted.account, None)


class Desk:
    """Where orders are given.

    Attributes:
        own: The account of the bot that most tests are about.
        other: The account of another owner's bot.
    """

    def __init__(
        self, core: Core, outbox: Outbox, folder: Path, own: AccountId, other: AccountId
    ) -> None:
        self.own, self.other = own, other
        self.core, self.outbox = core, outbox
        self.registry = Registry()
        self.own_token = token_of("own", Scope.NOTIFY, Scope.BOT)
        self.other_token = token_of("other", Scope.NOTIFY, Scope.BOT, owner="bob")
        for bot, account in (("own", own), ("other", other)):
            record = BotRecord(resource=ResourceId(bot), events=("IncomingMsg",))
            self.registry.put(Hosted(account=account, address=f"{bot}@x.example", record=record))
        clock = SystemClock()
        self.uploads = Uploads(
            folder / "uploads",
            clock,
            most_bytes=1_000_000,
            most_bytes_per_bot=10_000_000,
            keep_seconds=60,
        )
        self.links = Links(b"k" * 32, lambda: BASE, 60, clock)
        self.calls = Calls(
            core,
            self.registry,
            lambda _: outbox,
            self.uploads,
            self.links,
            Shelf(self.registry, core),
        )

    async def ask(
        self,
        method: str,
        params: object = None,
        *,
        token: Token | None = None,
        key: object = None,
        header: str | None = None,
    ) -> dict[str, Any]:
        """Give an order, and return the whole answer."""
        request = {"jsonrpc": "2.0", "id": 1, "method": method}
        request |= {} if params is None else {"params": params}
        request |= {} if key is None else {"key": key}
        raw = json.dumps(request).encode()
        answered = await self.calls.carry_out(token or self.own_token, raw, header)
        assert answered is not None
        answer: dict[str, Any] = json.loads(answered)
        assert answer["id"] == 1
        return answer

    async def result(self, method: str, params: object = None, **others: Any) -> Any:
        """Give an order, and return its result."""
        answer = await self.ask(method, params, **others)
        assert "error" not in answer, answer
        return answer["result"]

    async def error(self, method: str, params: object = None, **others: Any) -> tuple[int, str]:
        """Give an order that is not done, and return why."""
        answer = await self.ask(method, params, **others)
        assert "error" in answer, answer
        return answer["error"]["code"], answer["error"]["message"]

    async def upload(self, name: str, content: bytes, bot: str = "own") -> str:
        """Keep a file for a bot, and return its id."""

        async def chunks() -> AsyncIterator[bytes]:
            yield content

        return (await self.uploads.keep(ResourceId(bot), name, chunks())).id


@asynccontextmanager
async def running(
    core: Core, folder: Path, own: AccountId, other: AccountId, pace: Pace | None = None
) -> AsyncIterator[Desk]:
    """Let orders be given on a core that runs."""
    async with asyncio.timeout(DEADLINE), Database(folder / "bridge.sqlite") as database:
        outbox = Outbox(database, core, pace, SystemClock())
        sending = asyncio.create_task(outbox.run())
        desk = Desk(core, outbox, folder, own, other)
        try:
            yield desk
        finally:
            await desk.calls.close()
            sending.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await sending


@asynccontextmanager
async def fake_desk(fake: FakeCore, folder: Path, pace: Pace | None = None) -> AsyncIterator[Desk]:
    """Let orders be given on a core in memory."""
    own, other = fake.account("Own"), fake.account("Other")
    async with (
        Core(fake.transport, restarts=Backoff(first=0.01, calm=0)) as core,
        running(core, folder, own.id, other.id, pace) as desk,
    ):
        yield desk


def example(schema: Schema, schemas: Mapping[str, Schema] | None = None) -> Any:
    """Make a value that fits a schema."""
    schemas = core_schemas() if schemas is None else schemas
    if name := reference(schema):
        return example(schemas[name], schemas)
    options: Any = schema.get("oneOf") or schema.get("anyOf")
    if options:
        return example(options[0], schemas)
    choices: Any = schema.get("enum")
    if choices:
        return choices[0]
    kind: Any = schema["type"]
    return _plain(kind if isinstance(kind, str) else kind[0], schema, schemas)


def _plain(kind: str, schema: Schema, schemas: Mapping[str, Schema]) -> Any:
    if kind == "object":
        members: Any = schema.get("properties", {})
        return {name: example(one, schemas) for name, one in members.items()}
    if kind == "array":
        items: Any = schema["items"]
        listed: Sequence[Schema] = items if isinstance(items, list) else [items]
        return [example(one, schemas) for one in listed]
    plain = {"integer": 12, "number": 1.5, "string": "x", "boolean": True, "null": None}
    return plain[kind]


def lowest(schema: Schema) -> Any:
    """Make the least that fits a schema."""
    return None if may_be_null(schema) else example(schema)
