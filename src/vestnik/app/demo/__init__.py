"""The demonstration: a relay, a gateway with a bot, and a user, all real, in one directory.

The bot's program and two programs of its owner are clients of the gateway like any other: one
answers, one listens, one receives webhooks.
"""

from vestnik.app.demo.audience import Audience
from vestnik.app.demo.conversation import Conversation, Reply
from vestnik.app.demo.play import play
from vestnik.app.demo.report import Report, RoundTrips
from vestnik.app.demo.stage import Actor, Stage
from vestnik.app.demo.witnesses import Channel, NotificationCounts

__all__ = [
    "Actor",
    "Audience",
    "Channel",
    "Conversation",
    "NotificationCounts",
    "Reply",
    "Report",
    "RoundTrips",
    "Stage",
    "play",
]
