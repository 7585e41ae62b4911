"""Webhooks: what is planned for them is sent, once, and written down.

- `guard`, `target`, `headers`: what may be sent to and with what, pure.
- `sender` over `connection`, `reading`, `resolving`, `source`: the HTTP/1.1 client.
- `engine` over `lanes`, `carrying`, `recorder`, `retries`: who is next, and that each is made once.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from vestnik.gateway.delivery.engine import Deliveries
from vestnik.gateway.delivery.guard import Guard
from vestnik.gateway.delivery.headers import check_headers
from vestnik.gateway.delivery.marks import Mark, WebhookMarks
from vestnik.gateway.delivery.memory import MemorySender
from vestnik.gateway.delivery.options import DeliveryOptions, DeliveryStats
from vestnik.gateway.delivery.resolving import Resolver
from vestnik.gateway.delivery.sender import GuardedSender, SenderOptions, describe_source
from vestnik.gateway.delivery.source import SourceDescription
from vestnik.gateway.delivery.target import check_url
from vestnik.gateway.model import Planned
from vestnik.ids import WebhookId

__all__ = [
    "Deliveries",
    "DeliveryOptions",
    "DeliveryQueue",
    "DeliveryStats",
    "Guard",
    "GuardedSender",
    "Mark",
    "MemorySender",
    "Resolver",
    "SenderOptions",
    "SourceDescription",
    "WebhookMarks",
    "check_headers",
    "check_url",
    "describe_source",
]


class DeliveryQueue(Protocol):
    """What publishing needs of `Deliveries`."""

    def reserve(self, webhook: WebhookId) -> bool:
        """Keep a place in a webhook's queue free, or say that it is full."""

    def release(self, webhook: WebhookId) -> None:
        """Give back a reserved place that is not used after all."""

    def accept(self, planned: Sequence[Planned]) -> None:
        """Take planned attempts into their reserved places."""
