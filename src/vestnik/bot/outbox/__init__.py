"""What a bot sends: durable, in order, paced, each message exactly once."""

from vestnik.bot.outbox.bucket import Pace
from vestnik.bot.outbox.carrier import OnRefused
from vestnik.bot.outbox.outbox import Outbox

__all__ = ["OnRefused", "Outbox", "Pace"]
