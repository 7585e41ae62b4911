"""Answers that a test holds back, to decide their order or to let the core die before them."""

from __future__ import annotations

from collections.abc import Callable

from vestnik.testing.waiting import Changes

__all__ = ["HeldAnswers"]


class HeldAnswers:
    """The answers to the calls of one method: what was asked for is done, but nobody is told."""

    def __init__(self, stop_holding: Callable[[], None]) -> None:
        self._stop_holding = stop_holding
        self._kept: list[Callable[[], None]] = []
        self._changes = Changes()

    def __len__(self) -> int:
        return len(self._kept)

    async def arrived(self, count: int = 1) -> None:
        """Wait until `count` answers are held."""
        await self._changes.until(lambda: len(self._kept) >= count)

    def answer(self, index: int = 0) -> None:
        """Send one of the answers held, counted from the oldest."""
        self._kept.pop(index)()

    def release(self) -> None:
        """Send all answers held, oldest first, and hold no more."""
        self._stop_holding()
        while self._kept:
            self.answer()

    def keep(self, send: Callable[[], None]) -> None:
        """Hold an answer back."""
        self._kept.append(send)
        self._changes.note()

    def forget(self) -> None:
        """Drop the answers held: who waited for them is gone with the core that owed them."""
        self._kept.clear()
