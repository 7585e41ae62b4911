"""How many messages a sender may send a minute: the rule of chatmail's filtermail, pure."""

from __future__ import annotations

__all__ = ["Limiter"]

_SENDERS_KEPT = 10_000


class Limiter:
    """A generic cell rate algorithm: a steady rate after a burst. The caller brings the time.

    Args:
        per_minute: The steady rate.
        burst: How many may come at once after a rest.
    """

    def __init__(self, per_minute: int, burst: int) -> None:
        self._period = 60.0 / per_minute
        self._tolerance = self._period * (burst - 1)
        self._due: dict[str, float] = {}

    def allows(self, sender: str, now: float) -> bool:
        """Count one message and say whether it may pass; a refused one does not count."""
        due = max(self._due.get(sender, now), now)
        if due - now > self._tolerance + 1e-9:
            return False
        if len(self._due) >= _SENDERS_KEPT:
            # A sender whose time has come is as one who never sent.
            self._due = {who: when for who, when in self._due.items() if when > now}
        self._due[sender] = due + self._period
        return True
