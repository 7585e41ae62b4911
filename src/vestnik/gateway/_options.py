"""What an operator may set about a gateway as a whole."""

from __future__ import annotations

import msgspec

from vestnik.gateway.delivery import DeliveryOptions
from vestnik.gateway.live import LiveOptions

__all__ = ["GatewayOptions"]

_DAY = 24 * 60 * 60


class GatewayOptions(msgspec.Struct, frozen=True, kw_only=True):
    """What an operator may set about a gateway.

    Attributes:
        most_waiting: Above so many notifications on their way into the store, publishers wait.
        keep_notifications: Seconds for which notifications can be read again.
        keep_attempts: Seconds for which deliveries can be looked at.
        most_bytes: Above this size of the store the oldest notifications go.
        trim_seconds: How often that is looked after.
        drain_seconds: How long the end may take while something is still on its way.
    """

    most_waiting: int = 20_000
    keep_notifications: float = 7 * _DAY
    keep_attempts: float = 7 * _DAY
    most_bytes: int | None = None
    trim_seconds: float = 300.0
    drain_seconds: float = 10.0
    delivery: DeliveryOptions = msgspec.field(default_factory=DeliveryOptions)
    live: LiveOptions = msgspec.field(default_factory=LiveOptions)
