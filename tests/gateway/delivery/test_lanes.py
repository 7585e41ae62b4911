"""Whatever comes and goes, each attempt is given out once, in order, and within the bounds."""

from __future__ import annotations

from collections import defaultdict

from hypothesis import given
from hypothesis import strategies as st

from vestnik.gateway.delivery import DeliveryOptions
from vestnik.gateway.delivery.lane import Job
from vestnik.gateway.delivery.lanes import Lanes
from vestnik.gateway.model import Planned
from vestnik.gateway.ports import WebhookResponse
from vestnik.ids import DeliveryId, OwnerId, ResourceId, WebhookId
from vestnik.wire import Notification

OPTIONS = DeliveryOptions(at_once=6, each_at_once=3)
SOMETHING = Notification(1, ResourceId("b"), "a", "u", 5)
ANSWERS = {
    "quick": WebhookResponse(status=200, milliseconds=1.0),
    "slow": WebhookResponse(status=200, milliseconds=4000.0),
    "dead": WebhookResponse(error="none", milliseconds=5000.0),
}

adding = st.tuples(st.sampled_from(["add", "retry"]), st.sampled_from("abcd"))
ending = st.tuples(st.sampled_from(["quick", "slow", "dead"]), st.integers(0, 5).map(str))


class Run:
    """Lanes and what they have given out."""

    def __init__(self) -> None:
        self.lanes = Lanes(OPTIONS, lambda id: True)
        self.running: list[Job] = []
        self.given: dict[tuple[str, bool], list[int]] = defaultdict(list)
        self.added: dict[tuple[str, bool], list[int]] = defaultdict(list)
        self.count = 0

    def add(self, webhook: str, is_retry: bool) -> None:
        self.count += 1
        planned = Planned(
            DeliveryId(self.count), WebhookId(webhook), OwnerId("o"), self.count, SOMETHING
        )
        self.added[webhook, is_retry].append(self.count)
        (self.lanes.add_retry if is_retry else self.lanes.add)(planned)

    def take_all(self) -> None:
        while (job := self.lanes.next()) is not None:
            self.running.append(job)
            self.given[job.lane.webhook, job.is_retry].append(job.planned.id)
            assert job.lane.active <= OPTIONS.each_at_once
            assert self.lanes.in_flight == len(self.running) <= OPTIONS.at_once
            assert self.lanes.patient <= OPTIONS.at_once // 2

    def end(self, which: int, answer: WebhookResponse) -> None:
        job = self.running.pop(which % len(self.running))
        job.lane.health.note(answer)
        self.lanes.finished(job)


@given(st.lists(adding | ending, max_size=80))
def test_each_attempt_is_given_out_once_and_in_order(steps: list[tuple[str, str]]) -> None:
    run = Run()
    for what, which in steps:
        if what in ANSWERS:
            if run.running:
                run.end(int(which), ANSWERS[what])
        else:
            run.add(which, what == "retry")
        run.take_all()
    while run.running:
        run.end(0, ANSWERS["quick"])
        run.take_all()
    assert run.given == run.added
    assert (run.lanes.in_flight, run.lanes.patient, run.lanes.waiting) == (0, 0, 0)
