"""How deliveries are made, and what is counted of them."""

from __future__ import annotations

import msgspec

__all__ = ["DeliveryOptions", "DeliveryStats"]


class DeliveryOptions(msgspec.Struct, frozen=True, kw_only=True):
    """How many attempts wait and run at once, and when a webhook is given up.

    Attributes:
        most_waiting: For one webhook; what is above it is recorded as not attempted.
        most_retries: How many retries wait for one webhook; above it a failure is final.
        each_at_once: For one webhook.
        at_once: For all together; slow webhooks and retries get at most half of it.
        by_hand_at_once: Tests and re-sends, which go past the queues.
        disable_after: Seconds of nothing but failures after which a webhook is switched off.
    """

    most_waiting: int = 1_000
    most_retries: int = 1_000
    each_at_once: int = 8
    at_once: int = 512
    by_hand_at_once: int = 32
    disable_after: float = 5 * 86400.0


class DeliveryStats:
    """Counts since the start; read for the metrics.

    Attributes:
        overflowed: Not attempted because the webhook's queue was full.
        skipped: Not attempted because the webhook was gone or switched off.
        milliseconds: How long all answered attempts took together.
        in_flight: How many attempts run now.
        waiting: How many wait for their first attempt now.
        retrying: How many retries wait now.
    """

    __slots__ = (
        "delivered",
        "disabled",
        "failed",
        "in_flight",
        "milliseconds",
        "overflowed",
        "retried",
        "retrying",
        "skipped",
        "waiting",
    )

    def __init__(self) -> None:
        self.delivered = self.failed = self.skipped = self.overflowed = 0
        self.retried = self.disabled = 0
        self.in_flight = self.waiting = self.retrying = 0
        self.milliseconds = 0.0
