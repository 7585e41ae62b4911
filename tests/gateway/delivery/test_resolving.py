"""The system's resolver in threads: slow names are not everybody's loss."""

from __future__ import annotations

import asyncio
import threading

import pytest

from vestnik.gateway.delivery import resolving
from vestnik.gateway.delivery.resolving import MOST_LOOKUPS, ThreadResolver


async def test_names_that_took_long_do_not_keep_others_waiting(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    gate = threading.Event()
    gate.set()

    def look_up(host: str, port: int) -> list[str]:
        if host.startswith("dead"):
            assert gate.wait(20)
        return [host]

    monkeypatch.setattr(resolving, "_look_up", look_up)
    monkeypatch.setattr(resolving, "SLOW_SECONDS", 0.0)
    resolver = ThreadResolver()
    dead = [f"dead-{number}" for number in range(2 * MOST_LOOKUPS)]
    async with asyncio.timeout(20):
        await asyncio.gather(*(resolver(name, 443) for name in dead))
        gate.clear()
        waiting = [asyncio.create_task(resolver(name, 443)) for name in dead]
        try:
            await asyncio.sleep(0)
            assert await resolver("quick", 443) == ["quick"]
            assert not any(task.done() for task in waiting)
        finally:
            gate.set()
        assert [await task for task in waiting] == [[name] for name in dead]
    resolver.close()
