"""A whole gateway, put together: what the REST API, a bridge and the program use."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from contextlib import AsyncExitStack

import msgspec

from vestnik.clock import Clock, SystemClock
from vestnik.errors import StoreFailed, VestnikError
from vestnik.gateway._options import GatewayOptions
from vestnik.gateway._trimming import Trimming
from vestnik.gateway.access import Access
from vestnik.gateway.administration import Administration
from vestnik.gateway.delivery import Deliveries, Guard
from vestnik.gateway.live import Hub
from vestnik.gateway.model import Webhook
from vestnik.gateway.polling import Updates
from vestnik.gateway.ports import (
    AttemptLog,
    Broker,
    NotificationLog,
    Store,
    WebhookSender,
)
from vestnik.gateway.publishing import Publishing
from vestnik.gateway.roster import Roster
from vestnik.gateway.sealing import Sealer
from vestnik.ids import OwnerId, ResourceId
from vestnik.wire import Notification

__all__ = ["Gateway", "GatewayOptions"]

log = logging.getLogger("vestnik.gateway")

_WEBHOOK_DISABLED = 90
_PATIENCE = 2.0
"""Seconds that a store may take to show that it works."""


class Gateway:
    """The parts of a gateway in the right order, as an async context manager.

    `publishing`, `deliveries`, `updates` and `hub` are there once it has been entered. Its end lets
    those go who wait for updates, refuses what is new, stores and tells what was accepted, lets
    deliveries end, closes the connections with 1012 and the store last.

    Args:
        guard: Judges the addresses of webhooks when they are entered; the sender's own judges
            them once more when they are used.
    """

    roster: Roster
    access: Access
    administration: Administration
    publishing: Publishing
    deliveries: Deliveries
    updates: Updates
    hub: Hub

    def __init__(
        self,
        store: Store,
        broker: Broker,
        sender: WebhookSender,
        sealer: Sealer,
        *,
        guard: Guard | None = None,
        clock: Clock | None = None,
        options: GatewayOptions | None = None,
    ) -> None:
        self.clock = clock or SystemClock()
        self.options = options or GatewayOptions()
        self.store = store
        self.roster = Roster()
        self.access = Access(self.roster)
        self._broker = broker
        self._sender = sender
        self._sealer = sealer
        self._trimming = Trimming(store, self.clock, self.options)
        self._stack = AsyncExitStack()
        self._is_ending = self._is_draining = False
        self.administration = Administration(store, self.roster, broker, sealer, self.clock, guard)

    @property
    def broker(self) -> Broker:
        """Where it is told what was stored and what was changed."""
        return self._broker

    @property
    def log(self) -> NotificationLog:
        """The stored notifications."""
        return self.store.log

    @property
    def attempts(self) -> AttemptLog:
        """The delivery log."""
        return self.store.attempts

    @property
    def is_draining(self) -> bool:
        """Whether the end has begun."""
        return self._is_draining

    async def is_ready(self) -> bool:
        """Say whether it makes sense to send anything here: the store answers, no end is near."""
        if self._is_ending or self._is_draining:
            return False
        try:
            async with asyncio.timeout(_PATIENCE):
                await self.store.log.read(OwnerId("ready"), 0, 1)
        except (StoreFailed, TimeoutError):
            return False
        return True

    def announce_end(self) -> None:
        """Be no longer ready, though all goes on until `drain`."""
        self._is_ending = True

    def give_up(self) -> None:
        """Let the end wait for nothing any more: what goes on is cancelled by it."""
        self._is_ending = self._is_draining = True

    async def drain(self, seconds: float | None = None) -> None:
        """Refuse what is new and let what is on its way arrive; at most for so many seconds."""
        if self._is_draining:
            return
        self._is_draining = True
        self.updates.close()
        loop = asyncio.get_running_loop()
        until = loop.time() + (self.options.drain_seconds if seconds is None else seconds)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout_at(until):
                await self.publishing.close()
        await self.deliveries.drain(max(until - loop.time(), 0))
        await self.hub.drain(max(until - loop.time(), 1))

    async def __aenter__(self) -> Gateway:
        async with AsyncExitStack() as stack:
            await stack.enter_async_context(self.store)
            self.roster.put(*await self.store.settings.load())
            self._build()
            for part in (self._sender, self.publishing, self.deliveries, self.updates, self.hub):
                await stack.enter_async_context(part)
            await stack.enter_async_context(self._trimming)
            stack.push_async_callback(self.drain)
            self._stack = stack.pop_all()
        return self

    async def __aexit__(self, *exc: object) -> None:
        await self._stack.aclose()

    def _build(self) -> None:
        """Make what needs an open store."""
        store, clock, options = self.store, self.clock, self.options
        self.deliveries = Deliveries(
            store,
            self.roster,
            self._sealer,
            self._sender,
            clock,
            options.delivery,
            self._webhook_disabled,
            self.administration.webhooks,
        )
        self.publishing = Publishing(
            store, self._broker, self.roster, self.deliveries, most_waiting=options.most_waiting
        )
        self.updates = Updates(store.log, self._broker, self.roster, self.access, clock)
        self.hub = Hub(store.log, self._broker, self.roster, self.access, clock, options.live)

    async def trim(self) -> int:
        """Forget what is older or more than the options want kept, and return how many that were.

        Raises:
            StoreFailed: Nothing could be forgotten.
        """
        return await self._trimming.trim()

    async def _webhook_disabled(self, webhook: Webhook) -> None:
        """Tell an owner, by all other ways, that a webhook has failed for too long.

        It is written down already, so that this one is not among the ways any more.
        """
        try:
            told = _about_disabled(webhook, self.clock.now())
            await self.publishing.announce(webhook.owner, told)
        except VestnikError as error:
            log.warning("The owner of webhook %s could not be told: %s", webhook.id, error)


def _about_disabled(webhook: Webhook, now: float) -> Notification:
    told = {
        "webhook": webhook.id,
        # What stands behind the question mark may be a secret.
        "url": webhook.url.partition("?")[0],
        "since": webhook.failing_since,
    }
    return Notification(
        type=_WEBHOOK_DISABLED,
        resource=webhook.resource or ResourceId(webhook.owner),
        affected=webhook.id,
        user="",
        happened=int(now * 1000),
        payload=msgspec.Raw(msgspec.json.encode(told)),
    )
