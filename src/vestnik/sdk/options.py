"""How a client behaves, and the parts it is made of."""

from __future__ import annotations

import msgspec

from vestnik.clock import Clock, SystemClock
from vestnik.sdk.attempts import ALL_ATTEMPTS, Attempts
from vestnik.sdk.backoff import Backoff
from vestnik.sdk.dialling import Dial, dial
from vestnik.sdk.duplicates import Duplicates
from vestnik.wire import Position

__all__ = ["Options"]


class Options(msgspec.Struct, frozen=True, kw_only=True):
    """How a client behaves; see `connect`."""

    resume: bool = True
    after: Position | None = None
    duplicates: Duplicates | None = None
    give_up_after: float | None = None
    most_waiting: int = 1000
    backoff: Backoff = Backoff()
    clock: Clock = SystemClock()
    dial: Dial = dial
    attempts: Attempts = ALL_ATTEMPTS
