"""One attempt from its turn to its recorded end."""

from __future__ import annotations

import logging
from collections.abc import Callable

from vestnik.gateway.delivery.again import Again
from vestnik.gateway.delivery.lane import Job
from vestnik.gateway.delivery.making import Maker, by_mistake, finished
from vestnik.gateway.delivery.marks import Marks
from vestnik.gateway.delivery.options import DeliveryStats
from vestnik.gateway.delivery.recorder import Recorder
from vestnik.gateway.delivery.retries import is_delivered
from vestnik.gateway.model import AttemptState, Finished, Planned, Webhook
from vestnik.gateway.ports import WebhookResponse
from vestnik.gateway.roster import Roster

__all__ = ["Carrier"]

_log = logging.getLogger("vestnik.gateway")


class Carrier:
    """Makes attempts whose turn has come, each recorded before and after.

    Args:
        put_off: Keeps a retry until it is due.
    """

    def __init__(
        self,
        roster: Roster,
        maker: Maker,
        recorder: Recorder,
        again: Again,
        marks: Marks,
        stats: DeliveryStats,
        put_off: Callable[[Planned], None],
    ) -> None:
        self._roster = roster
        self._maker = maker
        self._recorder = recorder
        self._again = again
        self._marks = marks
        self._stats = stats
        self._put_off = put_off

    async def carry_out(self, job: Job) -> None:
        """Make an attempt, or record why it is not made; a mistake ends no other one."""
        try:
            if self._wanted(job) is not None:
                await self._attempt(job)
        except Exception:
            _log.exception("A webhook attempt failed by a mistake")
            self._recorder.finish(by_mistake(job.planned.id))

    async def _attempt(self, job: Job) -> None:
        lane, planned = job.lane, job.planned
        await self._recorder.begin(planned.id)
        # While the store failed its owner may have deleted, mended or switched it off.
        webhook = self._wanted(job)
        if webhook is None:
            return
        response = await self._maker.make(lane, planned, webhook)
        self._maker.count(response)
        if is_delivered(response):
            self._recorder.finish(finished(planned.id, response))
            await self._marks.delivered(webhook, lane.health)
            return
        # The retry comes first: a crash between the two must not lose it.
        await self._plan_retry(job, response)
        self._recorder.finish(finished(planned.id, response))
        await self._marks.failed(webhook, lane.health)

    async def _plan_retry(self, job: Job, response: WebhookResponse) -> None:
        webhook = self._roster.webhook(job.planned.webhook)
        if webhook is None:
            return
        retry = await self._again.after(job.lane, job.planned, webhook, response)
        if retry is not None:
            self._put_off(retry)

    def _wanted(self, job: Job) -> Webhook | None:
        """Return the webhook of an attempt; one that is not to be made any more is skipped."""
        webhook = self._roster.webhook(job.planned.webhook)
        if why_not := _why_not(webhook, job):
            self._stats.skipped += 1
            skipped = AttemptState.SKIPPED
            self._recorder.finish(Finished(id=job.planned.id, state=skipped, error=why_not))
            return None
        return webhook


def _why_not(webhook: Webhook | None, job: Job) -> str:
    if webhook is None:
        return "Not attempted: the webhook is gone."
    if not webhook.enabled:
        return "Not attempted: the webhook is switched off."
    if job.is_retry and not webhook.retries:
        return "Not attempted: retries are switched off."
    return ""
