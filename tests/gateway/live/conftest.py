"""Stages for the tests of live connections, on both event loops: their transports differ."""

import asyncio
import sys
from collections.abc import AsyncIterator, Callable

import pytest

from tests.gateway.live.stage import Stage


def pytest_asyncio_loop_factories(
    config: pytest.Config, item: pytest.Item
) -> dict[str, Callable[[], asyncio.AbstractEventLoop]]:
    """Run the tests on asyncio's own loop and on uvloop, where there is one."""
    factories: dict[str, Callable[[], asyncio.AbstractEventLoop]] = {
        "asyncio": asyncio.new_event_loop
    }
    if sys.platform != "win32":
        import uvloop

        factories["uvloop"] = uvloop.new_event_loop
    return factories


@pytest.fixture
async def stage() -> AsyncIterator[Stage]:
    """Give a hub with the usual options, but many attempts."""
    async with Stage() as stage:
        yield stage
