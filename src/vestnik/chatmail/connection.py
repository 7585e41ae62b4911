"""One life of a core: calls to it, their answers, its end."""

from __future__ import annotations

import asyncio
import logging
import math
from collections import OrderedDict
from collections.abc import Sequence

import msgspec

from vestnik.chatmail.correlator import CallId, Correlator, Refused, Unreadable
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

FEW_CALLS = 2
"""One that waits for events and one that asks: so few are written at once, more are gathered."""

GATHERED_BYTES = 4096
"""How much is gathered in one turn of the loop before it is written."""

SWEEP_PAUSE = 0.02
"""Seconds between two looks for calls whose deadline has passed, so that many cost little."""

METHOD_NOT_FOUND = -32601

log = logging.getLogger("vestnik.chatmail")


class _Call(msgspec.Struct, eq=False):
    """A call that somebody waits for."""

    method: str
    params: Sequence[object]
    seconds: float
    deadline: float
    answer: asyncio.Future[msgspec.Raw]
    id: CallId | None = None
    """Once it is sent."""

    def fail(self, error: Exception) -> None:
        if not self.answer.done():
            self.answer.set_exception(error)
            # Who waits may be cancelled before it wakes; asyncio would complain of an unread error.
            self.answer.exception()


class Connection:
    """Calls over one transport, from its start to its end; it cannot be opened twice.

    A call goes out at once when there is room; else it is kept until answers have come or the core
    has taken what was written. One timer watches the deadlines of all: one a call costs more.
    """

    def __init__(self, transport: CoreTransport) -> None:
        self._transport = transport
        self._loop = asyncio.get_running_loop()
        self._correlator: Correlator[_Call] = Correlator()
        self._gathered = bytearray()
        self._kept: OrderedDict[_Call, None] = OrderedDict()
        self._draining: asyncio.Task[None] | None = None
        self._sweep_at = math.inf
        self._sweep_timer: asyncio.TimerHandle | None = None
        self._cause: CoreDied | None = None

    async def open(self) -> None:
        """Start the core.

        Raises:
            CoreNotFound: There is none to start.
        """
        await self._transport.start(self)

    async def close(self) -> None:
        """End the core; calls that still wait fail with `CoreDied`."""
        self._flush()
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
        if self._cause is not None:
            raise CoreDied(*self._cause.args)
        loop = self._loop
        call = _Call(method, params, seconds, loop.time() + seconds, loop.create_future())
        if self._kept or not self._has_room():
            self._kept[call] = None
            self._drain_soon()
        else:
            self._send(call)
        self._watch(call.deadline)
        try:
            return await call.answer
        except BaseException:
            self._forget(call)
            raise

    # What goes out, and when.

    def _has_room(self) -> bool:
        in_flight = len(self._correlator.pending)
        return in_flight < MAX_CALLS_IN_FLIGHT and self._transport.is_writable

    def _send(self, call: _Call) -> None:
        call.id, line = self._correlator.call(call, call.method, call.params)
        if not self._gathered:
            if len(self._correlator.pending) <= FEW_CALLS:
                self._transport.write(line)
                return
            self._loop.call_soon(self._flush)
        self._gathered += line
        if len(self._gathered) >= GATHERED_BYTES:
            self._flush()

    def _flush(self) -> None:
        if self._gathered:
            lines, self._gathered = bytes(self._gathered), bytearray()
            self._transport.write(lines)

    def _send_kept(self) -> None:
        while self._kept and self._has_room():
            call, _ = self._kept.popitem(last=False)
            try:
                if not call.answer.done():
                    self._send(call)
            except Exception as problem:  # such as an argument that cannot be encoded
                call.fail(problem)
        self._drain_soon()

    def _drain_soon(self) -> None:
        if self._kept and self._draining is None and not self._transport.is_writable:
            self._draining = self._loop.create_task(self._drain())

    async def _drain(self) -> None:
        await self._transport.drain()
        self._draining = None
        self._send_kept()

    def _forget(self, call: _Call) -> None:
        if call.id is not None:
            self._correlator.give_up(call.id)
        self._kept.pop(call, None)
        self._send_kept()

    # Deadlines.

    def _watch(self, deadline: float) -> None:
        if deadline < self._sweep_at:
            self._stop_watching()
            self._sweep_at = deadline
            self._sweep_timer = self._loop.call_at(deadline, self._sweep)

    def _stop_watching(self) -> None:
        if self._sweep_timer is not None:
            self._sweep_timer.cancel()

    def _sweep(self) -> None:
        # uvloop's timers may be a little early.
        now, self._sweep_at = max(self._loop.time(), self._sweep_at), math.inf
        later = math.inf
        for call in self._waiting():
            if call.deadline <= now:
                call.fail(CallTimedOut(call.method, call.seconds))
            else:
                later = min(later, call.deadline)
        self._watch(max(later, now + SWEEP_PAUSE))

    def _waiting(self) -> list[_Call]:
        return [*self._correlator.pending.values(), *self._kept]

    # What the transport tells us.

    def data_received(self, data: bytes) -> None:
        """Hand each answer in `data` to the call that waits for it."""
        for call, outcome in self._correlator.receive(data):
            if call is None:
                log.warning("the core wrote a line that answers nothing: %s", outcome)
            elif not isinstance(outcome, msgspec.Raw):
                call.fail(_error(call.method, outcome))
            elif not call.answer.done():
                call.answer.set_result(outcome)
        self._send_kept()

    def core_ended(self, cause: CoreDied) -> None:
        """Fail every call that waits, and every later one."""
        self._cause = cause
        self._stop_watching()
        if self._draining is not None:
            self._draining.cancel()
        for call in self._waiting():
            call.fail(CoreDied(*cause.args))
        self._kept.clear()


def _error(method: str, outcome: Refused | Unreadable) -> VestnikError:
    """Map what came instead of a result to our tree of errors."""
    if isinstance(outcome, Unreadable):
        return UnexpectedAnswer(method, outcome.problem, outcome.line_start)
    if outcome.code == METHOD_NOT_FOUND:
        return UnknownMethod(method)
    return CallFailed(method, outcome.code, outcome.reason)
