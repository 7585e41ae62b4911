"""One task a chat: nothing is tended twice at once, and no chat waits for another."""

from __future__ import annotations

import asyncio
import logging

import pytest

from tests.bridge.channel.stage import until
from vestnik.bridge.channel.readers import Readers
from vestnik.errors import StoreFailed
from vestnik.ids import ChatId

ONE, TWO = ChatId(1), ChatId(2)


class Tending:
    """Notes which chats are tended, each until it is let go."""

    def __init__(self) -> None:
        self.began: list[ChatId] = []
        self.gates: dict[ChatId, asyncio.Semaphore] = {
            ONE: asyncio.Semaphore(0),
            TWO: asyncio.Semaphore(0),
        }
        self.errors: list[Exception] = []

    async def __call__(self, chat: ChatId) -> None:
        self.began.append(chat)
        await self.gates[chat].acquire()
        if self.errors:
            raise self.errors.pop()

    async def until(self, *began: ChatId) -> None:
        await until(lambda: self.began == [*began])


async def test_what_comes_meanwhile_is_done_once_more_and_not_at_the_same_time() -> None:
    tending = Tending()
    async with asyncio.TaskGroup() as tasks:
        readers = Readers(tending, tasks)
        readers.look_at(ONE)
        await tending.until(ONE)
        readers.look_at(ONE)
        readers.look_at(ONE)
        readers.look_at(TWO)
        await tending.until(ONE, TWO)
        tending.gates[ONE].release()
        await tending.until(ONE, TWO, ONE)
        tending.gates[ONE].release()
        tending.gates[TWO].release()
    assert tending.began == [ONE, TWO, ONE]


@pytest.mark.parametrize("error", [StoreFailed("The disk is full."), ValueError("a mistake")])
async def test_an_error_with_one_chat_is_logged_and_the_chat_is_looked_at_again(
    error: Exception, caplog: pytest.LogCaptureFixture
) -> None:
    tending = Tending()
    tending.errors.append(error)
    with caplog.at_level(logging.WARNING, "vestnik.bridge"):
        async with asyncio.TaskGroup() as tasks:
            readers = Readers(tending, tasks)
            readers.look_at(ONE)
            tending.gates[ONE].release()
            await until(lambda: bool(caplog.records))
            readers.look_at(ONE)
            tending.gates[ONE].release()
    assert tending.began == [ONE, ONE]
    assert len(caplog.records) == 1


async def test_when_closed_nothing_more_begins() -> None:
    tending = Tending()
    async with asyncio.TaskGroup() as tasks:
        readers = Readers(tending, tasks)
        readers.look_at(ONE)
        await tending.until(ONE)
        readers.look_at(ONE)
        readers.close()
        readers.look_at(TWO)
        tending.gates[ONE].release()
    assert tending.began == [ONE]


async def test_a_cancelled_reader_leaves_nothing_behind() -> None:
    tending = Tending()

    async def run() -> None:
        async with asyncio.TaskGroup() as tasks:
            Readers(tending, tasks).look_at(ONE)

    task = asyncio.create_task(run())
    await tending.until(ONE)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert not [one for one in asyncio.all_tasks() if one.get_name().startswith("channel")]
