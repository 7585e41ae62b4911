"""How often somebody may try: so many times in any stretch of so many seconds, pure."""

from __future__ import annotations

from array import array

from vestnik.wire.limits import ATTEMPT_WINDOW, ATTEMPTS

__all__ = ["MOST_KEYS", "AttemptTable", "AttemptWindow"]

MOST_KEYS = 20_000
"""How many addresses or tokens a table remembers unless told otherwise; at most 8 MB."""

_ROUNDING = 1e-6
"""Who waits as long as he was told is admitted, although sums of floats are not exact."""


class AttemptWindow:
    """A sliding window: no more than `limit` attempts within any `window` seconds.

    An attempt that was refused does not count; who keeps knocking gets in as soon as who waits.
    """

    __slots__ = ("_limit", "_moments", "_window")

    def __init__(self, limit: int = ATTEMPTS, window: float = ATTEMPT_WINDOW) -> None:
        self._limit = limit
        self._window = window
        self._moments = array("d")

    def admit(self, now: float) -> float:
        """Count an attempt and return 0.0, or return the seconds after which there is room."""
        self._forget(now)
        if len(self._moments) < self._limit:
            self._moments.append(now)
            return 0.0
        return self._moments[0] + self._window - now

    def is_idle(self, now: float) -> bool:
        """Say whether nothing that happened matters any more."""
        self._forget(now)
        return not self._moments

    def _forget(self, now: float) -> None:
        begin = now - self._window + _ROUNDING
        old = 0
        while old < len(self._moments) and self._moments[old] <= begin:
            old += 1
        del self._moments[:old]


class AttemptTable:
    """A window for each key, such as an address or a token, in bounded memory.

    Keys whose attempts are long past are forgotten. When there are too many at once, the one that
    was last heard of the longest ago goes: the table never refuses a key because of the others.

    Args:
        limit: Attempts of one key.
        window: Within so many seconds.
        most_keys: How many keys are remembered.
    """

    __slots__ = ("_limit", "_most_keys", "_window", "_windows")

    def __init__(
        self, limit: int = ATTEMPTS, window: float = ATTEMPT_WINDOW, *, most_keys: int = MOST_KEYS
    ) -> None:
        self._limit = limit
        self._window = window
        self._most_keys = most_keys
        self._windows: dict[str, AttemptWindow] = {}

    def __len__(self) -> int:
        return len(self._windows)

    def admit(self, key: str, now: float) -> float:
        """Count an attempt of a key and return 0.0, or return the seconds until there is room."""
        window = self._windows.pop(key, None) or AttemptWindow(self._limit, self._window)
        self._make_room(now)
        self._windows[key] = window
        return window.admit(now)

    def _make_room(self, now: float) -> None:
        """Forget from the front, where those stand who were not heard of for the longest time."""
        while self._windows:
            key = next(iter(self._windows))
            if len(self._windows) < self._most_keys and not self._windows[key].is_idle(now):
                return
            del self._windows[key]
