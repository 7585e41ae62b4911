"""What an operator may set about live connections."""

from __future__ import annotations

import msgspec

from vestnik.errors import BadConfig
from vestnik.wire import limits

__all__ = ["LiveOptions"]


class LiveOptions(msgspec.Struct, frozen=True, kw_only=True):
    """The bounds of live connections.

    Attributes:
        auth_seconds: How long a connection may take to say who it is, from its first byte on.
        auth_tries: How often it may be wrong about it.
        attempts: Connection attempts that one address, or one token, may make within the window.
        attempt_window: Seconds.
        trusted_proxies: Networks whose word about the address of a client is taken.
        most_buffered: Bytes that may wait to be written to one client; above it, it is slow.
        ping_seconds: How often every client is asked for a sign of life.
        pong_seconds: How long it may be silent after that; less than `ping_seconds`.
        most_waiting_for_auth: Connections that have not said yet who they are, all together; above
            it those that have been silent the longest are ended.
        most_messages: Messages, and kilobytes, that are taken from one client in a second.
        most_reads: Reads of the log for replays at once; others wait their turn.
        page: Notifications that a replay reads at once.
    """

    auth_seconds: float = limits.AUTH_SECONDS
    auth_tries: int = limits.AUTH_TRIES
    attempts: int = limits.ATTEMPTS
    attempt_window: float = limits.ATTEMPT_WINDOW
    trusted_proxies: tuple[str, ...] = ()
    most_buffered: int = 256 * 1024
    ping_seconds: float = 30.0
    pong_seconds: float = 20.0
    most_waiting_for_auth: int = 2_000
    most_messages: int = 200
    most_reads: int = 16
    page: int = 100

    def __post_init__(self) -> None:
        if not 0 < self.pong_seconds < self.ping_seconds:
            raise BadConfig("pong_seconds has to be above 0 and less than ping_seconds.")
        for name in ("auth_seconds", "attempt_window"):
            if getattr(self, name) <= 0:
                raise BadConfig(f"{name} has to be more than 0.")
        for name in _COUNTS:
            if getattr(self, name) < 1:
                raise BadConfig(f"{name} has to be at least 1.")


_COUNTS = (
    "auth_tries",
    "attempts",
    "most_buffered",
    "most_waiting_for_auth",
    "most_messages",
    "most_reads",
    "page",
)
