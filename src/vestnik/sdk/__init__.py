"""The clients of the notification protocol: a stream over WebSocket, a receiver of webhooks.

They work with Vestnik's gateway and with the public service of the second seed alike::

    async with connect(token, url) as notifications:
        async for notification in notifications:
            print(notification.name, notification.payload)

The program of a hosted bot gives its orders there, too: ``await notifications.call(…)``.
"""

from vestnik.sdk.address import BOTICORD_URL
from vestnik.sdk.connecting import connect
from vestnik.sdk.duplicates import Duplicates
from vestnik.sdk.handlers import Handler
from vestnik.sdk.notification import Gap, JsonValue, Notification
from vestnik.sdk.options import Options
from vestnik.sdk.receiver import IncomingRequest, Reply, WebhookReceiver
from vestnik.sdk.stream import GapHandler, Notifications
from vestnik.sdk.threads import SyncNotifications, connect_sync
from vestnik.wire import NotifyType, Position
from vestnik.wire.networks import BOTICORD_NETWORK

__all__ = [
    "BOTICORD_NETWORK",
    "BOTICORD_URL",
    "Duplicates",
    "Gap",
    "GapHandler",
    "Handler",
    "IncomingRequest",
    "JsonValue",
    "Notification",
    "Notifications",
    "NotifyType",
    "Options",
    "Position",
    "Reply",
    "SyncNotifications",
    "WebhookReceiver",
    "connect",
    "connect_sync",
]
