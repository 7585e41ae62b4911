"""A gateway in memory with two owners and an operator, and its app."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import NamedTuple

import pytest
from starlette.applications import Starlette

from tests.web.caller import Caller
from tests.web.hosts import FakeHosting
from vestnik.gateway import Gateway, Scope, Sealer, WebhookChange
from vestnik.gateway.brokers import MemoryBroker
from vestnik.gateway.delivery import MemorySender
from vestnik.gateway.stores import MemoryStore
from vestnik.ids import OwnerId, ResourceId, TokenId, WebhookId
from vestnik.testing import FakeClock
from vestnik.web import build_app

ALL = frozenset(Scope) - {Scope.BOT, Scope.CORE}
"""What an owner's token can be good for."""


class House(NamedTuple):
    """What an owner has."""

    owner: OwnerId
    resource: ResourceId
    token: TokenId
    secret: str
    webhook: WebhookId
    webhook_token: str
    ask: Caller


class World(NamedTuple):
    """A gateway with people in it."""

    gateway: Gateway
    app: Starlette
    clock: FakeClock
    sender: MemorySender
    hosting: FakeHosting
    anna: House
    boris: House
    operator: Caller


@pytest.fixture
async def world() -> AsyncIterator[World]:
    clock, sender = FakeClock(), MemorySender()
    gateway = Gateway(
        MemoryStore(clock), MemoryBroker(), sender, Sealer.from_key(bytes(32)), clock=clock
    )
    async with gateway:
        hosting = FakeHosting(gateway)
        app = build_app(gateway, hosting=hosting)
        operator = await gateway.administration.tokens.create(None, ALL | {Scope.CORE})
        yield World(
            gateway,
            app,
            clock,
            sender,
            hosting,
            await _house(gateway, app, "anna", hosting),
            await _house(gateway, app, "boris", hosting),
            Caller(app, operator.secret),
        )


async def _house(gateway: Gateway, app: Starlette, name: str, hosting: FakeHosting) -> House:
    rules = gateway.administration
    owner = (await rules.owners.create(name.title(), id=OwnerId(name))).id
    bot = await rules.resources.create(owner, f"{name}'s bot", id=ResourceId(f"{name}-bot"))
    hosting.put(owner, bot.id, bot.name)
    issued = await rules.tokens.create(owner, ALL)
    hook = await rules.webhooks.create(
        owner,
        WebhookChange(
            url=f"https://{name}.example/hook",
            headers=[("X-Secret", f"header-secret-of-{name}")],
            signed=True,
        ),
    )
    assert hook.token is not None
    return House(
        owner,
        bot.id,
        issued.token.id,
        issued.secret,
        hook.webhook.id,
        hook.token,
        Caller(app, issued.secret),
    )
