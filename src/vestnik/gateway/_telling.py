"""One commit: store what waits, then tell the webhooks and the clients of it, in order."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence
from typing import TypeAlias

from vestnik.gateway.delivery import DeliveryQueue
from vestnik.gateway.model import Addressed, Appended, Batch, Planned, Stored
from vestnik.gateway.ports import Broker, Notified, Store, owner_topic
from vestnik.gateway.roster import Roster
from vestnik.ids import OwnerId
from vestnik.wire import Notification

__all__ = ["Telling"]

log = logging.getLogger("vestnik.gateway")

LOOK_AGAIN_AT = 1024
"""With so many epochs, those of owners who are gone are looked for."""

Items: TypeAlias = Sequence[tuple[OwnerId, Notification]]


class Telling:
    """Stores and tells for one caller at a time, which is what keeps the order."""

    def __init__(
        self,
        store: Store,
        broker: Broker,
        roster: Roster,
        deliveries: DeliveryQueue,
    ) -> None:
        self._store = store
        self._broker = broker
        self._roster = roster
        self._deliveries = deliveries
        self._epochs: dict[OwnerId, str] = {}
        self._look_again_at = LOOK_AGAIN_AT

    async def store_and_tell(self, group: Sequence[tuple[Items, str | None]]) -> Sequence[bool]:
        """Store a group in one commit, and say for each of it whether it was there already.

        Raises:
            StoreFailed: Nothing of all was stored.
        """
        batches = [self._batch(items, key) for items, key in group]
        try:
            appended = await self._store.log.append(batches)
        except BaseException:
            self._give_back(batches)
            raise
        self._give_back(b for b, a in zip(batches, appended, strict=True) if a.is_repeat)
        await self._tell([result for result in appended if not result.is_repeat])
        return [result.is_repeat for result in appended]

    async def _tell(self, new: Sequence[Appended]) -> None:
        # It is stored, and so nothing that fails from now on may look as if it were not: attempts
        # are made after a restart, and who asks for positions finds the rest in the log.
        by_owner: dict[OwnerId, list[Stored]] = {}
        for result in new:
            if result.planned:
                self._deliver(result.planned)
            for stored in result.stored:
                by_owner.setdefault(stored.owner, []).append(stored)
        for owner, items in by_owner.items():
            try:
                await self._tell_owner(owner, items)
            except Exception:
                log.exception("Notifications were stored but could not be told to the clients")

    def _deliver(self, planned: Sequence[Planned]) -> None:
        try:
            self._deliveries.accept(planned)
        except Exception:
            log.exception("Notifications were stored but could not be handed to the webhooks")

    async def _tell_owner(self, owner: OwnerId, items: list[Stored]) -> None:
        # Where offsets begin anew, the epoch is a new one.
        if items[0].offset == 1 or owner not in self._epochs:
            self._forget_old()
            self._epochs[owner] = (await self._store.log.position(owner)).epoch
        told = Notified(owner, self._epochs[owner], tuple(items))
        await self._broker.publish(owner_topic(owner), told)

    def _forget_old(self) -> None:
        """Now and then forget the epochs of owners who are gone."""
        if len(self._epochs) >= self._look_again_at:
            self._epochs = {
                owner: epoch
                for owner, epoch in self._epochs.items()
                if self._roster.owner(owner) is not None
            }
            self._look_again_at = max(LOOK_AGAIN_AT, 2 * len(self._epochs))

    def _batch(self, items: Items, key: str | None) -> Batch:
        return Batch(tuple([self._addressed(*item) for item in items]), key)

    def _addressed(self, owner: OwnerId, notification: Notification) -> Addressed:
        webhooks = self._roster.webhooks_for(owner, notification.resource)
        if not webhooks:
            return Addressed(owner, notification)
        places = [(webhook.id, self._deliveries.reserve(webhook.id)) for webhook in webhooks]
        return Addressed(
            owner,
            notification,
            tuple(id for id, is_free in places if is_free),
            tuple(id for id, is_free in places if not is_free),
        )

    def _give_back(self, batches: Iterable[Batch]) -> None:
        for batch in batches:
            for item in batch.items:
                for webhook in item.webhooks:
                    self._deliveries.release(webhook)
