"""Plans retries: after failures, and after a crash for what was on its way."""

from __future__ import annotations

from vestnik.clock import Clock
from vestnik.errors import GatewayError
from vestnik.gateway.delivery.lane import Lane
from vestnik.gateway.delivery.options import DeliveryOptions, DeliveryStats
from vestnik.gateway.delivery.recorder import FIRST_PAUSE, LONGEST_PAUSE
from vestnik.gateway.delivery.retries import SCHEDULE, pause_before_retry
from vestnik.gateway.model import Attempt, AttemptKind, AttemptState, Planned, Webhook
from vestnik.gateway.ports import Store, WebhookResponse
from vestnik.wire import Notification

__all__ = ["Again"]

_PAGE = 500
_INTERRUPTED = WebhookResponse(error="interrupted")


class Again:
    """Makes rows for retries in the store; one that is planned is made, over crashes too."""

    def __init__(
        self, store: Store, clock: Clock, options: DeliveryOptions, stats: DeliveryStats
    ) -> None:
        self._store = store
        self._clock = clock
        self._options = options
        self._stats = stats

    async def after(
        self, lane: Lane, planned: Planned, webhook: Webhook, response: WebhookResponse
    ) -> Planned | None:
        """Plan a retry after a failure, if the owner wants it and it makes sense.

        While the store fails it waits, as the failure can only be written down then, too.
        """
        pause = pause_before_retry(planned.number, response) if webhook.retries else None
        if pause is None or lane.retries_later + len(lane.retries) >= self._options.most_retries:
            return None
        wait = FIRST_PAUSE
        while True:
            try:
                return await self._plan(planned, pause)
            except GatewayError:
                await self._clock.sleep(wait)
                wait = min(wait * 2, LONGEST_PAUSE)

    async def interrupted(self, webhook: Webhook) -> list[Planned]:
        """Plan retries of what was on its way to a webhook when the gateway died.

        Call it after `AttemptLog.recover`, which finds these; without retries they stay as they
        are, as nobody knows whether the receiver has them.
        """
        planned = []
        for attempt in await self._lost(webhook):
            retry = await self._retry_of(attempt)
            if retry is not None:
                planned.append(retry)
        return planned

    async def _lost(self, webhook: Webhook) -> list[Attempt]:
        """Return interrupted attempts that have no attempt after them, the oldest first."""
        since = int((self._clock.now() - sum(SCHEDULE)) * 1000)
        lost: list[Attempt] = []
        followed: set[int | None] = {None}
        before = None
        for _ in range(1 + 2 * self._options.most_waiting // _PAGE):
            page = await self._store.attempts.latest(webhook.id, _PAGE, before)
            for attempt in page:
                is_old = attempt.begun is None or attempt.begun < since
                if attempt.state is AttemptState.INTERRUPTED and not is_old:
                    lost += [attempt] if attempt.offset not in followed else []
                followed.add(attempt.offset)
            if len(page) < _PAGE:
                break
            before = page[-1].id
        return lost[::-1]

    async def _retry_of(self, attempt: Attempt) -> Planned | None:
        pause = pause_before_retry(attempt.number, _INTERRUPTED)
        offset = attempt.offset or 0
        page = await self._store.log.read(attempt.owner, offset - 1, 1, offset)
        if pause is None or not page.items:
            return None
        notification = page.items[0].notification
        return await self._plan(_as_planned(attempt, offset, notification), pause)

    async def _plan(self, planned: Planned, pause: float) -> Planned:
        now = self._clock.now()
        number, due = planned.number + 1, int((now + pause) * 1000)
        attempt = await self._store.attempts.plan(
            planned.webhook,
            planned.owner,
            AttemptKind.RETRY,
            int(now * 1000),
            offset=planned.offset,
            number=number,
            due=due,
        )
        self._stats.retried += 1
        return _as_planned(attempt, planned.offset, planned.notification)


def _as_planned(attempt: Attempt, offset: int, notification: Notification) -> Planned:
    return Planned(
        attempt.id,
        attempt.webhook,
        attempt.owner,
        offset,
        notification,
        attempt.number,
        attempt.due,
    )
