"""What all contenders of the RPC bench do, so that each does the same."""

from __future__ import annotations

__all__ = [
    "ACCOUNTS",
    "BATCH",
    "CALLS",
    "EVENTS",
    "FAKE_ACCOUNT",
    "IN_FLIGHT",
    "KEY",
    "STORM",
    "STORM_EVENTS",
    "THREADS",
    "TRIGGER",
]

KEY = "displayname"
"""The configuration value that the calls ask for."""

CALLS = 200
"""Sequential calls between two looks at the clock."""

IN_FLIGHT = 1000
"""Calls begun before the first answer is awaited."""

THREADS = 16
"""For a library that has nothing but blocking calls."""

ACCOUNTS = 10
"""Accounts on the real core, none of them configured."""

STORM = 100
"""Calls of `start_io_for_all_accounts`: each account refuses each by one event, a Warning.

Calls that write to the database make more events each, but the core cannot take many at once:
it refuses some with "database is locked".
"""

STORM_EVENTS = STORM * ACCOUNTS

BATCH = 101
EVENTS = 50 * BATCH
"""Events that the fake core serves between two looks at the clock."""

FAKE_ACCOUNT = 1
TRIGGER = "ui.bench.events"
