"""Making one attempt: recorded, sent, recorded."""

from __future__ import annotations

from vestnik.clock import Clock
from vestnik.errors import VestnikError
from vestnik.gateway.delivery.health import Health
from vestnik.gateway.delivery.lane import Lane
from vestnik.gateway.delivery.options import DeliveryStats
from vestnik.gateway.delivery.outgoing import Letterhead
from vestnik.gateway.delivery.retries import is_delivered
from vestnik.gateway.model import AttemptState, Finished, Planned, Webhook
from vestnik.gateway.ports import WebhookResponse, WebhookSender
from vestnik.gateway.roster import Roster
from vestnik.gateway.sealing import Sealer
from vestnik.ids import DeliveryId
from vestnik.wire import Dialect

__all__ = ["Maker", "by_mistake", "finished"]

_MISTAKE = "A mistake in the gateway: its log says more."


class Maker:
    """Spells and sends requests, and knows what their answers mean."""

    def __init__(
        self,
        roster: Roster,
        sealer: Sealer,
        sender: WebhookSender,
        clock: Clock,
        stats: DeliveryStats,
    ) -> None:
        self._roster = roster
        self._sealer = sealer
        self._sender = sender
        self._clock = clock
        self._stats = stats

    async def make(self, lane: Lane, planned: Planned, webhook: Webhook) -> WebhookResponse:
        """Make the attempt now, once; it has to be recorded as begun already."""
        owner = self._roster.owner(webhook.owner)
        dialect = owner.dialect if owner is not None else Dialect.NUMERIC
        now = int(self._clock.now())
        try:
            letterhead = self._letterhead(lane, webhook)
            message = _message_id(planned)
            request = letterhead.write(message, planned.notification, dialect, now)
        except VestnikError as problem:
            return WebhookResponse(error=str(problem))
        response = await self._sender.send(request)
        lane.health.note(response)
        return response

    def count(self, response: WebhookResponse) -> None:
        """Count how an attempt ended."""
        if is_delivered(response):
            self._stats.delivered += 1
        else:
            self._stats.failed += 1
        if response.status is not None:
            self._stats.milliseconds += response.milliseconds

    def _letterhead(self, lane: Lane, webhook: Webhook) -> Letterhead:
        before = lane.letterhead
        if before is not None and before.webhook is webhook:
            return before
        _begin_anew(lane.health, webhook)
        lane.letterhead = Letterhead(webhook, self._sealer)
        return lane.letterhead


def _begin_anew(health: Health, webhook: Webhook) -> None:
    """Take the stored state when the record has changed: its owner may have mended it."""
    health.failing_since = webhook.failing_since
    if webhook.failing_since is None:
        health.failures = 0


def _message_id(planned: Planned) -> str:
    """Name what is told, the same in each attempt, so that receivers know it again."""
    number = f"test_{planned.id}" if planned.offset == 0 else str(planned.offset)
    return f"{planned.webhook}.{number}"


def finished(id: DeliveryId, response: WebhookResponse) -> Finished:
    """Spell an answer for the delivery log."""
    error = response.error
    if not error and not is_delivered(response):
        error = f"The receiver answered {response.status}, where 200 means success."
    return Finished(
        id=id,
        state=AttemptState.DELIVERED if is_delivered(response) else AttemptState.FAILED,
        milliseconds=round(response.milliseconds, 3),
        status=response.status,
        excerpt=response.excerpt.decode("utf-8", "replace"),
        error=error,
    )


def by_mistake(id: DeliveryId) -> Finished:
    """Spell for the delivery log what is the fault of the gateway itself."""
    return Finished(id=id, state=AttemptState.FAILED, error=_MISTAKE)
