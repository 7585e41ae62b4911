"""Hosted bots of a running gateway, and what their programs need to know."""

from __future__ import annotations

from typing import Any, NamedTuple

from tests.e2e.gateway.process import Gateway
from vestnik.relay import Relay

__all__ = ["CONFIG", "HostedBot", "add_bot", "give"]

CONFIG = """
[hosting]
messages_per_minute = 0

[websocket]
attempts = 100000

[webhooks]
allow_networks = ["127.0.0.0/8"]
"""


class HostedBot(NamedTuple):
    """A bot as the answer to its addition tells of it.

    Attributes:
        token: What its program has.
        account: Its account at the core.
    """

    id: str
    owner: str
    invite: str
    token: str
    account: int
    address: str


async def add_bot(
    gateway: Gateway, relay: Relay, owner: str = "anna", id: str = "echo"
) -> HostedBot:
    """Add a bot as the operator, and its owner."""
    await give(gateway, "/owners", id=owner, name=owner.title())
    code = relay.new_account().login_code
    made = await give(gateway, "/bots", owner=owner, id=id, name=id.title(), code=code)
    bot = made["bot"]
    return HostedBot(id, owner, bot["invite"], made["secret"], bot["account"], bot["address"])


async def give(gateway: Gateway, path: str, **body: object) -> dict[str, Any]:
    """Make something as the operator."""
    status, answer = await gateway.ask("POST", path, body)
    assert status == 201, (path, answer)
    return dict(answer)
