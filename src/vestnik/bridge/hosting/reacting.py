"""What a change of settings means for the bots: one is paused, goes on, or is gone."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable

from vestnik.bridge.hosting.directory import Directory
from vestnik.bridge.model import Hosted
from vestnik.errors import CoreError, StoreFailed
from vestnik.gateway import Gateway
from vestnik.gateway.ports import SETTINGS_TOPIC, BrokerMessage, Subscription
from vestnik.ids import AccountId

__all__ = ["Reacting"]

log = logging.getLogger("vestnik.bridge")


class Reacting:
    """Listens to the changes, as an async context manager.

    Args:
        forget: Removes a bot whose resource was deleted.
        look_again: Told when bots have been paused, or go on.
    """

    def __init__(
        self,
        gateway: Gateway,
        directory: Directory,
        forget: Callable[[Hosted], Awaitable[None]],
        look_again: Callable[[], None],
    ) -> None:
        self._gateway = gateway
        self._directory = directory
        self._forget = forget
        self._look_again = look_again
        self._changed = asyncio.Event()
        self._gone: list[Hosted] = []
        self._paused: frozenset[AccountId] = frozenset()
        self._subscription: Subscription | None = None

    async def __aenter__(self) -> Reacting:
        self._paused = self._directory.paused()
        broker = self._gateway.broker
        self._subscription = await broker.subscribe(SETTINGS_TOPIC, self._hear)
        return self

    async def __aexit__(self, *exc: object) -> None:
        if self._subscription is not None:
            await self._subscription.close()

    async def run(self) -> None:
        """React, until cancelled."""
        while True:
            await self._changed.wait()
            self._changed.clear()
            gone, self._gone = self._gone, []
            for orphan in gone:
                await self._remove(orphan)

    def _hear(self, message: BrokerMessage) -> None:
        # At once: a new resource of the same id may be somebody else's.
        gone = self._directory.let_go_of_orphans()
        if gone:
            self._gone += gone
            self._changed.set()
        paused, self._paused = self._paused, self._directory.paused()
        if paused != self._paused:
            self._look_again()

    async def _remove(self, orphan: Hosted) -> None:
        try:
            await self._forget(orphan)
        except (CoreError, StoreFailed) as problem:
            log.warning(
                "The account of the bot %s, whose resource was deleted, is there still: %s",
                orphan.bot,
                problem,
            )
        else:
            log.info("The bot %s went with its resource", orphan.bot)
