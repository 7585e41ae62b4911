"""The kinds of id that Vestnik passes around, each with a type of its own."""

from typing import NewType

__all__ = [
    "AccountId",
    "ChatId",
    "ConnectionId",
    "ContactId",
    "DeliveryId",
    "MessageId",
    "OwnerId",
    "ResourceId",
    "TokenId",
    "WebhookId",
]

AccountId = NewType("AccountId", int)
"""One account (profile) of a core; 0 in an event means the account manager itself."""

ChatId = NewType("ChatId", int)
"""One chat of an account; ids up to 9 are reserved by the core."""

MessageId = NewType("MessageId", int)
"""One message of an account; ids up to 9 are reserved by the core."""

ContactId = NewType("ContactId", int)
"""One contact of an account: 1 is the account itself, 2 info, 5 device, up to 9 reserved."""

OwnerId = NewType("OwnerId", str)
"""One owner of resources at a gateway."""

ResourceId = NewType("ResourceId", str)
"""What notifications are about, such as a bot; the listing or the operator chooses the id."""

TokenId = NewType("TokenId", str)
"""The public name of a token, which gives nothing away."""

WebhookId = NewType("WebhookId", str)
"""One address that gets notifications by POST."""

DeliveryId = NewType("DeliveryId", int)
"""One attempt to deliver a notification to a webhook."""

ConnectionId = NewType("ConnectionId", str)
"""One connection of a client to a gateway; it dies with the connection."""
