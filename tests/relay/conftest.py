from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from vestnik.relay import Relay, RelayConfig


@pytest.fixture(params=["memory", "directory"])
async def relay(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Relay]:
    directory = None if request.param == "memory" else tmp_path / "mail"
    async with Relay(RelayConfig(directory=directory)) as running:
        yield running
