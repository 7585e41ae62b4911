"""The bots of the examples, each test with one of its own."""

from __future__ import annotations

import importlib.util
import itertools
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Protocol

import pytest

from vestnik.bot import Bot
from vestnik.testing import Reply

BOTS = Path(__file__).parents[2] / "examples/bots"

numbers = itertools.count()


class Load(Protocol):
    """Loads an example as its author starts it: with nothing declared before."""

    def __call__(self, name: str) -> ModuleType: ...


@pytest.fixture
def load() -> Iterator[Load]:
    loaded: list[str] = []

    def load_example(name: str) -> ModuleType:
        unique = f"example_{name}_{next(numbers)}"
        spec = importlib.util.spec_from_file_location(unique, BOTS / f"{name}.py")
        assert spec is not None
        assert spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        sys.modules[unique] = module
        loaded.append(unique)
        spec.loader.exec_module(module)
        return module

    yield load_example
    for name in loaded:
        del sys.modules[name]


def bot_of(module: ModuleType) -> Bot:
    """Give the bot of an example."""
    bot = module.bot
    assert isinstance(bot, Bot)
    return bot


def texts(replies: list[Reply]) -> list[str]:
    """Give what replies say."""
    return [reply.text for reply in replies]
