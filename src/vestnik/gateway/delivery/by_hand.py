"""Attempts that a person asks for: tests and re-sends."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine

import msgspec

from vestnik.clock import Clock
from vestnik.errors import BadRequest, NotFound, Overloaded
from vestnik.gateway.delivery.lanes import Lanes
from vestnik.gateway.delivery.making import Maker, by_mistake, finished
from vestnik.gateway.delivery.recorder import Recorder
from vestnik.gateway.model import Attempt, AttemptKind, Planned, Webhook
from vestnik.gateway.ports import Store
from vestnik.gateway.roster import Roster
from vestnik.ids import DeliveryId, ResourceId, WebhookId
from vestnik.wire import Notification

__all__ = ["TEST_TEXT", "ByHand"]

TEST_TEXT = "This is a test: the webhook works."
"""What a test says in its payload."""

TEST_TYPE = 0
RETRY_AFTER = 5.0


class ByHand:
    """Makes attempts past the queues; recorded like all, but they do not count as failures.

    Once begun they go on even if the one who asked has gone away.
    """

    def __init__(
        self,
        store: Store,
        roster: Roster,
        lanes: Lanes,
        maker: Maker,
        recorder: Recorder,
        clock: Clock,
        most: int,
    ) -> None:
        self._store = store
        self._roster = roster
        self._lanes = lanes
        self._maker = maker
        self._recorder = recorder
        self._clock = clock
        self._most = most
        self._tasks: set[asyncio.Task[Attempt]] = set()
        self._is_stopping = False

    async def test(self, id: WebhookId, by: str) -> Attempt:
        """Send a test; a webhook that is switched off can be tested, too."""
        webhook = self._webhook(id)
        now = int(self._clock.now() * 1000)
        resource = webhook.resource or ResourceId(webhook.owner)
        payload = msgspec.Raw(msgspec.json.encode({"text": TEST_TEXT}))
        notification = Notification(TEST_TYPE, resource, resource, by, now, payload)
        return await self._in_time(self._make(webhook, AttemptKind.TEST, None, 1, notification))

    async def resend(self, id: DeliveryId) -> Attempt:
        """Send again what an attempt was about."""
        earlier = await self._store.attempts.get(id)
        if earlier is None:
            raise NotFound(f"There is no delivery {id}.")
        if earlier.offset is None:
            raise BadRequest("A test cannot be sent again: make a new one.")
        webhook = self._webhook(earlier.webhook)
        page = await self._store.log.read(earlier.owner, earlier.offset - 1, 1, earlier.offset)
        if not page.items:
            raise NotFound(f"The notification of delivery {id} is no longer kept.")
        notification, number = page.items[0].notification, earlier.number + 1
        return await self._in_time(
            self._make(webhook, AttemptKind.RESEND, earlier.offset, number, notification)
        )

    def stop(self) -> list[asyncio.Task[Attempt]]:
        """Begin nothing more, and return what is on its way."""
        self._is_stopping = True
        return list(self._tasks)

    async def close(self) -> None:
        """Give up what is on its way."""
        pending = self.stop()
        for task in pending:
            task.cancel()
        await asyncio.gather(*pending, return_exceptions=True)

    async def _in_time(self, making: Coroutine[None, None, Attempt]) -> Attempt:
        if self._is_stopping or len(self._tasks) >= self._most:
            making.close()
            raise Overloaded(RETRY_AFTER)
        task = asyncio.create_task(making)
        self._tasks.add(task)
        task.add_done_callback(self._ended)
        return await asyncio.shield(task)

    def _ended(self, task: asyncio.Task[Attempt]) -> None:
        self._tasks.discard(task)
        if not task.cancelled():
            task.exception()  # who asked may be gone

    async def _make(
        self,
        webhook: Webhook,
        kind: AttemptKind,
        offset: int | None,
        number: int,
        notification: Notification,
    ) -> Attempt:
        now = int(self._clock.now() * 1000)
        attempt = await self._store.attempts.plan(
            webhook.id, webhook.owner, kind, now, offset=offset, number=number
        )
        await asyncio.shield(self._recorder.begin(attempt.id))
        planned = Planned(attempt.id, webhook.id, webhook.owner, offset or 0, notification)
        try:
            response = await self._maker.make(self._lanes.lane(webhook.id), planned, webhook)
        except Exception:
            self._recorder.finish(by_mistake(attempt.id))
            raise
        self._maker.count(response)
        await asyncio.shield(self._recorder.finish(finished(attempt.id, response)))
        return await self._store.attempts.get(attempt.id) or attempt

    def _webhook(self, id: WebhookId) -> Webhook:
        webhook = self._roster.webhook(id)
        if webhook is None:
            raise NotFound(f"There is no webhook {id}.")
        return webhook
