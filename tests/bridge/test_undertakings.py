"""What is under way is taken back at the end, and nothing more is begun."""

from __future__ import annotations

import asyncio

import pytest

from vestnik.bridge.undertakings import Undertakings
from vestnik.errors import StoreFailed


async def forever(undertakings: Undertakings, done: list[str]) -> None:
    async with undertakings.one():
        try:
            await asyncio.get_running_loop().create_future()
        finally:
            await asyncio.sleep(0)
            done.append("cleaned")


async def test_the_end_waits_until_all_is_taken_back() -> None:
    undertakings, done = Undertakings(), list[str]()
    under_way = [asyncio.create_task(forever(undertakings, done)) for _ in range(2)]
    await asyncio.sleep(0)
    await undertakings.close()
    assert done == ["cleaned"] * 2
    for task in under_way:
        with pytest.raises(StoreFailed, match="about to end"):
            await task


async def test_nothing_is_begun_after_the_end() -> None:
    undertakings = Undertakings()
    await undertakings.close()
    await undertakings.close()
    with pytest.raises(StoreFailed, match="about to end"):
        async with undertakings.one():
            pytest.fail("it was begun")


async def test_what_ends_by_itself_ends_as_it_does() -> None:
    undertakings = Undertakings()
    with pytest.raises(TimeoutError):
        async with undertakings.one():
            raise TimeoutError
    with pytest.raises(asyncio.CancelledError):
        async with undertakings.one():
            raise asyncio.CancelledError
    async with undertakings.one():
        pass
    await undertakings.close()
