"""A gateway in memory, a core that a test plays, and the bots between them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import msgspec

from vestnik.bridge.hosting import Hosting, HostingOptions
from vestnik.bridge.model import HostedBot
from vestnik.chatmail import AccountCode, CoreTransport
from vestnik.clock import Clock
from vestnik.gateway import Gateway, Scope, Sealer, Token
from vestnik.gateway.brokers import MemoryBroker
from vestnik.gateway.delivery import MemorySender
from vestnik.gateway.ports import Store, owner_topic
from vestnik.gateway.stores import MemoryStore
from vestnik.ids import OwnerId, ResourceId
from vestnik.testing import FakeCore
from vestnik.wire import Notification

ANNA, BORIS = OwnerId("anna"), OwnerId("boris")
ECHO = ResourceId("echo")
CODE = AccountCode("dcaccount:relay.example")
KEY = bytes(range(32))
UNPACED = HostingOptions(per_minute=0, drain_seconds=2.0)
SECONDS = 20.0


class Stage:
    """What a test does to it, and sees of it."""

    def __init__(self, core: FakeCore, gateway: Gateway, hosting: Hosting) -> None:
        self.core = core
        self.gateway = gateway
        self.hosting = hosting

    async def add(self, bot: ResourceId = ECHO, owner: OwnerId = ANNA) -> HostedBot:
        return await self.hosting.add(owner, bot, bot.title(), CODE)

    async def told(self, count: int, owner: OwnerId = ANNA) -> list[Notification]:
        """Wait until an owner was told so many things since the beginning."""
        heard = asyncio.Event()
        hearing = await self.gateway.broker.subscribe(owner_topic(owner), lambda _: heard.set())
        async with asyncio.timeout(SECONDS):
            while len((page := await self.gateway.log.read(owner, 0, 1000)).items) < count:
                await heard.wait()
                heard.clear()
        await hearing.close()
        return [one.notification for one in page.items]

    async def texts(self, count: int, owner: OwnerId = ANNA) -> list[str]:
        """Wait for so many messages, and return what stands in them."""
        payloads = [msgspec.json.decode(one.payload) for one in await self.told(count, owner)]
        return [one["message"]["text"] for one in payloads]

    async def token(self, bot: ResourceId = ECHO, owner: OwnerId = ANNA) -> Token:
        tokens = self.gateway.administration.tokens
        return (await tokens.create(owner, {Scope.BOT}, resource=bot)).token

    async def call(
        self, token: Token, method: str, key: str | None = None, **params: object
    ) -> object:
        """Give an order, and return its result or its error."""
        request = {"jsonrpc": "2.0", "id": 1, "method": method, "params": params}
        answer = await self.hosting.calls.carry_out(token, msgspec.json.encode(request), key)
        assert answer is not None
        found = msgspec.json.decode(answer)
        return found.get("result", found.get("error"))


def accounts_there(folder: Path) -> None:
    """Let it look as if a core had left accounts behind."""
    (folder / "accounts").mkdir(parents=True, exist_ok=True)
    (folder / "accounts/accounts.toml").write_text("[[accounts]]\nid = 1\n")


@asynccontextmanager
async def staged(
    core: FakeCore,
    folder: Path,
    *,
    store: Store | None = None,
    options: HostingOptions = UNPACED,
    clock: Clock | None = None,
    launch: Callable[[], CoreTransport] | None = None,
) -> AsyncIterator[Stage]:
    """Run a gateway with bots until the block ends; a store that is given makes it the same one."""
    gateway = Gateway(
        store or MemoryStore(), MemoryBroker(), MemorySender(), Sealer.from_key(KEY), clock=clock
    )
    hosting = Hosting(
        gateway, folder, KEY, options=options, clock=clock, launch=launch or core.transport
    )
    async with gateway, hosting:
        if gateway.roster.owner(ANNA) is None:
            for id in (ANNA, BORIS):
                await gateway.administration.owners.create(id.title(), id=id)
        yield Stage(core, gateway, hosting)


async def until(holds: Callable[[], bool]) -> None:
    """Give all others their turns until something holds."""
    async with asyncio.timeout(SECONDS):
        while True:
            if holds():
                return
            await asyncio.sleep(0)
