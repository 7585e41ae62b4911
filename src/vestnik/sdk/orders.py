"""The orders of one client that are on their way, and who waits for what comes of them."""

from __future__ import annotations

import asyncio
import itertools
import logging
from collections.abc import Awaitable, Callable
from typing import TypeAlias

import msgspec

from vestnik.errors import AnswerLost, BadMessage, GatewayUnreachable, OrderFailed, StreamError
from vestnik.sdk.notification import JsonValue
from vestnik.sdk.order import Order, encode_order, read_answer

__all__ = ["MOST_AT_ONCE", "Orders"]

MOST_AT_ONCE = 64
"""What a server takes of one connection; more wait for their turn here."""

Say: TypeAlias = Callable[[bytes], Awaitable[None]]

_log = logging.getLogger("vestnik.sdk")


class _Waiting(msgspec.Struct):
    order: Order
    outcome: asyncio.Future[JsonValue]
    is_said: bool = False


class Orders:
    """Says orders on whichever connection there is, and gives each its answer.

    Args:
        on_urgent: Told when answers begin to be waited for, and when no longer.
    """

    def __init__(self, on_urgent: Callable[[bool], None]) -> None:
        self._on_urgent = on_urgent
        self._ids = itertools.count(1)
        self._turns = asyncio.Semaphore(MOST_AT_ONCE)
        self._waiting: dict[int, _Waiting] = {}
        self._callers = 0
        self._say: Say | None = None
        self._end: Exception | None = None
        self._has_changed = asyncio.Event()

    @property
    def are_waiting(self) -> bool:
        """Whether somebody waits for an answer."""
        return self._callers > 0

    async def carry_out(self, order: Order, seconds: float) -> JsonValue:
        """Say an order as soon as there is a connection, and wait for what comes of it.

        Raises:
            AnswerLost: Nobody knows whether it was done.
            GatewayUnreachable: It was not said at all in the time.
            OrderFailed: The gateway's answer is an error.
        """
        waiting = _Waiting(order, asyncio.get_running_loop().create_future())
        self._count(1)
        try:
            async with asyncio.timeout(seconds), self._turns:
                return await self._answer_to(waiting)
        except TimeoutError:
            raise _late(waiting, seconds) from None
        finally:
            self._count(-1)

    def opened(self, say: Say) -> None:
        """There is a connection on which orders can be said."""
        self._say = say
        self._has_changed.set()

    def lost(self, reason: str) -> None:
        """The connection is gone, and with it the answers."""
        self._say = None
        self._fail(lambda order: AnswerLost(order.method, reason))

    def ended(self, error: Exception) -> None:
        """There will be no other connection."""
        self._end = error
        self._has_changed.set()

    def answered(self, said: msgspec.Raw) -> None:
        """Give an answer to who waits for it; nobody may, if it came too late."""
        try:
            answer = read_answer(said)
        except BadMessage as problem:
            _log.warning("%s", problem)
            return
        waiting = self._waiting.get(answer.id or 0)
        if waiting is None or waiting.outcome.done():
            _log.info("An answer of the gateway comes too late, or is to no order of ours.")
        elif failure := answer.failure:
            error = OrderFailed(waiting.order.method, failure.code, failure.message)
            waiting.outcome.set_exception(error)
        else:
            waiting.outcome.set_result(answer.result)

    def declined(self, code: int, words: str) -> None:
        """The gateway takes no orders on this connection, and does not say which one it means."""
        self._fail(lambda order: OrderFailed(order.method, code, words))

    async def _answer_to(self, waiting: _Waiting) -> JsonValue:
        say = await self._connected()
        id = next(self._ids)
        self._waiting[id] = waiting
        try:
            waiting.is_said = True
            await say(encode_order(waiting.order, id))
            return await waiting.outcome
        finally:
            del self._waiting[id]

    async def _connected(self) -> Say:
        while self._say is None:
            if self._end is not None:
                raise self._end
            self._has_changed.clear()
            await self._has_changed.wait()
        return self._say

    def _fail(self, error_of: Callable[[Order], Exception]) -> None:
        for waiting in self._waiting.values():
            if not waiting.outcome.done():
                waiting.outcome.set_exception(error_of(waiting.order))

    def _count(self, more: int) -> None:
        before, self._callers = self._callers, self._callers + more
        if (before == 0) != (self._callers == 0):
            self._on_urgent(self._callers > 0)


def _late(waiting: _Waiting, seconds: float) -> StreamError:
    method = waiting.order.method
    if waiting.is_said:
        return AnswerLost(method, f"The gateway did not answer within {seconds:g} s.")
    return GatewayUnreachable(
        f"For {seconds:g} s there was no way to say {method} to the gateway: it was not done."
    )
