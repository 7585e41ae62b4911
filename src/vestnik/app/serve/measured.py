"""A store and a sender that are timed from outside, at their seams."""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path

from prometheus_client import CollectorRegistry, Histogram

from vestnik.app.serve.tally import Tally
from vestnik.gateway.model import Appended, Batch, Page, Retention
from vestnik.gateway.ports import (
    AttemptLog,
    NotificationLog,
    Settings,
    Store,
    WebhookRequest,
    WebhookResponse,
    WebhookSender,
)
from vestnik.ids import OwnerId
from vestnik.wire import Position

__all__ = ["ANSWERS", "MeasuredSender", "MeasuredStore", "Measures"]

APPEND_SECONDS = (0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.5, 1.0, 5.0)
APPEND_SIZES = (1, 2, 5, 10, 50, 100, 500, 1000, 5000)
WEBHOOK_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0)
ANSWERS = ("none", "1xx", "2xx", "3xx", "4xx", "5xx")


class Measures:
    """What is measured: commits by histograms, webhooks, which are many, by tallies.

    Attributes:
        webhook_seconds: How long attempts took, by the class of the answer (`ANSWERS`).
    """

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.trimmed = 0
        self.append_seconds = Histogram(
            "vestnik_append_seconds", "A commit.", registry=self.registry, buckets=APPEND_SECONDS
        )
        self.append_size = Histogram(
            "vestnik_append_size", "In one commit.", registry=self.registry, buckets=APPEND_SIZES
        )
        self.webhook_seconds = [Tally(WEBHOOK_SECONDS) for _ in ANSWERS]


class MeasuredLog:
    """A log whose commits are timed."""

    def __init__(self, store: Store, measures: Measures) -> None:
        self._store = store
        self._measures = measures

    async def append(self, batches: Sequence[Batch]) -> Sequence[Appended]:
        """Store batches in one commit."""
        begun = time.perf_counter()
        appended = await self._store.log.append(batches)
        self._measures.append_seconds.observe(time.perf_counter() - begun)
        self._measures.append_size.observe(sum(len(batch.items) for batch in batches))
        return appended

    async def position(self, owner: OwnerId) -> Position:
        """Return where the owner's stream ends now."""
        return await self._store.log.position(owner)

    async def read(self, owner: OwnerId, after: int, limit: int, up_to: int | None = None) -> Page:
        """Return notifications after an offset."""
        return await self._store.log.read(owner, after, limit, up_to)


class MeasuredStore:
    """A store, open already, whose log is timed."""

    def __init__(self, store: Store, measures: Measures) -> None:
        self._store = store
        self._measures = measures
        self._log = MeasuredLog(store, measures)

    @property
    def settings(self) -> Settings:
        """Owners, resources, tokens and webhooks."""
        return self._store.settings

    @property
    def log(self) -> NotificationLog:
        """The timed log."""
        return self._log

    @property
    def attempts(self) -> AttemptLog:
        """The delivery log."""
        return self._store.attempts

    async def trim(self, retention: Retention) -> int:
        """Forget what is too old or too much."""
        gone = await self._store.trim(retention)
        self._measures.trimmed += gone
        return gone

    async def back_up(self, path: Path) -> None:
        """Write a copy."""
        await self._store.back_up(path)

    async def __aenter__(self) -> Store:
        return self

    async def __aexit__(self, *exc: object) -> None:
        """Leave the store open: whoever opened it closes it."""


class MeasuredSender:
    """A sender whose attempts are timed."""

    def __init__(self, sender: WebhookSender, measures: Measures) -> None:
        self._sender = sender
        self._measures = measures

    async def send(self, request: WebhookRequest) -> WebhookResponse:
        """Make one POST."""
        response = await self._sender.send(request)
        answer = response.status // 100 if response.status else 0
        tally = self._measures.webhook_seconds[answer if answer < len(ANSWERS) else 0]
        tally.add(response.milliseconds / 1000)
        return response

    async def __aenter__(self) -> WebhookSender:
        await self._sender.__aenter__()
        return self

    async def __aexit__(self, *exc: object) -> None:
        await self._sender.__aexit__(*exc)
