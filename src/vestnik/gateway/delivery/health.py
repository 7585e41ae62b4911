"""How a webhook has answered lately."""

from __future__ import annotations

from vestnik.gateway.ports import WebhookResponse

__all__ = ["DEAD_AFTER", "LEAST_FAILURES", "REMEMBER_AFTER", "SLOW_MILLISECONDS", "Health"]

DEAD_AFTER = 3
"""After so many attempts in a row without an answer a webhook gets one at a time."""

SLOW_MILLISECONDS = 500.0
"""A webhook that takes longer on the average counts as slow."""

LEAST_FAILURES = 3
"""Fewer failures than these never switch a webhook off, however long ago the first one was."""

REMEMBER_AFTER = 600.0
"""Seconds of failures before their beginning is stored, so that a hiccup costs no write."""

_WEIGHT = 0.25


class Health:
    """Counts of one webhook since the start, and since when it has failed.

    Attributes:
        failing_since: Milliseconds since 1970; ``None`` while it does not fail.
    """

    __slots__ = ("_average", "_unanswered", "failing_since", "failures")

    def __init__(self) -> None:
        self._average = 0.0
        self._unanswered = 0
        self.failing_since: int | None = None
        self.failures = 0

    @property
    def is_dead(self) -> bool:
        """Whether it seems not to answer at all."""
        return self._unanswered >= DEAD_AFTER

    @property
    def is_slow(self) -> bool:
        """Whether it takes its time, or does not answer."""
        return self._average > SLOW_MILLISECONDS or self.is_dead

    def note(self, response: WebhookResponse) -> None:
        """Remember whether there was an answer, and how long it took."""
        self._unanswered = 0 if response.status is not None else self._unanswered + 1
        self._average += _WEIGHT * (response.milliseconds - self._average)

    def succeeded(self) -> None:
        """End the row of failures."""
        self.failing_since = None
        self.failures = 0

    def failed(self, now: int) -> None:
        """Begin a row of failures, or make it longer."""
        self.failures += 1
        if self.failing_since is None:
            self.failing_since = now

    def should_be_remembered(self, now: int) -> bool:
        """Whether the row is long enough to be stored."""
        return self._has_failed_for(REMEMBER_AFTER, now)

    def should_be_disabled(self, now: int, after: float) -> bool:
        """Whether the row is so long that it is hopeless."""
        return self.failures >= LEAST_FAILURES and self._has_failed_for(after, now)

    def _has_failed_for(self, seconds: float, now: int) -> bool:
        return self.failing_since is not None and now - self.failing_since >= seconds * 1000
