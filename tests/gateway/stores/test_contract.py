"""All stores pass the checks that `vestnik.testing` ships."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from tests.gateway.stores.benches import MemoryBench, SqliteBench
from vestnik.testing import STORE_CHECKS, StoreBench, check_store


@pytest.fixture(params=["memory", "sqlite", "sqlite, durable"])
def bench(request: pytest.FixtureRequest, tmp_path: Path) -> StoreBench:
    if request.param == "memory":
        return MemoryBench()
    return SqliteBench(tmp_path, durable="durable" in request.param)


@pytest.mark.parametrize("check", STORE_CHECKS, ids=lambda check: check.__name__)
async def test_a_store_keeps_its_promises(
    check: Callable[[StoreBench], Awaitable[None]], bench: StoreBench
) -> None:
    await check(bench)


async def test_all_checks_can_be_run_at_once() -> None:
    await check_store(MemoryBench)


async def test_a_store_that_breaks_a_promise_is_found_out() -> None:
    class Forgetful(MemoryBench):
        is_persistent = True

    with pytest.raises(AssertionError, match="settings are"):
        await check_store(Forgetful)
