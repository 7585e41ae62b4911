"""Which notifications were there before."""

from __future__ import annotations

import threading

__all__ = ["Duplicates"]


class Duplicates:
    """A window over the keys of the last notifications; may be shared by threads.

    Give the same one to `connect` and to a `WebhookReceiver`, and of the two copies that a server
    sends only the first one counts.

    Args:
        most: How many keys it remembers; the oldest go first.
    """

    def __init__(self, most: int = 10_000) -> None:
        self._most = most
        self._keys: dict[str, None] = {}
        self._lock = threading.Lock()

    def is_new(self, key: str) -> bool:
        """Remember a key; tells whether it was not known yet."""
        with self._lock:
            if key in self._keys:
                return False
            self._keys[key] = None
            if len(self._keys) > self._most:
                del self._keys[next(iter(self._keys))]
            return True
