"""Keeps in a webhook's record since when it fails, and switches it off in the end."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable

import msgspec

from vestnik.clock import Clock
from vestnik.errors import GatewayError
from vestnik.gateway.delivery.health import Health
from vestnik.gateway.delivery.options import DeliveryOptions, DeliveryStats
from vestnik.gateway.model import Webhook
from vestnik.gateway.ports import Settings
from vestnik.gateway.roster import Roster
from vestnik.ids import WebhookId

__all__ = ["Marks", "OnDisabled"]

OnDisabled = Callable[[Webhook], Awaitable[None]]
"""Told of a webhook that was switched off for failing too long."""

_log = logging.getLogger("vestnik.gateway")


class Marks:
    """Writes `failing_since` and `disabled_since`, each only when it changes.

    A row of failures is written down when it has lasted for ten minutes, so that an endpoint that
    stumbles now and then costs nothing.
    """

    def __init__(
        self,
        settings: Settings,
        roster: Roster,
        clock: Clock,
        options: DeliveryOptions,
        stats: DeliveryStats,
        on_disabled: OnDisabled,
    ) -> None:
        self._settings = settings
        self._roster = roster
        self._clock = clock
        self._options = options
        self._stats = stats
        self._on_disabled = on_disabled

    async def delivered(self, webhook: Webhook, health: Health) -> None:
        """Note a success."""
        health.succeeded()
        if webhook.failing_since is not None:
            await self._write(webhook.id, failing_since=None)

    async def failed(self, webhook: Webhook, health: Health) -> None:
        """Note a failure, and switch the webhook off if it was one too many."""
        now = int(self._clock.now() * 1000)
        health.failed(now)
        since = health.failing_since
        if health.should_be_disabled(now, self._options.disable_after):
            await self._disable(webhook.id, since, now)
        elif webhook.failing_since is None and health.should_be_remembered(now):
            await self._write(webhook.id, failing_since=since)

    async def _disable(self, id: WebhookId, since: int | None, now: int) -> None:
        changed = await self._write(id, enabled=False, failing_since=since, disabled_since=now)
        if changed is None:
            return
        self._stats.disabled += 1
        try:
            await self._on_disabled(changed)
        except GatewayError as problem:
            _log.error("Nobody could be told that webhook %s is switched off: %s", id, problem)

    async def _write(self, id: WebhookId, **changes: object) -> Webhook | None:
        """Change the record; ``None`` if somebody else has done it, or it cannot be done now."""
        try:
            return await self._change(id, changes)
        except GatewayError as problem:
            _log.error("The state of webhook %s cannot be stored: %s", id, problem)
            return None

    async def _change(self, id: WebhookId, changes: dict[str, object]) -> Webhook | None:
        while (current := self._roster.webhook(id)) is not None:
            changed = msgspec.structs.replace(current, **changes)
            if not current.enabled or changed == current:
                return None
            await self._settings.save(changed)
            if self._roster.webhook(id) is current:
                self._roster.put(changed)
                return changed
        # It was deleted in the meantime, perhaps just before it was saved.
        await self._settings.delete((Webhook, id))
        return None
