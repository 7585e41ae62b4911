"""Who is next: a queue for each webhook, and turns between webhooks."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable

from vestnik.gateway.delivery.lane import Job, Lane
from vestnik.gateway.delivery.options import DeliveryOptions
from vestnik.gateway.model import Planned
from vestnik.ids import WebhookId

__all__ = ["Lanes"]


class Lanes:
    """Gives out attempts in order within a webhook and in turns between webhooks.

    Webhooks that lately answered slowly or not at all, and all retries, share half of the places
    at most, so that the others always find one. Retries of a webhook wait for its fresh attempts.

    Args:
        is_known: Whether a webhook still exists; what is left of others is forgotten.
    """

    def __init__(self, options: DeliveryOptions, is_known: Callable[[WebhookId], bool]) -> None:
        self._options = options
        self._is_known = is_known
        self._lanes: dict[WebhookId, Lane] = {}
        self._fresh: deque[Lane] = deque()
        self._patient: deque[Lane] = deque()
        self._look_again_at = 1024
        self._most_patient = max(1, options.at_once // 2)
        self.in_flight = self.patient = self.waiting = 0

    def lane(self, webhook: WebhookId) -> Lane:
        """Return a webhook's lane, a new one if it has none."""
        lane = self._lanes.get(webhook)
        if lane is None:
            self._forget_old()
            lane = self._lanes[webhook] = Lane(webhook)
        return lane

    def reserve(self, webhook: WebhookId) -> bool:
        """Keep a place in the queue free, or say that there is none."""
        lane = self.lane(webhook)
        if lane.reserved + len(lane.waiting) >= self._options.most_waiting:
            return False
        lane.reserved += 1
        return True

    def release(self, webhook: WebhookId) -> None:
        """Give a place back."""
        lane = self.lane(webhook)
        lane.reserved = max(0, lane.reserved - 1)

    def add(self, planned: Planned) -> None:
        """Put a first attempt in its queue."""
        lane = self.lane(planned.webhook)
        lane.reserved = max(0, lane.reserved - 1)
        lane.waiting.append(planned)
        self.waiting += 1
        self._line_up(lane)

    def add_retry(self, planned: Planned) -> None:
        """Put an attempt that is due again behind the fresh ones."""
        lane = self.lane(planned.webhook)
        lane.retries.append(planned)
        self._line_up(lane)

    def next(self) -> Job | None:
        """Return what is to be made now; ``None`` if nothing is, or all places are taken."""
        while self.in_flight < self._options.at_once:
            if self._fresh:
                job = self._next_fresh(self._fresh.popleft())
            elif self._patient and self.patient < self._most_patient:
                job = self._next_patient(self._patient.popleft())
            else:
                return None
            if job is not None:
                return self._started(job)
        return None

    def finished(self, job: Job) -> None:
        """Give the place of an attempt back."""
        job.lane.active -= 1
        job.lane.retrying -= job.is_retry
        self.in_flight -= 1
        self.patient -= job.is_patient
        self._line_up(job.lane)

    def _next_fresh(self, lane: Lane) -> Job | None:
        lane.in_fresh_ring = False
        if lane.health.is_slow or not self._may_start_fresh(lane):
            self._line_up(lane)
            return None
        self.waiting -= 1
        return Job(lane, lane.waiting.popleft(), False, False)

    def _next_patient(self, lane: Lane) -> Job | None:
        lane.in_patient_ring = False
        if lane.health.is_slow and self._may_start_fresh(lane):
            self.waiting -= 1
            return Job(lane, lane.waiting.popleft(), False, True)
        if self._may_start_retry(lane):
            return Job(lane, lane.retries.popleft(), True, True)
        self._line_up(lane)
        return None

    def _started(self, job: Job) -> Job:
        job.lane.active += 1
        job.lane.retrying += job.is_retry
        self.in_flight += 1
        self.patient += job.is_patient
        self._line_up(job.lane)
        return job

    def _line_up(self, lane: Lane) -> None:
        """Let a lane wait for its turn where it belongs, if it has something to do."""
        wants_fresh = self._may_start_fresh(lane)
        if wants_fresh and not lane.health.is_slow:
            if not lane.in_fresh_ring:
                lane.in_fresh_ring = True
                self._fresh.append(lane)
        elif (wants_fresh or self._may_start_retry(lane)) and not lane.in_patient_ring:
            lane.in_patient_ring = True
            self._patient.append(lane)

    def _limit(self, lane: Lane) -> int:
        return 1 if lane.health.is_dead else self._options.each_at_once

    def _may_start_fresh(self, lane: Lane) -> bool:
        return bool(lane.waiting) and lane.active < self._limit(lane)

    def _may_start_retry(self, lane: Lane) -> bool:
        limit = self._limit(lane)
        is_free = lane.active < limit and lane.retrying < max(1, limit // 2)
        return bool(lane.retries) and not lane.waiting and is_free

    def _forget_old(self) -> None:
        """Now and then forget the lanes of webhooks that exist no more."""
        if len(self._lanes) < self._look_again_at:
            return
        self._lanes = {
            id: lane for id, lane in self._lanes.items() if not lane.is_idle or self._is_known(id)
        }
        self._look_again_at = max(1024, 2 * len(self._lanes))
