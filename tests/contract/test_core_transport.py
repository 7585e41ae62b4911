"""Every transport keeps the promises of `CoreTransport`, on asyncio's loop and on uvloop."""

import asyncio
import os
import signal
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Protocol, cast

import pytest

from vestnik.chatmail import stdio
from vestnik.chatmail.memory import MemoryTransport
from vestnik.chatmail.stdio import StdioTransport
from vestnik.chatmail.transport import CoreReceiver, CoreTransport
from vestnik.errors import CoreDied, CoreNotFound
from vestnik.testing import (
    CORE_TRANSPORT_CHECKS,
    FakeCore,
    TransportBench,
    check_core_transport,
    transport_checks,
)

ENDING = """#!/bin/sh
printf '%s' '{output}'
exit {exit_status}
"""

STUBBORN = """#!/bin/sh
kill -STOP $$
"""


class MemoryBench:
    """The in-memory transport with the fake core behind it."""

    def __init__(self, tmp_path: Path) -> None:
        self._fake = FakeCore()

    def answering(self) -> MemoryTransport:
        return self._fake.transport()

    def ending(self, output: bytes, exit_status: int) -> MemoryTransport:
        return MemoryTransport(ShortLivedPeer(output, exit_status))

    def stubborn(self) -> MemoryTransport:
        # Nothing in memory can resist; what a real core can do is for the real transport.
        return self._fake.transport()

    def missing(self) -> MemoryTransport:
        return MemoryTransport(MissingPeer())

    def kill(self, transport: CoreTransport) -> None:
        self._fake.crash()

    def is_running(self, transport: CoreTransport) -> bool:
        return self._fake.is_running


class ShortLivedPeer:
    """Says its say and ends."""

    def __init__(self, output: bytes, exit_status: int) -> None:
        self._output = output
        self._exit_status = exit_status

    def connected(self, pipe: MemoryTransport) -> None:
        pipe.send(self._output)
        pipe.end(self._exit_status)

    def line_received(self, line: bytes) -> None:
        """Do nothing: it is gone."""

    def disconnected(self) -> None:
        """Do nothing: it is gone."""


class MissingPeer(ShortLivedPeer):
    """Is not there."""

    def __init__(self) -> None:
        super().__init__(b"", 0)

    def connected(self, pipe: MemoryTransport) -> None:
        raise CoreNotFound("there is no peer")


class StdioBench:
    """The real core in a process, and scripts where it would behave too well."""

    def __init__(self, tmp_path: Path) -> None:
        self._tmp_path = tmp_path

    def answering(self) -> StdioTransport:
        return StdioTransport(self._tmp_path / "accounts")

    def ending(self, output: bytes, exit_status: int) -> StdioTransport:
        text = ENDING.format(output=output.decode(), exit_status=exit_status)
        return self._scripted(text)

    def stubborn(self) -> StdioTransport:
        return self._scripted(STUBBORN)

    def missing(self) -> StdioTransport:
        return StdioTransport(self._tmp_path / "accounts", binary=self._tmp_path / "nowhere")

    def kill(self, transport: CoreTransport) -> None:
        os.kill(_pid(transport), signal.SIGKILL)

    def is_running(self, transport: CoreTransport) -> bool:
        try:
            os.kill(_pid(transport), 0)
        except ProcessLookupError:
            return False
        return True

    def _scripted(self, text: str) -> StdioTransport:
        script = self._tmp_path / "core"
        script.write_text(text)
        script.chmod(0o700)
        return StdioTransport(self._tmp_path / "accounts", binary=script)


def _pid(transport: CoreTransport) -> int:
    assert isinstance(transport, StdioTransport)
    assert transport.pid is not None
    return transport.pid


class MakeBench(Protocol):
    __name__: str

    def __call__(self, tmp_path: Path) -> TransportBench: ...


BENCHES: tuple[MakeBench, ...] = (
    cast("MakeBench", MemoryBench),
    cast("MakeBench", StdioBench),
)


@pytest.mark.parametrize("check", CORE_TRANSPORT_CHECKS, ids=lambda check: check.__name__)
@pytest.mark.parametrize("make_bench", BENCHES, ids=lambda bench: bench.__name__)
async def test_a_core_transport_keeps_its_promises(
    make_bench: MakeBench,
    check: Callable[[TransportBench], Awaitable[None]],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    if check in (
        transport_checks.it_forces_a_core_that_does_not_end,
        transport_checks.it_lets_nobody_wait_for_a_core_that_is_gone,
    ):
        # How patient a stop is makes no difference to what it promises, only to this test's time.
        monkeypatch.setattr(stdio, "CLOSE_SECONDS", 0.2)
    await check(make_bench(tmp_path))


class BrokenTransport(MemoryTransport):
    """Breaks one promise; see the subclasses."""


class TellsTheEndTwice(BrokenTransport):
    async def start(self, receiver: CoreReceiver) -> None:
        self._told = receiver
        await super().start(receiver)

    async def stop(self) -> None:
        await super().stop()
        self._told.core_ended(CoreDied(0))


class NeverTellsTheEnd(BrokenTransport):
    async def stop(self) -> None:
        self._receiver = None
        await super().stop()


class LosesTheLastByte(BrokenTransport):
    def send(self, data: bytes) -> None:
        super().send(data[:-1])


class AnswersTwice(BrokenTransport):
    def send(self, data: bytes) -> None:
        super().send(data * 2)


class SwallowsCancellation(BrokenTransport):
    async def stop(self) -> None:
        try:
            await asyncio.sleep(0)
            await asyncio.sleep(0)
        except asyncio.CancelledError:
            pass
        await super().stop()


class LeavesTheCoreRunningWhenCancelled(BrokenTransport):
    async def stop(self) -> None:
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        await super().stop()


class BreaksOnLateWrites(BrokenTransport):
    def write(self, data: bytes) -> None:
        if self._cause is not None:
            raise BrokenPipeError
        super().write(data)


class NeverHasEnough(BrokenTransport):
    @property
    def is_writable(self) -> bool:
        return True


class DrainsTooSoon(BrokenTransport):
    async def drain(self) -> None:
        """Return at once."""


class BrokenBench(MemoryBench):
    def __init__(self, broken: type[BrokenTransport], tmp_path: Path) -> None:
        super().__init__(tmp_path)
        self._broken = broken

    def answering(self) -> MemoryTransport:
        return self._broken(super().answering()._peer)

    def ending(self, output: bytes, exit_status: int) -> MemoryTransport:
        return self._broken(ShortLivedPeer(output, exit_status))


@pytest.mark.parametrize(
    ("broken", "promise"),
    [
        (TellsTheEndTwice, "it_has_told_the_end_when_stop_returns"),
        (NeverTellsTheEnd, "it_has_told_the_end_when_stop_returns"),
        (LosesTheLastByte, "it_tells_the_end_after_the_last_byte"),
        (AnswersTwice, "it_keeps_bytes_whole_and_in_order"),
        (SwallowsCancellation, "it_stops_when_its_task_is_cancelled"),
        (LeavesTheCoreRunningWhenCancelled, "it_stops_when_its_task_is_cancelled"),
        (NeverHasEnough, "it_says_when_it_has_enough_and_when_no_more"),
        (DrainsTooSoon, "it_says_when_it_has_enough_and_when_no_more"),
        (BreaksOnLateWrites, "it_ignores_what_is_written_after_the_end"),
    ],
)
async def test_a_transport_that_breaks_a_promise_is_found_out(
    broken: type[BrokenTransport], promise: str, tmp_path: Path
) -> None:
    check = next(check for check in CORE_TRANSPORT_CHECKS if check.__name__ == promise)
    with pytest.raises((AssertionError, OSError)):
        await check(BrokenBench(broken, tmp_path))


async def test_a_transport_that_hangs_is_given_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(transport_checks, "DEADLINE", 0.05)
    with pytest.raises(TimeoutError):
        await check_core_transport(BrokenBench(LosesTheLastByte, tmp_path))


async def test_the_checks_can_be_run_all_at_once(tmp_path: Path) -> None:
    await check_core_transport(MemoryBench(tmp_path))
