"""One commit: store what waits, then tell the webhooks and the clients of it, in order."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence
from typing import TypeAlias

from vestnik.gateway.delivery import DeliveryQueue
from vestnik.gateway.model import Addressed, Appended, Batch, Stored
from vestnik.gateway.ports import Broker, Notified, Store, owner_topic
from vestnik.gateway.roster import Roster
from vestnik.ids import OwnerId
from vestnik.wire import Notification

__all__ = ["Telling"]

log = logging.getLogger("vestnik.gateway")

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
        by_owner: dict[OwnerId, list[Stored]] = {}
        for result in new:
            if result.planned:
                self._deliveries.accept(result.planned)
            for stored in result.stored:
                by_owner.setdefault(stored.owner, []).append(stored)
        for owner, items in by_owner.items():
            try:
                await self._tell_owner(owner, items)
            except Exception:
                # It is stored; whoever asks for positions finds it in the log.
                log.exception("Notifications were stored but could not be told to the clients")

    async def _tell_owner(self, owner: OwnerId, items: list[Stored]) -> None:
        # Where offsets begin anew, the epoch is a new one.
        if items[0].offset == 1 or owner not in self._epochs:
            self._epochs[owner] = (await self._store.log.position(owner)).epoch
        told = Notified(owner, self._epochs[owner], tuple(items))
        await self._broker.publish(owner_topic(owner), told)

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
