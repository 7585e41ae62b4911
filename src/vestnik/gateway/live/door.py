"""Who may connect at all: path, number, attempts, and whether we are about to end."""

from __future__ import annotations

import math

from vestnik.errors import BadHandshake
from vestnik.gateway.live.options import LiveOptions
from vestnik.gateway.live.stats import HubStats
from vestnik.ids import TokenId
from vestnik.wire.attempts import AttemptTable
from vestnik.wire.limits import PATHS
from vestnik.wire.networks import attempt_key, client_address, network_of
from vestnik.wire.websocket import Upgrade

__all__ = ["Door"]

_RETRY_SECONDS = "5"


class Door:
    """Checks requests before anything is spent on them."""

    def __init__(self, options: LiveOptions, stats: HubStats) -> None:
        self._trusted = tuple(network_of(text) for text in options.trusted_proxies)
        self._addresses = AttemptTable(options.attempts, options.attempt_window)
        self._tokens = AttemptTable(options.attempts, options.attempt_window)
        self._stats = stats
        self.is_closed = False

    def check(self, upgrade: Upgrade, peer: str, now: float) -> None:
        """Let a request pass.

        Raises:
            BadHandshake: It does not; this says how to answer.
        """
        if upgrade.path not in PATHS:
            raise BadHandshake(404, f"The WebSocket is at {PATHS[0]}.")
        self._count(upgrade, peer, now)
        if self.is_closed:
            raise BadHandshake(
                503,
                "The server is about to restart: try again in a moment.",
                (("Retry-After", _RETRY_SECONDS),),
            )

    def wait_of(self, token: TokenId, now: float) -> float:
        """Count an attempt of a token; return how long it has to wait instead, or 0."""
        return self._tokens.admit(token, now)

    def _count(self, upgrade: Upgrade, peer: str, now: float) -> None:
        forwarded = ",".join(upgrade.headers.all("x-forwarded-for")) if self._trusted else ""
        address = client_address(peer, forwarded, self._trusted)
        seconds = self._addresses.admit(attempt_key(address), now)
        if seconds:
            self._stats.limited += 1
            wait = str(math.ceil(seconds))
            sentence = f"Too many connections from your address: try again in {wait} s."
            raise BadHandshake(429, sentence, (("Retry-After", wait),))
