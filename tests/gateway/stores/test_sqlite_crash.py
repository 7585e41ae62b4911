"""What was acknowledged outlives a process that is killed in the middle of everything."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

import pytest

from tests.gateway.stores import appending_process
from vestnik.errors import StoreFailed
from vestnik.gateway.model import AttemptState
from vestnik.gateway.stores import SqliteStore
from vestnik.ids import DeliveryId, OwnerId

ROUNDS = 4


async def acknowledged_before_the_kill(path: Path, lines: int) -> list[str]:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", appending_process.__name__, str(path), stdout=asyncio.subprocess.PIPE
    )
    assert process.stdout is not None
    said = [await process.stdout.readline() for _ in range(lines)]
    process.kill()
    said += (await process.stdout.read()).splitlines(keepends=True)
    await process.wait()
    # The last line may have been cut.
    return [line.decode().strip() for line in said if line.endswith(b"\n")]


async def test_nothing_acknowledged_is_lost_by_sigkill(tmp_path: Path) -> None:
    path = tmp_path / "gateway.db"
    ends: dict[str, int] = {}
    begun: list[DeliveryId] = []
    for round_ in range(ROUNDS):
        for line in await acknowledged_before_the_kill(path, 20 + 37 * round_):
            owner, offset, attempt = line.split()
            assert int(offset) > ends.get(owner, 0)
            ends[owner] = int(offset)
            begun.append(DeliveryId(int(attempt)))
        async with SqliteStore(path) as store:
            for name, end in ends.items():
                page = await store.log.read(OwnerId(name), 0, 1_000_000)
                offsets = [one.offset for one in page.items]
                assert offsets == [*range(1, len(offsets) + 1)]
                assert len(offsets) >= end
                assert len(offsets) % 2 == 0, "half a batch was stored"
    async with SqliteStore(path) as store:
        planned = {one.id for one in await store.attempts.recover(1)}
        assert planned.isdisjoint(begun)
        states = {(await store.attempts.get(id)).state for id in begun[-50:]}  # type: ignore[union-attr]
        assert states == {AttemptState.INTERRUPTED}


async def test_a_second_process_is_refused_until_the_first_is_killed(tmp_path: Path) -> None:
    path = tmp_path / "gateway.db"
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", appending_process.__name__, str(path), stdout=asyncio.subprocess.PIPE
    )
    assert process.stdout is not None
    await process.stdout.readline()
    with pytest.raises(StoreFailed, match="in use by another process: end that one first"):
        await SqliteStore(path).__aenter__()
    process.kill()
    await process.stdout.read()
    await process.wait()
    async with SqliteStore(path) as store:
        assert (await store.log.read(OwnerId("owner-0"), 0, 1)).items
