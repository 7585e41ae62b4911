"""The settings of a gateway and all their rules: what is stored has passed here."""

from __future__ import annotations

from vestnik.clock import Clock
from vestnik.gateway.administration._desk import (
    LONGEST_ID,
    LONGEST_NAME,
    Desk,
    check_id,
    check_name,
)
from vestnik.gateway.administration.owners import MOST_RESOURCES, Owners, Resources
from vestnik.gateway.administration.tokens import (
    MOST_TOKENS,
    MOST_TOKENS_OF_RESOURCE,
    Issued,
    Tokens,
)
from vestnik.gateway.administration.webhooks import (
    MOST_WEBHOOKS,
    IssuedWebhook,
    WebhookChange,
    Webhooks,
)
from vestnik.gateway.delivery import Guard
from vestnik.gateway.ports import Broker, Store
from vestnik.gateway.roster import Roster
from vestnik.gateway.sealing import Sealer

__all__ = [
    "LONGEST_ID",
    "LONGEST_NAME",
    "MOST_RESOURCES",
    "MOST_TOKENS",
    "MOST_TOKENS_OF_RESOURCE",
    "MOST_WEBHOOKS",
    "Administration",
    "Issued",
    "IssuedWebhook",
    "Owners",
    "Resources",
    "Tokens",
    "WebhookChange",
    "Webhooks",
    "check_id",
    "check_name",
]


class Administration:
    """Changes settings: every change goes to the store, then to the roster, then to the broker.

    It asks nobody for a token: who may change what is for the caller to decide.

    Args:
        guard: Judges the addresses of webhooks; the strictest one by default.
    """

    def __init__(
        self,
        store: Store,
        roster: Roster,
        broker: Broker,
        sealer: Sealer,
        clock: Clock,
        guard: Guard | None = None,
    ) -> None:
        desk = Desk(store, roster, broker, clock)
        self.owners = Owners(desk)
        self.resources = Resources(desk)
        self.tokens = Tokens(desk)
        self.webhooks = Webhooks(desk, sealer, guard)
