"""What waits and runs for one webhook."""

from __future__ import annotations

from collections import deque

import msgspec

from vestnik.gateway.delivery.health import Health
from vestnik.gateway.delivery.outgoing import Letterhead
from vestnik.gateway.model import Planned
from vestnik.ids import WebhookId

__all__ = ["Job", "Lane"]


class Lane:
    """The queues of one webhook, and what is known of it.

    Attributes:
        waiting: First attempts, in order.
        retries: Attempts that are due again.
        retries_later: How many are due some time later.
        reserved: Places of the queue that are promised.
        active: How many attempts run, retries included.
    """

    __slots__ = (
        "active",
        "health",
        "in_fresh_ring",
        "in_patient_ring",
        "letterhead",
        "reserved",
        "retries",
        "retries_later",
        "retrying",
        "waiting",
        "webhook",
    )

    def __init__(self, webhook: WebhookId) -> None:
        self.webhook = webhook
        self.waiting: deque[Planned] = deque()
        self.retries: deque[Planned] = deque()
        self.reserved = self.active = self.retrying = self.retries_later = 0
        self.in_fresh_ring = self.in_patient_ring = False
        self.health = Health()
        self.letterhead: Letterhead | None = None

    @property
    def is_idle(self) -> bool:
        """Whether nothing waits or runs."""
        return not (
            self.reserved or self.active or self.waiting or self.retries or self.retries_later
        )


class Job(msgspec.Struct, frozen=True, gc=False):
    """An attempt that has its place.

    Attributes:
        is_patient: It counts to the half that slow webhooks and retries share.
    """

    lane: Lane
    planned: Planned
    is_retry: bool
    is_patient: bool
