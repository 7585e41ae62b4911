"""What Prometheus may know of running bots: how much, how fast, how often it failed.

=======================================  ======================================================
``vestnik_handled_total``                what happened and was handled, by ``bot`` and ``kind``
``vestnik_failed_total``                 errors of handlers, by ``bot`` and ``kind``
``vestnik_handler_seconds``              how long it took until the handlers were through
``vestnik_intake_waiting``               messages and events that wait or are handled
``vestnik_outbox_waiting``               messages that are still to be sent
``vestnik_accounts``                     accounts that are served
``vestnik_core_restarts_total``          how often the core died and was started again
=======================================  ======================================================
"""

from __future__ import annotations

from prometheus_client import (
    CONTENT_TYPE_LATEST,
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    PlatformCollector,
    ProcessCollector,
    generate_latest,
)

from vestnik.bot.contexts import Context, Problem
from vestnik.bot.happening import Happening
from vestnik.bot.host import Host
from vestnik.bot.runtime import BotRuntime
from vestnik.chatmail import Core, CoreRestarted
from vestnik.ids import AccountId

__all__ = ["Metrics"]

ACCOUNT_MANAGER = AccountId(0)

HANDLER_SECONDS = (0.001, 0.005, 0.02, 0.1, 0.5, 1.0, 5.0, 20.0, 60.0)
"""A handler may wait for the web or for the pace, so that seconds are usual."""


class Metrics:
    """Counts what happens on a host."""

    def __init__(self, host: Host, registry: CollectorRegistry | None = None) -> None:
        """Begin to count.

        Args:
            host: Where the bots run.
            registry: Where the metrics go; by default one of their own, with those of the process.
        """
        self.registry = registry or _registry_of_process()
        labels, where = ("bot", "kind"), self.registry
        self._handled = Counter("vestnik_handled", "Handled.", labels, registry=where)
        self._failed = Counter("vestnik_failed", "Errors of handlers.", labels, registry=where)
        self._seconds = Histogram(
            "vestnik_handler_seconds",
            "Until the handlers were through.",
            ("bot",),
            registry=where,
            buckets=HANDLER_SECONDS,
        )
        self._restarts = Counter("vestnik_core_restarts", "New cores.", registry=where)
        self._show_depths(host)
        for runtime in host.runtimes:
            self._watch(runtime)

    def exposition(self) -> tuple[bytes, str]:
        """Return all metrics as Prometheus reads them, and the media type of that."""
        return generate_latest(self.registry), CONTENT_TYPE_LATEST

    async def count_restarts(self, core: Core) -> None:
        """Count new lives of the core, until it is stopped."""
        async with core.events(ACCOUNT_MANAGER) as events:
            async for event in events:
                if isinstance(event.payload, CoreRestarted):
                    self._restarts.inc()

    def _show_depths(self, host: Host) -> None:
        depths = {
            "vestnik_intake_waiting": lambda: host.intake.lanes.depth,
            "vestnik_outbox_waiting": lambda: host.outbox.waiting,
            "vestnik_accounts": lambda: len(host.accounts),
        }
        for name, depth in depths.items():
            Gauge(name, "Now.", registry=self.registry).set_function(depth)

    def _watch(self, runtime: BotRuntime) -> None:
        """Bind the labels once: looking them up costs more than counting."""
        bot = runtime.bot.name
        handled = {kind: self._handled.labels(bot, kind) for kind in Happening}
        failed = {kind: self._failed.labels(bot, kind) for kind in Happening}
        seconds = self._seconds.labels(bot)

        def told(context: Context, was_handled: bool, took: float) -> None:
            if was_handled:
                handled[context.happening].inc()
                seconds.observe(took)

        def note_problem(problem: Problem) -> None:
            failed[problem.context.happening].inc()

        runtime.listening.on_told.append(told)
        runtime.listening.on_problem.append(note_problem)


def _registry_of_process() -> CollectorRegistry:
    registry = CollectorRegistry()
    ProcessCollector(registry=registry)
    PlatformCollector(registry=registry)
    return registry
