"""One life of a core: calls to it, their answers, its end."""

from __future__ import annotations

import asyncio
import logging
import math
from collections.abc import Sequence

import msgspec

from vestnik.chatmail.correlator import (
    Answered,
    CallId,
    Correlator,
    Outcome,
    Refused,
    Unreadable,
)
from vestnik.chatmail.transport import CoreTransport
from vestnik.errors import (
    CallFailed,
    CallTimedOut,
    CoreDied,
    UnexpectedAnswer,
    UnknownMethod,
    VestnikError,
)

__all__ = ["Connection"]

MAX_CALLS_IN_FLIGHT = 4096
"""More callers than this wait for a turn, so that a flood of calls has a bound in memory."""

METHOD_NOT_FOUND = -32601

log = logging.getLogger("vestnik.chatmail")


class Connection:
    """Calls over one transport, from its start to its end; it cannot be opened twice."""

    def __init__(self, transport: CoreTransport) -> None:
        self._transport = transport
        self._correlator = Correlator()
        self._waiting: dict[CallId, tuple[str, asyncio.Future[msgspec.Raw]]] = {}
        self._turns = asyncio.Semaphore(MAX_CALLS_IN_FLIGHT)
        self._cause: CoreDied | None = None

    async def open(self) -> None:
        """Start the core.

        Raises:
            CoreNotFound: There is none to start.
        """
        await self._transport.start(self)

    async def close(self) -> None:
        """End the core; calls that still wait fail with `CoreDied`."""
        await self._transport.stop()

    async def request(self, method: str, params: Sequence[object], seconds: float) -> msgspec.Raw:
        """Call a method and wait for its answer.

        Args:
            method: The name as the core knows it.
            params: The arguments by position; the core takes no others.
            seconds: The deadline; ``math.inf`` waits as long as the core lives.

        Raises:
            CallFailed: The core refused.
            CallTimedOut: The deadline passed; a later answer is dropped.
            CoreDied: The core is gone, or went while this waited.
            UnexpectedAnswer: The answer is not JSON-RPC.
            UnknownMethod: The core has no such method.
        """
        deadline = asyncio.get_running_loop().time() + seconds
        await self._take_turn(method, seconds, deadline)
        try:
            return await self._exchange(method, params, seconds, deadline)
        finally:
            self._turns.release()

    async def _take_turn(self, method: str, seconds: float, deadline: float) -> None:
        if not self._turns.locked():
            await self._turns.acquire()
            return
        try:
            async with asyncio.timeout_at(deadline if deadline < math.inf else None):
                await self._turns.acquire()
        except TimeoutError:
            raise CallTimedOut(method, seconds) from None

    async def _exchange(
        self, method: str, params: Sequence[object], seconds: float, deadline: float
    ) -> msgspec.Raw:
        if self._cause is not None:
            raise CoreDied(*self._cause.args)
        call_id, line = self._correlator.call(method, params)
        # A timer and a future cost half of what asyncio.timeout() does, on every call.
        loop = asyncio.get_running_loop()
        answer: asyncio.Future[msgspec.Raw] = loop.create_future()
        timer = loop.call_at(deadline, _expire, answer) if deadline < math.inf else None
        self._waiting[call_id] = (method, answer)
        try:
            self._transport.write(line)
            await self._transport.drain()
            return await answer
        except TimeoutError:
            raise CallTimedOut(method, seconds) from None
        finally:
            if timer is not None:
                timer.cancel()
            del self._waiting[call_id]
            self._correlator.give_up(call_id)

    # What the transport tells us.

    def data_received(self, data: bytes) -> None:
        """Hand each answer in `data` to the call that waits for it."""
        for outcome in self._correlator.receive(data):
            self._settle(outcome)

    def core_ended(self, cause: CoreDied) -> None:
        """Fail every call that waits, and every later one."""
        self._cause = cause
        for _, answer in self._waiting.values():
            _fail(answer, CoreDied(*cause.args))

    def _settle(self, outcome: Outcome) -> None:
        if outcome.call_id not in self._waiting:
            log.warning("the core wrote a line that answers nothing: %s", outcome)
            return
        method, answer = self._waiting[outcome.call_id]
        if not isinstance(outcome, Answered):
            _fail(answer, _error(method, outcome))
        elif not answer.done():
            answer.set_result(outcome.result)


def _expire(answer: asyncio.Future[msgspec.Raw]) -> None:
    _fail(answer, TimeoutError())


def _fail(answer: asyncio.Future[msgspec.Raw], error: Exception) -> None:
    if not answer.done():
        answer.set_exception(error)
        # Who waits may be cancelled before it wakes; asyncio would complain of an unread error.
        answer.exception()


def _error(method: str, outcome: Refused | Unreadable) -> VestnikError:
    """Map what came instead of a result to our tree of errors."""
    if isinstance(outcome, Unreadable):
        return UnexpectedAnswer(method, outcome.problem, outcome.line_start)
    if outcome.code == METHOD_NOT_FOUND:
        return UnknownMethod(method)
    return CallFailed(method, outcome.code, outcome.reason)
