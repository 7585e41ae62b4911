"""The pytest plugin: fixtures for a fake core, and for real ones on a relay in this process.

It is found by itself wherever Vestnik is installed. The fixtures that run something need
pytest-asyncio; what the plugin needs is imported by the fixture that needs it, so that runs which
use none of them pay nothing.

=================  ===============================================================================
``fake_core``      A `FakeCore`.
``fake_clock``     A `FakeClock`.
``relay``          A mail relay in memory, on loopback.
``core_factory``   ``await core_factory()`` runs one more real core, with accounts of its own.
``core``           A real core.
``new_account``    ``await new_account(bot=True, name="Echo")``: a `LiveAccount` on the relay.
``introduce``      ``await introduce(a, b)``: a SecureJoin; the two chats, as each of them has it.
``bot_tester``     ``await bot_tester(bot)`` runs a bot, and gives a `BotTester` to talk to it.
=================  ===============================================================================

With ``pytest --real-core`` the bots of ``bot_tester`` run on a real core and a relay instead of on
a fake core.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from importlib.util import find_spec
from typing import TYPE_CHECKING, Protocol

import pytest

if TYPE_CHECKING or find_spec("pytest_asyncio"):
    from pytest_asyncio import fixture as _async_fixture
else:
    from vestnik.testing._no_asyncio import fixture as _async_fixture

if TYPE_CHECKING:
    from vestnik.bot import Bot
    from vestnik.chatmail.core import Core
    from vestnik.ids import ChatId
    from vestnik.relay import Relay
    from vestnik.testing.bot_tester import BotTester
    from vestnik.testing.clock import FakeClock
    from vestnik.testing.fake.core import FakeCore
    from vestnik.testing.live import LiveAccount

__all__ = ["CoreFactory", "Introduce", "NewAccount", "RunBot"]


class NewAccount(Protocol):
    """What the fixture ``new_account`` gives."""

    async def __call__(
        self, *, bot: bool = False, name: str = "", core: Core | None = None
    ) -> LiveAccount:
        """Make a configured account that is online.

        Args:
            bot: Whether a program uses it.
            name: The name that others see.
            core: The core to add it to; by default that of the fixture ``core``.
        """


class CoreFactory(Protocol):
    """What the fixture ``core_factory`` gives."""

    async def __call__(self) -> Core:
        """Run a real core, with accounts of its own, until the test is over."""


class Introduce(Protocol):
    """What the fixture ``introduce`` gives."""

    def __call__(
        self, inviter: LiveAccount, joiner: LiveAccount
    ) -> Awaitable[tuple[ChatId, ChatId]]:
        """Let two accounts meet; gives the chat of each with the other."""


class RunBot(Protocol):
    """What the fixture ``bot_tester`` gives."""

    async def __call__(self, bot: Bot, *, real_core: bool | None = None) -> BotTester:
        """Run a bot until the test is over, and give what talks to it.

        Args:
            bot: The bot.
            real_core: Whether it runs on a real core; by default as ``--real-core`` says.
        """


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the option that puts tested bots on a real core."""
    parser.getgroup("vestnik").addoption(
        "--real-core",
        action="store_true",
        help="run the bots of `bot_tester` on a real core and a relay, not on a fake core",
    )


@pytest.fixture
def fake_core() -> FakeCore:
    """Give a core in memory that does what the test tells it."""
    from vestnik.testing.fake.core import FakeCore

    return FakeCore()


@pytest.fixture
def fake_clock() -> FakeClock:
    """Give a clock that stands still until the test moves it."""
    from vestnik.testing.clock import FakeClock

    return FakeClock()


@_async_fixture
async def relay() -> AsyncIterator[Relay]:
    """Run a mail relay that keeps everything in memory."""
    from vestnik.relay import Relay, RelayConfig

    async with Relay(RelayConfig()) as running:
        yield running


@_async_fixture
async def core_factory(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[CoreFactory]:
    """Run any number of real cores, each on a directory of its own."""
    from vestnik.chatmail.core import open_core

    async with AsyncExitStack() as running:

        async def make() -> Core:
            accounts_dir = tmp_path_factory.mktemp("core") / "accounts"
            return await running.enter_async_context(open_core(accounts_dir))

        yield make


@_async_fixture
async def core(core_factory: Callable[[], Awaitable[Core]]) -> Core:
    """Run a real core."""
    return await core_factory()


@_async_fixture
async def new_account(relay: Relay, core: Core) -> NewAccount:
    """Make accounts that are configured on the relay and online."""
    from vestnik.testing.live import add_live_account

    shared = core

    async def make(*, bot: bool = False, name: str = "", core: Core | None = None) -> LiveAccount:
        return await add_live_account(core or shared, relay, bot=bot, name=name)

    return make


@pytest.fixture
def introduce() -> Introduce:
    """Let two accounts meet by a SecureJoin."""
    from vestnik.testing.live import introduce as meet

    return meet


@_async_fixture
async def bot_tester(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[RunBot]:
    """Run bots, and talk to them."""
    from vestnik.testing.bot_tester import testing_on_fake_core, testing_on_real_core

    by_default: bool = request.config.getoption("--real-core")
    async with AsyncExitStack() as running:

        async def run(bot: Bot, *, real_core: bool | None = None) -> BotTester:
            is_real = by_default if real_core is None else real_core
            testing = testing_on_real_core if is_real else testing_on_fake_core
            directory = tmp_path_factory.mktemp("bot")
            return await running.enter_async_context(testing(directory, bot))

        yield run
