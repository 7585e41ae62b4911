"""Whose turn it is to be sent; pure.

Rules of this file:

- Of each chat at most one message is on its way.
- What is in doubt after a crash goes before replies, and replies go before what is posted.
- Among messages of a rank, those of a chat keep their order, and chats take turns.
"""

from __future__ import annotations

from collections import OrderedDict, deque
from enum import IntEnum
from typing import Generic, Protocol, TypeVar

from vestnik.ids import ChatId

__all__ = ["Rank", "Turns", "Waiting"]


class Rank(IntEnum):
    """How urgent a message is; the lower number goes first."""

    IN_DOUBT = 0
    """Given to a core that died: what came of it is found out before anything else goes."""
    REPLY = 1
    POST = 2


class Waiting(Protocol):
    """What waits for its turn."""

    @property
    def chat_id(self) -> ChatId:
        """The chat that it goes to."""

    @property
    def rank(self) -> Rank:
        """How urgent it is."""


W = TypeVar("W", bound=Waiting)


class _Line(Generic[W]):
    """What waits in one chat."""

    def __init__(self) -> None:
        self.waiting: dict[Rank, deque[W]] = {}
        self.is_busy = False

    def add(self, item: W) -> None:
        self.waiting.setdefault(item.rank, deque()).append(item)

    def pop(self, rank: Rank) -> W:
        item = self.waiting[rank].popleft()
        if not self.waiting[rank]:
            del self.waiting[rank]
        return item


class Turns(Generic[W]):
    """The messages of one account that wait, in the order in which they are to go."""

    def __init__(self) -> None:
        self._lines: dict[ChatId, _Line[W]] = {}
        self._ready: dict[Rank, OrderedDict[ChatId, _Line[W]]] = {
            rank: OrderedDict() for rank in Rank
        }

    def add(self, item: W) -> None:
        """Let something wait behind its like."""
        line = self._lines.get(item.chat_id)
        if line is None:
            line = self._lines[item.chat_id] = _Line()
        line.add(item)
        if not line.is_busy:
            self._ready[item.rank].setdefault(item.chat_id, line)

    def peek(self) -> W | None:
        """Return what is to go next, if anything may."""
        for rank, ready in self._ready.items():
            for line in ready.values():
                return line.waiting[rank][0]
        return None

    def start(self, item: W) -> None:
        """Let go what `peek` has returned; its chat has no other turn until `finish`."""
        line = self._lines[item.chat_id]
        line.pop(item.rank)
        line.is_busy = True
        for ready in self._ready.values():
            ready.pop(item.chat_id, None)

    def finish(self, item: W) -> None:
        """Let the chat of something that has gone take its next turn, after the other chats."""
        line = self._lines[item.chat_id]
        line.is_busy = False
        for rank in line.waiting:
            self._ready[rank][item.chat_id] = line
        if not line.waiting:
            del self._lines[item.chat_id]
