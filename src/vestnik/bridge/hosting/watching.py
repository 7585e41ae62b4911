"""How the bots' connections are, and how often the core died: noted as it is told."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from vestnik.bridge.hosting.counts import Tallies
from vestnik.bridge.hosting.describing import state_of
from vestnik.bridge.model import Hosted
from vestnik.bridge.registry import Registry
from vestnik.chatmail import Core, CoreRestarted
from vestnik.chatmail.events import ConnectivityChanged, EventChannelOverflow, EventPayload
from vestnik.errors import CoreError
from vestnik.ids import AccountId

__all__ = ["Watching"]


class Watching:
    """Keeps the numbers that metrics show, so that showing them costs nothing."""

    def __init__(self, core: Core, registry: Registry, tallies: Tallies) -> None:
        self._core = core
        self._registry = registry
        self._connectivity: dict[AccountId, int] = {}
        self._tallies = tallies

    async def run(self) -> None:
        """Listen, until cancelled."""
        async with self._core.events() as events:
            await self._ask({one.account for one in self._registry.all()})
            while batch := await events.next_batch():
                await self._take([(one.account_id, one.payload) for one in batch])

    async def _take(self, batch: Sequence[tuple[AccountId, EventPayload]]) -> None:
        kinds = [type(payload) for _, payload in batch]
        self._tallies.restarts += kinds.count(CoreRestarted)
        if CoreRestarted in kinds or EventChannelOverflow in kinds:
            await self._ask({one.account for one in self._registry.all()})
        else:
            await self._ask({id for id, what in batch if isinstance(what, ConnectivityChanged)})

    def states(self, paused: frozenset[AccountId]) -> Mapping[str, int]:
        """Count the bots by their state."""
        return Counter(self._state(one, paused) for one in self._registry.all())

    def _state(self, hosted: Hosted, paused: frozenset[AccountId]) -> str:
        connectivity = self._connectivity.get(hosted.account, 0)
        return state_of(connectivity, is_paused=hosted.account in paused).value

    async def _ask(self, accounts: set[AccountId]) -> None:
        for account in accounts:
            if self._registry.of_account(account) is None:
                self._connectivity.pop(account, None)
                continue
            try:
                self._connectivity[account] = await self._core.get_connectivity(account)
            except CoreError:
                self._connectivity[account] = 0
