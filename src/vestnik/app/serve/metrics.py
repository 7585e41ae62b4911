"""What Prometheus may know of a gateway.

===========================================  ==================================================
``vestnik_connections``                      WebSocket connections now, by ``state``
``vestnik_channels``                         owners who have a connection
``vestnik_handshakes_total``                 attempts to connect, by ``outcome``
``vestnik_bad_tokens_total``                 tries to authenticate that failed
``vestnik_dropped_connections_total``        by ``reason``: ``revoked``, ``dead``
``vestnik_frames_total``                     notifications to clients, by ``fate``
``vestnik_refused_connections_total``        turned away before HTTP, by ``reason``
``vestnik_notifications_total``              put in, by ``outcome``
``vestnik_publish_waiting``                  notifications on their way into the store
``vestnik_append_seconds``                   how long commits of notifications took
``vestnik_append_size``                      notifications in one commit
``vestnik_webhook_attempts_total``           by ``outcome``
``vestnik_webhook_seconds``                  how long attempts took, by ``answer``
``vestnik_webhook_waiting``                  attempts that wait: ``first``, ``retry``
``vestnik_webhook_in_flight``                attempts that run
``vestnik_webhooks_disabled_total``          switched off after days of failure
``vestnik_store_bytes``                      size of the store on disk
``vestnik_trimmed_total``                    old notifications that were removed
===========================================  ==================================================
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from pathlib import Path

from prometheus_client import (
    CONTENT_TYPE_LATEST,
    CollectorRegistry,
    PlatformCollector,
    ProcessCollector,
    generate_latest,
)
from prometheus_client.core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    HistogramMetricFamily,
    Metric,
)
from prometheus_client.registry import Collector
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from vestnik.app.serve.http import Doorkeeper
from vestnik.app.serve.measured import ANSWERS, Measures
from vestnik.app.serve.tally import Tally
from vestnik.gateway.service import Gateway

__all__ = ["GatewayCollector", "histograms", "metrics_app", "registry_of"]


class GatewayCollector(Collector):
    """Reads what the parts of a gateway count anyway, whenever somebody asks."""

    def __init__(
        self, gateway: Gateway, doorkeeper: Doorkeeper, measures: Measures, store: Path | None
    ) -> None:
        self._gateway = gateway
        self._doorkeeper = doorkeeper
        self._measures = measures
        self._store = store

    def collect(self) -> Iterable[Metric]:
        """Give all numbers as they are now."""
        yield from self._live()
        yield from self._published()
        yield from self._webhooks()
        yield _gauge("vestnik_store_bytes", "Size of the store.", _size(self._store))
        yield _counter("vestnik_trimmed", "Removed.", self._measures.trimmed)

    def _live(self) -> Iterable[Metric]:
        stats, keeper = self._gateway.hub.stats, self._doorkeeper
        waiting = stats.connections - stats.authenticated
        yield _gauges(
            "vestnik_connections",
            "Now.",
            "state",
            {"authenticated": stats.authenticated, "waiting": waiting},
        )
        yield _gauge("vestnik_channels", "Now.", stats.channels)
        handshakes = {
            "accepted": stats.accepted,
            "limited": stats.limited,
            "refused": stats.refused,
        }
        yield _counters("vestnik_handshakes", "Attempts to connect.", "outcome", handshakes)
        yield _counter("vestnik_bad_tokens", "Failed tries.", stats.bad_tokens)
        dropped = {"revoked": stats.revoked, "dead": stats.dead}
        yield _counters("vestnik_dropped_connections", "Dropped.", "reason", dropped)
        frames = {"sent": stats.sent, "missed": stats.missed, "replayed": stats.replayed}
        yield _counters("vestnik_frames", "Notifications to clients.", "fate", frames)
        refused = {"too_many": keeper.admission.refused, "too_slow": keeper.overdue}
        yield _counters("vestnik_refused_connections", "Turned away.", "reason", refused)

    def _published(self) -> Iterable[Metric]:
        publishing = self._gateway.publishing
        stats = publishing.stats
        outcomes = {
            name: getattr(stats, name) for name in ("accepted", "muted", "refused", "failed")
        }
        outcomes["repeated"] = stats.repeats
        yield _counters("vestnik_notifications", "Put in.", "outcome", outcomes)
        yield _gauge("vestnik_publish_waiting", "Now.", publishing.waiting)

    def _webhooks(self) -> Iterable[Metric]:
        stats = self._gateway.deliveries.stats
        outcomes = {
            name: getattr(stats, name)
            for name in ("delivered", "failed", "skipped", "overflowed", "retried")
        }
        yield _counters("vestnik_webhook_attempts", "Attempts.", "outcome", outcomes)
        seconds = dict(zip(ANSWERS, self._measures.webhook_seconds, strict=True))
        yield histograms("vestnik_webhook_seconds", "An attempt.", "answer", seconds)
        waiting = {"first": stats.waiting, "retry": stats.retrying}
        yield _gauges("vestnik_webhook_waiting", "Now.", "kind", waiting)
        yield _gauge("vestnik_webhook_in_flight", "Now.", stats.in_flight)
        yield _counter("vestnik_webhooks_disabled", "Switched off.", stats.disabled)


def registry_of(collector: GatewayCollector, measures: Measures) -> CollectorRegistry:
    """Return the metrics of a gateway with those of its process."""
    registry = measures.registry
    registry.register(collector)
    ProcessCollector(registry=registry)
    PlatformCollector(registry=registry)
    return registry


def metrics_app(registry: CollectorRegistry) -> Starlette:
    """Return the application that shows them."""

    async def show(request: Request) -> Response:
        return Response(generate_latest(registry), media_type=CONTENT_TYPE_LATEST)

    return Starlette(routes=[Route("/metrics", show, methods=["GET"])])


def _gauge(name: str, meaning: str, value: float) -> Metric:
    return GaugeMetricFamily(name, meaning, value)


def _counter(name: str, meaning: str, value: float) -> Metric:
    return CounterMetricFamily(name, meaning, value)


def _gauges(name: str, meaning: str, label: str, values: Mapping[str, float]) -> Metric:
    family = GaugeMetricFamily(name, meaning, labels=[label])
    for of, value in values.items():
        family.add_metric([of], value)
    return family


def _counters(name: str, meaning: str, label: str, values: Mapping[str, float]) -> Metric:
    family = CounterMetricFamily(name, meaning, labels=[label])
    for of, value in values.items():
        family.add_metric([of], value)
    return family


def histograms(name: str, meaning: str, label: str, values: Mapping[str, Tally]) -> Metric:
    """Return tallies as a metric, each under the value of its label."""
    family = HistogramMetricFamily(name, meaning, labels=[label])
    for of, tally in values.items():
        buckets = [(_bound(bound), float(count)) for bound, count in tally.buckets()]
        family.add_metric([of], buckets, tally.total)
    return family


def _bound(bound: float) -> str:
    return "+Inf" if math.isinf(bound) else str(bound)


def _size(store: Path | None) -> int:
    """Sum up the file and those that SQLite keeps beside it."""
    if store is None:
        return 0
    return sum(file.stat().st_size for file in store.parent.glob(f"{store.name}*"))
