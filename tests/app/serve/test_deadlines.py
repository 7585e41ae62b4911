from __future__ import annotations

import asyncio

from vestnik.app.serve.deadlines import HearingDeadline, ReadingDeadline


class Reader:
    """A client that has yet to read so many bytes."""

    def __init__(self, left: int) -> None:
        self.left = left
        self.given_up = asyncio.Event()
        self.looks = 0
        self.reads = 0
        self.deadline = ReadingDeadline(asyncio.get_running_loop(), self.look, self.given_up.set)

    def look(self) -> int:
        self.looks += 1
        if self.looks > 1 and self.reads:
            self.reads -= 1
            self.left -= 1
        return self.left


async def test_what_is_not_said_in_time_is_overdue() -> None:
    overdue = asyncio.Event()
    deadline = HearingDeadline(asyncio.get_running_loop(), overdue.set)
    deadline.set(0)
    async with asyncio.timeout(10):
        await overdue.wait()
    assert not deadline.is_set


async def test_a_deadline_that_is_set_anew_or_cancelled_is_not_overdue() -> None:
    overdue, later = asyncio.Event(), asyncio.Event()
    deadline = HearingDeadline(asyncio.get_running_loop(), overdue.set)
    deadline.set(0)
    deadline.set(3600)
    asyncio.get_running_loop().call_later(0, later.set)
    await later.wait()
    is_set = deadline.is_set
    deadline.cancel()
    deadline.cancel()
    assert (is_set, deadline.is_set, overdue.is_set()) == (True, False, False)


async def test_who_reads_nothing_is_given_up_and_who_reads_slowly_is_not() -> None:
    reader = Reader(left=5)
    reader.reads = 3
    reader.deadline.set(0)
    async with asyncio.timeout(10):
        await reader.given_up.wait()
    assert reader.left == 2


async def test_there_is_no_deadline_for_who_has_read_all() -> None:
    reader, later = Reader(left=0), asyncio.Event()
    reader.deadline.set(0)
    asyncio.get_running_loop().call_later(0, later.set)
    await later.wait()
    reader.deadline.cancel()
    assert not reader.given_up.is_set()
    assert reader.looks == 1
