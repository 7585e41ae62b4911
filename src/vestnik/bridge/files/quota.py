"""How much of what bots have uploaded may be kept, counted in memory."""

from __future__ import annotations

from vestnik.errors import NoRoom

__all__ = ["Quota", "Share", "cost_of"]

BLOCK = 4096
"""What even the smallest file costs, so that very many of them cannot be kept for nothing."""


def cost_of(size: int) -> int:
    """Return what a file of a size counts for: whole blocks, and one for what is noted of it."""
    return (size // BLOCK + 2) * BLOCK


class Quota:
    """The bytes that each bot has, and the most that one may have."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._used: dict[str, int] = {}

    def knows(self, shelf: str) -> bool:
        """Say whether it was counted what a bot has."""
        return shelf in self._used

    def start(self, shelf: str, used: int) -> None:
        """Note what a bot has from before."""
        self._used[shelf] = used

    def take(self, shelf: str, cost: int) -> None:
        """Count more.

        Raises:
            NoRoom: It would be too much; nothing was counted.
        """
        wanted = self._used.get(shelf, 0) + cost
        if wanted > self._most:
            raise NoRoom(
                f"A bot keeps at most {self._most} bytes of uploads at a time: wait until some "
                "of them have expired."
            )
        self._used[shelf] = wanted

    def give_back(self, shelf: str, cost: int) -> None:
        """Count less."""
        if shelf in self._used:
            self._used[shelf] = max(0, self._used[shelf] - cost)

    def forget(self, shelf: str) -> None:
        """Count nothing more for a bot."""
        self._used.pop(shelf, None)


class Share:
    """What one file takes of what a bot may have, while it grows."""

    def __init__(self, quota: Quota, shelf: str) -> None:
        self._quota = quota
        self._shelf = shelf
        self._cost = 0

    def reach(self, size: int) -> None:
        """Count the file as having at least so many bytes.

        Raises:
            NoRoom: It would be too much.
        """
        more = cost_of(size) - self._cost
        if more > 0:
            self._quota.take(self._shelf, more)
            self._cost += more

    def give_back(self) -> None:
        """Count the file no more."""
        self._quota.give_back(self._shelf, self._cost)
        self._cost = 0
