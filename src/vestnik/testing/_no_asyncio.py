"""What stands in for pytest-asyncio where it is not installed: fixtures that say so."""

from __future__ import annotations

from collections.abc import Callable

import pytest

__all__ = ["fixture"]


def fixture(function: Callable[..., object]) -> object:
    """Make a fixture that fails with the name of what is missing, should a test ask for it."""

    def unavailable() -> None:
        pytest.fail(
            f"The fixture {function.__name__!r} of Vestnik needs pytest-asyncio: "
            "`pip install pytest-asyncio` brings it.",
            pytrace=False,
        )

    return pytest.fixture(name=function.__name__)(unavailable)
