"""All operations of the REST API; each topic has a table of its own."""

from __future__ import annotations

from vestnik.web.bot_table import BOTS, ORDERS
from vestnik.web.channel_table import CHANNEL
from vestnik.web.notification_table import NOTIFICATIONS
from vestnik.web.operations import Operation
from vestnik.web.settings_table import PEOPLE, RESOURCES, TOKENS
from vestnik.web.webhook_table import DELIVERIES, WEBHOOKS

__all__ = ["OPERATIONS"]

OPERATIONS: tuple[Operation, ...] = (
    *ORDERS,
    *NOTIFICATIONS,
    *PEOPLE,
    *RESOURCES,
    *TOKENS,
    *WEBHOOKS,
    *DELIVERIES,
    *BOTS,
    *CHANNEL,
)
"""In the order in which requests are matched; what has to be fast stands first."""
