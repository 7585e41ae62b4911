"""Has a webhook's record say since when it fails, and has it switched off in the end."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from typing import Protocol

import msgspec

from vestnik.clock import Clock
from vestnik.errors import GatewayError
from vestnik.gateway.delivery.health import Health
from vestnik.gateway.delivery.options import DeliveryOptions, DeliveryStats
from vestnik.gateway.model import Webhook

__all__ = ["Mark", "Marks", "OnDisabled", "WebhookMarks"]

OnDisabled = Callable[[Webhook], Awaitable[None]]
"""Told of a webhook that was switched off for failing too long."""

_log = logging.getLogger("vestnik.gateway")


class Mark(msgspec.Struct, frozen=True):
    """How a webhook fares.

    Attributes:
        failing_since: Since when it fails; ``None`` if it does not.
        disabled_since: Since when it is switched off for that; ``None`` leaves it on.
    """

    failing_since: int | None = None
    disabled_since: int | None = None


class WebhookMarks(Protocol):
    """Where marks are written: with whoever else changes webhooks, one after the other."""

    async def mark(self, seen: Webhook, mark: Mark) -> Webhook | None:
        """Write a mark into a webhook's record, and nothing else of it.

        Args:
            seen: The record by which the webhook was judged.

        Returns:
            The record as it is now; ``None`` if it stayed as it was: it is gone or switched off,
            says so already, or a failure is to be written into one that its owner has changed.

        Raises:
            StoreFailed: It cannot be stored.
        """


class Marks:
    """Decides when a mark is due; each is written only when it changes something.

    A row of failures is written down when it has lasted for ten minutes, so that an endpoint that
    stumbles now and then costs nothing.
    """

    def __init__(
        self,
        records: WebhookMarks,
        clock: Clock,
        options: DeliveryOptions,
        stats: DeliveryStats,
        on_disabled: OnDisabled,
    ) -> None:
        self._records = records
        self._clock = clock
        self._options = options
        self._stats = stats
        self._on_disabled = on_disabled

    async def delivered(self, webhook: Webhook, health: Health) -> None:
        """Note a success."""
        health.succeeded()
        if webhook.failing_since is not None:
            await self._write(webhook, Mark())

    async def failed(self, webhook: Webhook, health: Health) -> None:
        """Note a failure, and switch the webhook off if it was one too many."""
        now = int(self._clock.now() * 1000)
        health.failed(now)
        since = health.failing_since
        if health.should_be_disabled(now, self._options.disable_after):
            await self._disable(webhook, Mark(failing_since=since, disabled_since=now))
        elif webhook.failing_since is None and health.should_be_remembered(now):
            await self._write(webhook, Mark(failing_since=since))

    async def _disable(self, webhook: Webhook, mark: Mark) -> None:
        changed = await self._write(webhook, mark)
        if changed is None:
            return
        self._stats.disabled += 1
        try:
            await self._on_disabled(changed)
        except GatewayError as problem:
            _log.error(
                "Nobody could be told that webhook %s is switched off: %s", webhook.id, problem
            )

    async def _write(self, webhook: Webhook, mark: Mark) -> Webhook | None:
        """Write a mark; ``None`` if nothing has changed, or it cannot be done now."""
        try:
            return await self._records.mark(webhook, mark)
        except GatewayError as problem:
            _log.error("The state of webhook %s cannot be stored: %s", webhook.id, problem)
            return None
