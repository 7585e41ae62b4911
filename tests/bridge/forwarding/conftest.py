"""What all tests of forwarding start from."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.bridge.forwarding.stage import Stage, staging
from vestnik.testing import FakeAccount, FakeClock, FakeCore


@pytest.fixture
def account(fake_core: FakeCore) -> FakeAccount:
    return fake_core.account(name="Echo Bot", address="echo@example.org")


@pytest.fixture
async def stage(fake_core: FakeCore, fake_clock: FakeClock) -> AsyncIterator[Stage]:
    async with staging(fake_core, fake_clock) as made:
        yield made
