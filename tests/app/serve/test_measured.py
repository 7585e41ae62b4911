"""What is measured of webhooks, against the histogram of Prometheus's own library."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from prometheus_client import CollectorRegistry, Histogram, generate_latest

from vestnik.app.serve.measured import ANSWERS, WEBHOOK_SECONDS, MeasuredSender, Measures
from vestnik.app.serve.metrics import histograms
from vestnik.app.serve.tally import Tally
from vestnik.gateway.model import AddressFamily
from vestnik.gateway.ports import WebhookRequest, WebhookResponse, WebhookSender

SECONDS = st.sampled_from(WEBHOOK_SECONDS) | st.floats(0, 60)


@given(st.lists(st.tuples(st.sampled_from(ANSWERS), SECONDS), max_size=50))
def test_a_tally_is_shown_as_the_library_would(values: list[tuple[str, float]]) -> None:
    registry = CollectorRegistry()
    theirs = Histogram(
        "vestnik_webhook_seconds", "x", ["answer"], registry=registry, buckets=WEBHOOK_SECONDS
    )
    ours = {answer: Tally(WEBHOOK_SECONDS) for answer in ANSWERS}
    for answer in ANSWERS:
        theirs.labels(answer)
    for answer, seconds in values:
        theirs.labels(answer).observe(seconds)
        ours[answer].add(seconds)

    class Ours(CollectorRegistry):
        def collect(self):  # type: ignore[no-untyped-def]
            yield histograms("vestnik_webhook_seconds", "x", "answer", ours)

    expected = [line for line in lines_of(registry) if "_created" not in line]
    assert lines_of(Ours()) == expected


def lines_of(registry: CollectorRegistry) -> list[str]:
    return generate_latest(registry).decode().splitlines()


class Answers:
    """Answers with statuses, one after the other."""

    def __init__(self, *statuses: int | None) -> None:
        self.statuses = list(statuses)

    async def send(self, request: WebhookRequest) -> WebhookResponse:
        return WebhookResponse(status=self.statuses.pop(0), milliseconds=10.0)

    async def __aenter__(self) -> WebhookSender:
        return self

    async def __aexit__(self, *exc: object) -> None:
        """Nothing is open."""


async def test_attempts_are_counted_by_the_class_of_their_answer() -> None:
    measures = Measures()
    request = WebhookRequest(
        url="https://x.example/", headers=(), body=b"", family=AddressFamily.ANY
    )
    async with MeasuredSender(Answers(None, 200, 204, 503, 999), measures) as sender:
        for _ in range(5):
            await sender.send(request)

    counted = [tally.buckets()[-1][1] for tally in measures.webhook_seconds]
    assert dict(zip(ANSWERS, counted, strict=True)) == {
        "none": 2,
        "1xx": 0,
        "2xx": 2,
        "3xx": 0,
        "4xx": 0,
        "5xx": 1,
    }
    assert measures.webhook_seconds[2].total == 0.02
