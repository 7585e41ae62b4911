"""What every `Store` of a gateway has to do, as checks that any implementation can be put to.

They need no test framework: each is a coroutine function that raises `AssertionError` with a
sentence. Run them all by `check_store`, or one by one from `STORE_CHECKS`.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from vestnik.testing.store_checks import _attempts, _keys, _life, _log, _retention, _settings
from vestnik.testing.store_checks._bench import StoreBench

__all__ = ["STORE_CHECKS", "StoreBench", "check_store"]

DEADLINE = 30.0
"""Seconds after which a check that hangs is given up."""

STORE_CHECKS: tuple[Callable[[StoreBench], Awaitable[None]], ...] = (
    *_settings.CHECKS,
    *_log.CHECKS,
    *_keys.CHECKS,
    *_attempts.CHECKS,
    *_retention.CHECKS,
    *_life.CHECKS,
)
"""Every check; each takes a fresh `StoreBench`."""


async def check_store(make_bench: Callable[[], StoreBench]) -> None:
    """Put an implementation of `Store` to all checks, each on a bench of its own.

    Raises:
        AssertionError: It breaks a promise; the sentence says which.
        TimeoutError: It hangs.
    """
    for check in STORE_CHECKS:
        async with asyncio.timeout(DEADLINE):
            await check(make_bench())
