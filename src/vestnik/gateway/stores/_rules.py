"""What all stores agree on."""

from __future__ import annotations

from vestnik.clock import Clock
from vestnik.gateway.model import AttemptState, Owner, Record, Resource, Token, Webhook
from vestnik.ids import OwnerId

__all__ = [
    "GONE",
    "INTERRUPTED",
    "KEY_MILLISECONDS",
    "KINDS",
    "OPEN",
    "UNMADE_TEST",
    "milliseconds",
    "no_such_owner",
]

KEY_MILLISECONDS = 24 * 60 * 60 * 1000
"""How long a key is remembered at least."""

OPEN = (AttemptState.PLANNED, AttemptState.BEGUN)
"""The states of attempts that have not ended."""

KINDS: tuple[type[Record], ...] = (Owner, Resource, Token, Webhook)
"""The kinds of records, in the order in which they are loaded."""

INTERRUPTED = "Interrupted: the gateway ended before the answer came."
GONE = "Not attempted: the notification was no longer kept."
UNMADE_TEST = "Not attempted: the gateway ended before the test was made."


def milliseconds(clock: Clock) -> int:
    """Return the wall clock's milliseconds since 1970."""
    return int(clock.now() * 1000)


def no_such_owner(record: Record, owner: OwnerId) -> str:
    """Say that a record would belong to nobody."""
    kind = type(record).__name__.lower()
    return f"The {kind} {record.id!r} cannot be stored: there is no owner {owner!r}, add it first."
