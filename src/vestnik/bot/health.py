"""Whether the bots can do their work: for a load balancer, a supervisor, a person with curl."""

from __future__ import annotations

import asyncio

import msgspec

from vestnik.bot.host import Host
from vestnik.errors import CoreError
from vestnik.ids import AccountId

__all__ = ["Health", "check_health"]

CORE_SECONDS = 5.0
"""A core that takes longer to answer is as good as none."""

ONLINE = 3000
"""From this connectivity on an account gets and sends messages."""

_NAMES = {1000: "not connected", 2000: "connecting", 3000: "working", 4000: "connected"}


class Health(msgspec.Struct, frozen=True):
    """What a look at the bots has found.

    Attributes:
        is_good: Whether the core answers and all accounts are online.
        core: Its version, or what is wrong with it.
        accounts: Of each account, how it is connected.
    """

    is_good: bool
    core: str
    accounts: dict[AccountId, str]


async def check_health(host: Host) -> Health:
    """Ask the core of all accounts that are served."""
    accounts = list(host.accounts)
    try:
        levels = await asyncio.gather(
            *(host.core.get_connectivity(account, timeout=CORE_SECONDS) for account in accounts)
        )
    except CoreError as problem:
        return Health(is_good=False, core=str(problem), accounts={})
    return Health(
        is_good=bool(accounts) and all(level >= ONLINE for level in levels),
        core=host.core.version,
        accounts={
            account: _NAMES.get(level, str(level))
            for account, level in zip(accounts, levels, strict=True)
        },
    )
