"""A hosted bot as people and programs see it."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import msgspec

from vestnik.bridge.hosting.invites import Invites
from vestnik.bridge.model import BotState, Hosted, HostedBot
from vestnik.chatmail import Core
from vestnik.errors import CoreError
from vestnik.gateway.model import Resource
from vestnik.ids import AccountId

__all__ = ["Describing", "state_of"]

AT_ONCE = 50
PATIENCE = 5.0
"""Seconds that a busy core may take; after them what is known from before is told."""

CONNECTING, CONNECTED = 2000, 3000
"""The core's numbers: from here on it connects, and from here on it is connected."""


class Known(msgspec.Struct, frozen=True):
    """What only the core can say of a bot."""

    name: str
    invite: str
    connectivity: int = 0


class Describing:
    """Asks the core about bots; while it does not answer, they are offline."""

    def __init__(self, core: Core, invites: Invites) -> None:
        self._core = core
        self._invites = invites
        self._known: dict[AccountId, Known] = {}

    async def all(self, bots: Sequence[tuple[Hosted, Resource]]) -> list[HostedBot]:
        """Describe several bots."""
        told: list[HostedBot] = []
        for start in range(0, len(bots), AT_ONCE):
            told += await asyncio.gather(
                *(self.one(hosted, resource) for hosted, resource in bots[start : start + AT_ONCE])
            )
        return told

    async def one(self, hosted: Hosted, resource: Resource) -> HostedBot:
        """Describe a bot."""
        known = await self._ask(hosted.account)
        return HostedBot(
            id=hosted.bot,
            owner=resource.owner,
            account=hosted.account,
            address=hosted.address,
            name=known.name or resource.name,
            state=state_of(known.connectivity, is_paused=not resource.notify),
            events=hosted.record.events,
            commands=hosted.record.commands,
            invite=known.invite,
        )

    def forget(self, account: AccountId) -> None:
        """Forget a bot that is gone."""
        self._known.pop(account, None)

    async def _ask(self, account: AccountId) -> Known:
        try:
            async with asyncio.timeout(PATIENCE):
                invite = await self._invites.of(account)
                connectivity = await self._core.get_connectivity(account)
        except (CoreError, TimeoutError):
            before = self._known.get(account, Known("", ""))
            return msgspec.structs.replace(before, connectivity=0)
        known = Known(invite.name, invite.link, connectivity)
        self._known[account] = known
        return known


def state_of(connectivity: int, *, is_paused: bool) -> BotState:
    """Return what the core's number for a connection means."""
    if is_paused:
        return BotState.PAUSED
    if connectivity >= CONNECTED:
        return BotState.ONLINE
    return BotState.CONNECTING if connectivity >= CONNECTING else BotState.OFFLINE
