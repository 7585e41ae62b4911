"""The notification gateway: who has bots is told what happens to them.

- `model`, `ports`: what it knows, and the seams to a store, a broker and a sender of webhooks.
- `roster`, `access`: all settings in memory, and who may do what.
- `administration`: changes settings. `publishing`: stores and tells notifications.
- `live`: WebSocket connections. `delivery`: webhooks.
- `service`: all of it put together.
"""

from typing import TYPE_CHECKING

from vestnik.lazily import brought_in

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
    "Access": "access",
    "AddressFamily": "model",
    "Administration": "administration",
    "Attempt": "model",
    "AttemptKind": "model",
    "AttemptState": "model",
    "Gateway": "service",
    "GatewayOptions": "service",
    "Issued": "administration",
    "IssuedWebhook": "administration",
    "Owner": "model",
    "Publishing": "publishing",
    "PublishingStats": "publishing",
    "Receipt": "publishing",
    "Resource": "model",
    "Roster": "roster",
    "Scope": "model",
    "Sealer": "sealing",
    "Token": "model",
    "Webhook": "model",
    "WebhookChange": "administration",
    "digest_of": "access",
    "new_token": "access",
    "reaches": "access",
}

# Whoever wants only the model pays for no server.
__getattr__ = brought_in(__name__, _HOMES)
