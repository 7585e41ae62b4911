"""A store for a gateway that only changes settings; deliveries wait for one that serves."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import msgspec

from vestnik.gateway.model import (
    Appended,
    Attempt,
    AttemptKind,
    Batch,
    Finished,
    Page,
    Planned,
    Retention,
)
from vestnik.gateway.ports import AttemptLog, NotificationLog, Settings, Store
from vestnik.ids import DeliveryId, OwnerId, WebhookId
from vestnik.wire import Position

__all__ = ["OfflineStore"]


class OfflineLog:
    """A log that stores attempts as planned, and keeps quiet about them."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def append(self, batches: Sequence[Batch]) -> Sequence[Appended]:
        """Store batches in one commit."""
        appended = await self._store.log.append(batches)
        return [msgspec.structs.replace(one, planned=()) for one in appended]

    async def position(self, owner: OwnerId) -> Position:
        """Return where the owner's stream ends now."""
        return await self._store.log.position(owner)

    async def read(self, owner: OwnerId, after: int, limit: int, up_to: int | None = None) -> Page:
        """Return notifications after an offset."""
        return await self._store.log.read(owner, after, limit, up_to)


class OfflineAttempts:
    """A delivery log that leaves what is planned to the gateway that comes."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def record(
        self, begun: Sequence[DeliveryId], finished: Sequence[Finished], now: int
    ) -> None:
        """Write down what begins now and what has ended."""
        await self._store.attempts.record(begun, finished, now)

    async def plan(
        self,
        webhook: WebhookId,
        owner: OwnerId,
        kind: AttemptKind,
        now: int,
        *,
        offset: int | None = None,
        number: int = 1,
        due: int = 0,
    ) -> Attempt:
        """Add one more attempt."""
        return await self._store.attempts.plan(
            webhook, owner, kind, now, offset=offset, number=number, due=due
        )

    async def recover(self, now: int) -> Sequence[Planned]:
        """Return nothing, and touch nothing."""
        return ()

    async def get(self, id: DeliveryId) -> Attempt | None:
        """Return one attempt."""
        return await self._store.attempts.get(id)

    async def latest(
        self, webhook: WebhookId, limit: int, before: DeliveryId | None = None
    ) -> Sequence[Attempt]:
        """Return a webhook's attempts, the newest first."""
        return await self._store.attempts.latest(webhook, limit, before)


class OfflineStore:
    """A store, open already, whose planned attempts are not begun here."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._log = OfflineLog(store)
        self._attempts = OfflineAttempts(store)

    @property
    def settings(self) -> Settings:
        """Owners, resources, tokens and webhooks."""
        return self._store.settings

    @property
    def log(self) -> NotificationLog:
        """The log."""
        return self._log

    @property
    def attempts(self) -> AttemptLog:
        """The delivery log."""
        return self._attempts

    async def trim(self, retention: Retention) -> int:
        """Forget nothing: that is for the gateway that comes."""
        return 0

    async def back_up(self, path: Path) -> None:
        """Write a copy."""
        await self._store.back_up(path)

    async def __aenter__(self) -> Store:
        return self

    async def __aexit__(self, *exc: object) -> None:
        """Leave the store open: whoever opened it closes it."""
