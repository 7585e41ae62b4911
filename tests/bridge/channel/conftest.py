from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.bridge.channel.stage import Stage, gateway_with_owners
from vestnik.testing import FakeClock, FakeCore


@pytest.fixture
async def stage(fake_core: FakeCore, fake_clock: FakeClock) -> AsyncIterator[Stage]:
    async with gateway_with_owners(fake_clock) as gateway:
        yield Stage(fake_core, gateway, fake_clock)
