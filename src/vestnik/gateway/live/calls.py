"""Orders that come over connections: carried out side by side, and answered as they end.

Rules of this file:

- An order that has begun is left to end, whatever becomes of its connection: nothing is half done.
- An answer does not overtake what was told before. It waits for a client that does not read, and
  few do: they are bounded in number, and the long ones in bytes.
- Who is gone holds nothing but what runs: the answers to it are dropped as they come.
"""

from __future__ import annotations

import logging
from collections import Counter, deque
from typing import Protocol

import msgspec

from vestnik.gateway.live.refusals import CANNOT, FAILED, refusal
from vestnik.gateway.live.session import Action, problem
from vestnik.gateway.live.stats import HubStats
from vestnik.gateway.live.tasks import Tasks
from vestnik.gateway.model import Scope, Token
from vestnik.gateway.ports import Orders
from vestnik.ids import TokenId
from vestnik.wire import ErrorCode, Rpc, encode_rpc
from vestnik.wire.websocket import encode_frame

__all__ = ["MOST_ANSWER", "MOST_AT_ONCE", "MOST_OF_TOKEN", "ORDERING", "Calling", "Calls"]

_log = logging.getLogger("vestnik.gateway.live")

MOST_AT_ONCE = 64
"""Orders of one connection that have no answer yet."""

MOST_OF_TOKEN = 256
"""Orders of one token that run, those of connections that are gone, too."""

MOST_ANSWER = 8 * 1024 * 1024
"""Bytes of the longest answer, and of all long ones that wait for one client."""

MOST_UNREAD = 64 * 1024 * 1024
"""Bytes of long answers that all clients with one token have yet to read."""

ORDERING = frozenset({Scope.BOT, Scope.CORE})
"""What a token is good for that gives orders; one of them is enough."""

_SHORT = 64 * 1024
"""Answers up to this always wait for a client; longer ones only as far as there is room."""

_NOBODY = "This server hosts no bots: there is nobody to give orders to."
_NO_SCOPE = "The token lacks the scope 'bot': create one that has it."
_AT_ONCE = f"More than {MOST_AT_ONCE} calls run at once: wait for answers before you go on."
_OF_TOKEN = f"More than {MOST_OF_TOKEN} calls of this token run at once: wait a little."
_ENDS = "The server restarts, and this was not done: call again when it is back."
_FAILED = "A mistake of the server: its log says more."


class Calling(Protocol):
    """A connection, as far as its calls know it."""

    calls: Open | None
    token: Token | None

    @property
    def is_slow(self) -> bool:
        """Whether as much waits for it as may."""

    def tell(self, data: bytes) -> None:
        """Send bytes after all that it was told before."""


class Open:
    """The orders of one connection that have no answer yet, and the answers that wait for it.

    Attributes:
        running: How many orders are being carried out.

    Args:
        unread: Bytes of long answers that clients have yet to read, by token.
    """

    __slots__ = ("_connection", "_long", "_token", "_unread", "_waiting", "_written", "running")

    def __init__(self, connection: Calling, token: TokenId, unread: Counter[TokenId]) -> None:
        self.running = 0
        self._connection: Calling | None = connection
        self._token = token
        self._unread = unread
        self._waiting: deque[bytes] = deque()
        self._long = self._written = 0

    def __len__(self) -> int:
        return self.running + len(self._waiting)

    def give(self, request: msgspec.Raw, answer: bytes) -> None:
        """Tell the client an answer, as soon as it can take it."""
        connection = self._connection
        if connection is None:
            return
        answer = self._bounded(request, answer)
        self._waiting.append(answer)
        self._long += _long(answer)
        self._unread[self._token] += _long(answer)
        self.go_on()

    def go_on(self, *, to_the_end: bool = False) -> None:
        """Tell the client what waits for it, as far as it can take it."""
        connection = self._connection
        if connection is None:
            return
        self._note_read(connection)
        while self._waiting and (to_the_end or not connection.is_slow):
            answer = self._waiting.popleft()
            self._long -= _long(answer)
            self._written += _long(answer)
            connection.tell(encode_frame(encode_rpc(answer)))
            self._note_read(connection)

    def leave(self) -> None:
        """Tell nothing more."""
        self._connection = None
        self._waiting.clear()
        self._forget(self._long + self._written)
        self._long = self._written = 0

    def _note_read(self, connection: Calling) -> None:
        # What was told to a slow client still lies in its buffer.
        if not connection.is_slow:
            self._forget(self._written)
            self._written = 0

    def _forget(self, long: int) -> None:
        self._unread[self._token] -= long
        if not self._unread[self._token]:
            del self._unread[self._token]

    def _bounded(self, request: msgspec.Raw, answer: bytes) -> bytes:
        if len(answer) > MOST_ANSWER:
            advice = "ask for less, or over HTTP, by POST /api/v1/rpc."
        elif self._long and self._long + _long(answer) > MOST_ANSWER:
            advice = "read the answers before it, and ask again."
        elif _long(answer) and self._unread[self._token] + _long(answer) > MOST_UNREAD:
            advice = "read those on other connections, and ask again."
        else:
            return answer
        told = f"It was carried out, but its answer of {len(answer)} bytes is too long now: "
        return refusal(request, CANNOT, told + advice)


class Calls:
    """Passes orders on to the one who carries them out.

    Attributes:
        orders: Who that is; ``None`` means that there is nobody.
        is_closed: Whether nothing new is begun any more.
    """

    def __init__(self, stats: HubStats) -> None:
        self.orders: Orders | None = None
        self.is_closed = False
        self._stats = stats
        self._tasks = Tasks()
        self._of_tokens: Counter[TokenId] = Counter()
        self._unread: Counter[TokenId] = Counter()

    def __len__(self) -> int:
        return len(self._tasks)

    def begin(self, connection: Calling, rpc: Rpc) -> Action:
        """Have an order carried out, or return what to tell instead."""
        token = connection.token
        if self.orders is None:
            return problem(ErrorCode.BAD_REQUEST, _NOBODY)
        if token is None or not token.scopes & ORDERING:
            return problem(ErrorCode.BAD_REQUEST, _NO_SCOPE)
        calls = connection.calls = connection.calls or Open(connection, token.id, self._unread)
        if reason := self._too_much(calls, token):
            self._stats.refused_calls += 1
            calls.give(rpc.request, refusal(rpc.request, CANNOT, reason))
            return None
        calls.running += 1
        self._of_tokens[token.id] += 1
        self._stats.calls += 1
        self._tasks.start(self._carry_out(self.orders, calls, token, rpc.request))
        return None

    async def settled(self) -> None:
        """Return when nothing runs any more."""
        await self._tasks.settled()

    async def close(self) -> None:
        """Cancel what still runs."""
        self.is_closed = True
        await self._tasks.close()

    def _too_much(self, calls: Open, token: Token) -> str:
        if self.is_closed:
            return _ENDS
        if len(calls) >= MOST_AT_ONCE:
            return _AT_ONCE
        return _OF_TOKEN if self._of_tokens[token.id] >= MOST_OF_TOKEN else ""

    async def _carry_out(
        self, orders: Orders, calls: Open, token: Token, request: msgspec.Raw
    ) -> None:
        try:
            answer = await orders.carry_out(token, request)
        except Exception:
            _log.exception("An order could not be carried out.")
            answer = refusal(request, FAILED, _FAILED)
        finally:
            calls.running -= 1
            self._note_end(token.id)
        if answer is not None:
            calls.give(request, answer)

    def _note_end(self, token: TokenId) -> None:
        self._of_tokens[token] -= 1
        if not self._of_tokens[token]:
            del self._of_tokens[token]


def _long(answer: bytes) -> int:
    return len(answer) if len(answer) > _SHORT else 0
