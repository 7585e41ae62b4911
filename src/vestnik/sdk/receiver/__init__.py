"""The receiving end of webhooks."""

from vestnik.sdk.receiver.receiver import WebhookReceiver
from vestnik.sdk.receiver.request import IncomingRequest, Reply

__all__ = ["IncomingRequest", "Reply", "WebhookReceiver"]
