"""The notification gateway: who has bots is told what happens to them.

- `model`, `ports`: what it knows, and the seams to a store, a broker and a sender of webhooks.
- `roster`, `access`: all settings in memory, and who may do what.
- `administration`: changes settings. `publishing`: stores and tells notifications.
- `live`: WebSocket connections. `delivery`: webhooks.
- `service`: all of it put together.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from vestnik.gateway.access import Access, digest_of, new_token, reaches
    from vestnik.gateway.administration import (
        Administration,
        Issued,
        IssuedWebhook,
        WebhookChange,
    )
    from vestnik.gateway.model import (
        AddressFamily,
        Attempt,
        AttemptKind,
        AttemptState,
        Owner,
        Resource,
        Scope,
        Token,
        Webhook,
    )
    from vestnik.gateway.publishing import Publishing, PublishingStats, Receipt
    from vestnik.gateway.roster import Roster
    from vestnik.gateway.sealing import Sealer
    from vestnik.gateway.service import Gateway, GatewayOptions

__all__ = [
    "Access",
    "AddressFamily",
    "Administration",
    "Attempt",
    "AttemptKind",
    "AttemptState",
    "Gateway",
    "GatewayOptions",
    "Issued",
    "IssuedWebhook",
    "Owner",
    "Publishing",
    "PublishingStats",
    "Receipt",
    "Resource",
    "Roster",
    "Scope",
    "Sealer",
    "Token",
    "Webhook",
    "WebhookChange",
    "digest_of",
    "new_token",
    "reaches",
]

_HOMES = {
    "Access": "vestnik.gateway.access",
    "AddressFamily": "vestnik.gateway.model",
    "Administration": "vestnik.gateway.administration",
    "Attempt": "vestnik.gateway.model",
    "AttemptKind": "vestnik.gateway.model",
    "AttemptState": "vestnik.gateway.model",
    "Gateway": "vestnik.gateway.service",
    "GatewayOptions": "vestnik.gateway.service",
    "Issued": "vestnik.gateway.administration",
    "IssuedWebhook": "vestnik.gateway.administration",
    "Owner": "vestnik.gateway.model",
    "Publishing": "vestnik.gateway.publishing",
    "PublishingStats": "vestnik.gateway.publishing",
    "Receipt": "vestnik.gateway.publishing",
    "Resource": "vestnik.gateway.model",
    "Roster": "vestnik.gateway.roster",
    "Scope": "vestnik.gateway.model",
    "Sealer": "vestnik.gateway.sealing",
    "Token": "vestnik.gateway.model",
    "Webhook": "vestnik.gateway.model",
    "WebhookChange": "vestnik.gateway.administration",
    "digest_of": "vestnik.gateway.access",
    "new_token": "vestnik.gateway.access",
    "reaches": "vestnik.gateway.access",
}


def __getattr__(name: str) -> object:
    """Bring in what is asked for: whoever wants only the model pays for no server."""
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    found: object = getattr(import_module(home), name)
    globals()[name] = found
    return found
