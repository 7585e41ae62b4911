"""What the tests of the fake core start from."""

from collections.abc import AsyncIterator

import pytest_asyncio

from vestnik.chatmail.core import Core
from vestnik.testing import FakeAccount, FakeCore


@pytest_asyncio.fixture
async def core_on_fake(fake_core: FakeCore) -> AsyncIterator[Core]:
    """A client whose core is the fake one and is not restarted."""
    async with Core(fake_core.transport, restarts=None) as core:
        yield core


@pytest_asyncio.fixture
async def bot(fake_core: FakeCore, core_on_fake: Core) -> FakeAccount:
    """An account of the fake core, online."""
    account = fake_core.account("Bot", address="bot@fake.example")
    await core_on_fake.start_io(account.id)
    return account
