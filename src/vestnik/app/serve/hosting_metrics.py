"""What Prometheus may know of hosted bots.

===========================================  ==================================================
``vestnik_hosted_bots``                      bots, by ``state``
``vestnik_bot_messages_total``               incoming messages that were dealt with
``vestnik_bot_events_total``                 other events that were told
``vestnik_bot_failures_total``               what could not be told; messages come again
``vestnik_bot_calls_total``                  orders of programs, by ``outcome``
``vestnik_bot_intake_waiting``               messages and events that wait to be told
``vestnik_bot_outbox_waiting``               messages that are still to be sent
``vestnik_core_restarts_total``              how often the core died and was started again
===========================================  ==================================================
"""

from __future__ import annotations

from collections.abc import Iterable

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from vestnik.bridge.hosting import Hosting
from vestnik.bridge.model import BotState

__all__ = ["HostingCollector"]


class HostingCollector(Collector):
    """Reads what is counted of hosted bots, whenever somebody asks."""

    def __init__(self, hosting: Hosting) -> None:
        self._hosting = hosting

    def collect(self) -> Iterable[Metric]:
        """Give all numbers as they are now."""
        counts = self._hosting.counts()
        bots = GaugeMetricFamily("vestnik_hosted_bots", "Now.", labels=["state"])
        for state in BotState:
            bots.add_metric([state.value], counts.bots.get(state.value, 0))
        yield bots
        happened = counts.happened
        yield CounterMetricFamily("vestnik_bot_messages", "Dealt with.", happened.messages)
        yield CounterMetricFamily("vestnik_bot_events", "Told.", happened.events)
        yield CounterMetricFamily("vestnik_bot_failures", "Not told.", happened.failed)
        calls = CounterMetricFamily("vestnik_bot_calls", "Orders.", labels=["outcome"])
        calls.add_metric(["done"], happened.done)
        calls.add_metric(["refused"], happened.refused)
        yield calls
        yield GaugeMetricFamily("vestnik_bot_intake_waiting", "Now.", counts.intake_waiting)
        yield GaugeMetricFamily("vestnik_bot_outbox_waiting", "Now.", counts.outbox_waiting)
        yield CounterMetricFamily("vestnik_core_restarts", "New cores.", happened.restarts)
