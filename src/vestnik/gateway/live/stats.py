"""What live connections are counted by."""

from __future__ import annotations

import msgspec

__all__ = ["HubStats"]


class HubStats(msgspec.Struct):
    """Numbers about live connections; all but the first three only grow.

    Attributes:
        connections: Open now, whatever they are about.
        authenticated: Those of them that are in.
        channels: Streams that are told to connections: an owner's, or that of one resource.
        accepted: Handshakes that were answered with 101.
        limited: Refused with 429, or with an `error` about too many attempts of a token.
        refused: Refused for any other reason, while draining too.
        bad_tokens: Tries to get in that failed.
        sent: Notifications written, once for every client.
        missed: Notifications that slow clients did not get.
        replayed: Notifications written out of the log.
        revoked: Connections dropped because their token was.
        dead: Connections dropped because nothing was heard of the client any more.
        throttled: How often a client was not listened to for a moment, as it said too much.
        calls: Orders that came over connections and were passed on.
        refused_calls: Orders that were not passed on, as too many ran already or the end was near.
    """

    connections: int = 0
    authenticated: int = 0
    channels: int = 0
    accepted: int = 0
    limited: int = 0
    refused: int = 0
    bad_tokens: int = 0
    sent: int = 0
    missed: int = 0
    replayed: int = 0
    revoked: int = 0
    dead: int = 0
    throttled: int = 0
    calls: int = 0
    refused_calls: int = 0
