"""What every `CoreTransport` has to do, as checks that any implementation can be put to.

They need no test framework: each is a coroutine function that raises `AssertionError` with a
sentence. Run them all by `check_core_transport`, or one by one from `CORE_TRANSPORT_CHECKS`.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from typing import Protocol

import msgspec

from vestnik.chatmail.transport import CoreTransport
from vestnik.errors import CoreDied, CoreNotFound

__all__ = ["CORE_TRANSPORT_CHECKS", "TransportBench", "check_core_transport"]

DEADLINE = 20.0
"""Seconds after which a check that hangs is given up."""

END_SECONDS = 1.0
"""How soon the end of a core is to be known."""

MUCH_BYTES = 16 * 1024 * 1024
"""More than any transport may take from one who does not let the core run."""

FLOOD = 500
ODD_PIECE = 37
CALL_BYTES = 4096

LAST_WORDS = (
    b'{"jsonrpc":"2.0","id":1,"result":"first"}\n{"jsonrpc":"2.0","id":2,"result":"last"}\n'
)
"""What a core writes before it ends by itself; the last bytes are the ones that get lost."""

EXIT_STATUS = 3


class TransportBench(Protocol):
    """How to get an implementation into the states that the checks need."""

    def answering(self) -> CoreTransport:
        """Make a transport whose core answers ``get_system_info``."""

    def ending(self, output: bytes, exit_status: int) -> CoreTransport:
        """Make a transport whose core writes `output`, whatever it is asked, and exits."""

    def stubborn(self) -> CoreTransport:
        """Make a transport whose core reads nothing and ends only when it is forced to."""

    def missing(self) -> CoreTransport:
        """Make a transport for which there is no core to start."""

    def kill(self, transport: CoreTransport) -> None:
        """End a running core as if the machine had run out of memory."""

    def is_running(self, transport: CoreTransport) -> bool:
        """Tell whether a started core still runs."""


class Recorder:
    """A `CoreReceiver` that notes what it is told."""

    def __init__(self) -> None:
        self.data = b""
        self.causes: list[CoreDied] = []
        self.late_bytes = b""
        self._change = asyncio.Event()

    def data_received(self, data: bytes) -> None:
        """Note bytes; none may come after the end."""
        if self.causes:
            self.late_bytes += data
        self.data += data
        self._change.set()

    def core_ended(self, cause: CoreDied) -> None:
        """Note the end."""
        self.causes.append(cause)
        self._change.set()

    @property
    def lines(self) -> list[bytes]:
        """The whole lines that have come."""
        return self.data.split(b"\n")[:-1]

    async def until(self, is_so: Callable[[], bool]) -> None:
        """Wait for something that bytes or the end bring about."""
        while not is_so():
            self._change.clear()
            await self._change.wait()

    async def ended(self) -> CoreDied:
        """Wait for the end, no longer than it may take to be known."""
        async with asyncio.timeout(END_SECONDS):
            await self.until(lambda: bool(self.causes))
        return self.causes[0]


def _expect(condition: bool, sentence: str) -> None:
    if not condition:
        raise AssertionError(sentence)


def _request(call_id: int) -> bytes:
    call = {"jsonrpc": "2.0", "id": call_id, "method": "get_system_info", "params": []}
    return msgspec.json.encode(call) + b"\n"


async def _started(transport: CoreTransport) -> Recorder:
    recorder = Recorder()
    await transport.start(recorder)
    return recorder


async def _settle() -> None:
    """Let what is under way come to rest, so that a second end would show."""
    for _ in range(20):
        await asyncio.sleep(0)


async def it_carries_a_call_and_its_answer(bench: TransportBench) -> None:
    """What is written reaches the core, and what the core says reaches the receiver."""
    transport = bench.answering()
    recorder = await _started(transport)
    try:
        transport.write(_request(1))
        await recorder.until(lambda: bool(recorder.lines))
        answer = msgspec.json.decode(recorder.lines[0])
        _expect(answer["id"] == 1, f"the answer is to another call: {answer}")
        _expect("deltachat_core_version" in answer["result"], f"this is no answer: {answer}")
    finally:
        await transport.stop()


async def it_keeps_bytes_whole_and_in_order(bench: TransportBench) -> None:
    """However the input is cut, each call is answered once by a whole line."""
    transport = bench.answering()
    recorder = await _started(transport)
    try:
        flood = b"".join(map(_request, range(1, FLOOD + 1)))
        for start in range(0, len(flood), ODD_PIECE):
            transport.write(flood[start : start + ODD_PIECE])
            await transport.drain()
        await recorder.until(lambda: len(recorder.lines) >= FLOOD)
        answered = sorted(msgspec.json.decode(line)["id"] for line in recorder.lines)
        _expect(answered == [*range(1, FLOOD + 1)], "not each call has exactly one answer")
    finally:
        await transport.stop()


async def it_says_when_it_has_enough_and_when_no_more(bench: TransportBench) -> None:
    """Who writes only while it is writable has a bound in memory; drain gives room again."""
    transport = bench.answering()
    await _started(transport)
    try:
        _write_until_full(transport)
        await transport.drain()
        _expect(transport.is_writable, "after drain there is still no room")
    finally:
        await transport.stop()
    _expect(transport.is_writable, "after the end somebody may wait for room")


async def it_lets_nobody_wait_for_a_core_that_is_gone(bench: TransportBench) -> None:
    """Drain returns at the end of a core that never took what was written."""
    transport = bench.stubborn()
    await _started(transport)
    _write_until_full(transport)
    draining = asyncio.create_task(transport.drain())
    await transport.stop()
    await draining
    _expect(transport.is_writable, "after the end somebody may wait for room")


def _write_until_full(transport: CoreTransport) -> None:
    written = 0
    while transport.is_writable:
        _expect(written < MUCH_BYTES, f"of {written} bytes none was too much")
        call = b" " * CALL_BYTES + _request(1)
        transport.write(call)
        written += len(call)


async def it_tells_the_end_after_the_last_byte(bench: TransportBench) -> None:
    """A core that ends by itself is heard out, and its exit status is told, once."""
    transport = bench.ending(LAST_WORDS, EXIT_STATUS)
    recorder = await _started(transport)
    await recorder.until(lambda: bool(recorder.causes))
    _expect(recorder.data == LAST_WORDS, f"the core's last words were {recorder.data!r}")
    status = recorder.causes[0].exit_status
    _expect(status == EXIT_STATUS, f"the exit status is {status}, not {EXIT_STATUS}")
    await transport.stop()
    await _settle()
    _expect(len(recorder.causes) == 1, f"the end was told {len(recorder.causes)} times")
    _expect(not recorder.late_bytes, f"after the end came {recorder.late_bytes!r}")


async def it_tells_at_once_that_the_core_was_killed(bench: TransportBench) -> None:
    """A killed core is known to be gone within a second, by the signal's number."""
    transport = bench.answering()
    recorder = await _started(transport)
    bench.kill(transport)
    cause = await recorder.ended()
    _expect(cause.exit_status == -9, f"the exit status is {cause.exit_status}, not -9")
    await transport.stop()
    await _settle()
    _expect(len(recorder.causes) == 1, f"the end was told {len(recorder.causes)} times")


async def it_has_told_the_end_when_stop_returns(bench: TransportBench) -> None:
    """After stop nothing runs and nothing more will come."""
    transport = bench.answering()
    recorder = await _started(transport)
    await transport.stop()
    _expect(len(recorder.causes) == 1, f"the end was told {len(recorder.causes)} times")
    _expect(recorder.causes[0].exit_status == 0, "a core that is asked to end does so well")
    _expect(not bench.is_running(transport), "the core still runs")


async def it_can_be_stopped_twice(bench: TransportBench) -> None:
    """A second stop, be it at the same time or later, does nothing more."""
    transport = bench.answering()
    recorder = await _started(transport)
    await asyncio.gather(transport.stop(), transport.stop())
    await transport.stop()
    await _settle()
    _expect(len(recorder.causes) == 1, f"the end was told {len(recorder.causes)} times")


async def it_can_be_stopped_before_it_was_started(bench: TransportBench) -> None:
    """Whoever cleans up need not know how far it came."""
    transport = bench.answering()
    transport.write(_request(1))
    await transport.drain()
    await transport.stop()


async def it_stops_when_its_task_is_cancelled(bench: TransportBench) -> None:
    """A cancellation in the middle of stop leaves no core behind, and is not swallowed."""
    transport = bench.answering()
    recorder = await _started(transport)
    task = asyncio.create_task(transport.stop())
    await asyncio.sleep(0)
    already_stopped = task.done()
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task
    _expect(task.cancelled() or already_stopped, "the cancellation was swallowed")
    _expect(len(recorder.causes) == 1, f"the end was told {len(recorder.causes)} times")
    _expect(not bench.is_running(transport), "the core still runs")


async def it_stops_from_a_cancelled_task(bench: TransportBench) -> None:
    """The cleaning up of a cancelled task ends the core like any other stop."""
    transport = bench.answering()
    recorder = await _started(transport)

    async def use() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            await transport.stop()

    task = asyncio.create_task(use())
    await asyncio.sleep(0)
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task
    _expect(len(recorder.causes) == 1, f"the end was told {len(recorder.causes)} times")
    _expect(not bench.is_running(transport), "the core still runs")


async def it_forces_a_core_that_does_not_end(bench: TransportBench) -> None:
    """Stop is bounded, whatever the core thinks of it."""
    transport = bench.stubborn()
    recorder = await _started(transport)
    await transport.stop()
    _expect(len(recorder.causes) == 1, f"the end was told {len(recorder.causes)} times")
    _expect(not bench.is_running(transport), "the core still runs")


async def it_ignores_what_is_written_after_the_end(bench: TransportBench) -> None:
    """Writing to a core that is gone neither raises nor waits."""
    transport = bench.answering()
    recorder = await _started(transport)
    bench.kill(transport)
    await recorder.ended()
    before = recorder.data
    for call_id in range(1, FLOOD):
        transport.write(_request(call_id))
        await transport.drain()
    await _settle()
    _expect(recorder.data == before, "a core that is gone has answered")
    await transport.stop()


async def it_says_when_there_is_no_core(bench: TransportBench) -> None:
    """A start that fails raises `CoreNotFound`, tells no end, and leaves nothing to stop."""
    transport = bench.missing()
    recorder = Recorder()
    try:
        await transport.start(recorder)
    except CoreNotFound:
        pass
    else:
        raise AssertionError("starting a core that is not there raised nothing")
    await transport.stop()
    _expect(not recorder.causes, "the end was told of a core that never was")


CORE_TRANSPORT_CHECKS: tuple[Callable[[TransportBench], Awaitable[None]], ...] = (
    it_carries_a_call_and_its_answer,
    it_keeps_bytes_whole_and_in_order,
    it_says_when_it_has_enough_and_when_no_more,
    it_lets_nobody_wait_for_a_core_that_is_gone,
    it_tells_the_end_after_the_last_byte,
    it_tells_at_once_that_the_core_was_killed,
    it_has_told_the_end_when_stop_returns,
    it_can_be_stopped_twice,
    it_can_be_stopped_before_it_was_started,
    it_stops_when_its_task_is_cancelled,
    it_stops_from_a_cancelled_task,
    it_forces_a_core_that_does_not_end,
    it_ignores_what_is_written_after_the_end,
    it_says_when_there_is_no_core,
)
"""Every check; each takes a `TransportBench` and needs about as long as a core to start."""


async def check_core_transport(bench: TransportBench) -> None:
    """Put an implementation of `CoreTransport` to all checks.

    Raises:
        AssertionError: It breaks a promise; the sentence says which.
        TimeoutError: It hangs.
    """
    for check in CORE_TRANSPORT_CHECKS:
        async with asyncio.timeout(DEADLINE):
            await check(bench)
