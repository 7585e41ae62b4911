"""The live side of a gateway: WebSocket connections, and what happens told to them at once.

::

    transport ── LiveProtocol ── Session (pure)
                      │ auth, resume
                   Entrance ── Replays ── NotificationLog
                      │ join                   │ up to the head
     Channel (one an owner, or a resource) ◄───┘
                      ▲ Notified
                   Broker                    Watch: deadlines, pings, floods

    rpc ── Calls ── Orders, whoever carries them out
"""

from vestnik.gateway.live.hub import Hub
from vestnik.gateway.live.options import LiveOptions
from vestnik.gateway.live.protocol import LiveProtocol
from vestnik.gateway.live.stats import HubStats

__all__ = ["Hub", "HubStats", "LiveOptions", "LiveProtocol"]
