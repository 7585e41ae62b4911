"""The fake core: plays the real one in memory, and does what a test tells it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager

from vestnik.chatmail.events import EventPayload
from vestnik.chatmail.memory import MemoryTransport
from vestnik.chatmail.types import EnteredLoginParam
from vestnik.testing.fake.account import FakeAccount
from vestnik.testing.fake.dispatcher import Dispatcher
from vestnik.testing.fake.held import HeldAnswers
from vestnik.testing.fake.life import Life
from vestnik.testing.fake.script import Script
from vestnik.testing.fake.wire import ACCOUNT_ERROR, Refusal
from vestnik.testing.fake.world import ACCOUNT_MANAGER, World

__all__ = ["FakeCore"]

KILLED = -9


class FakeCore:
    """A core in memory with real state, whose accounts outlive its crashes.

    Give `transport` to a `Core`: ``async with Core(fake.transport) as core``. A method that it
    does not play answers with an error that says so; `on` scripts it.
    """

    def __init__(self) -> None:
        self._world = World()
        self._script = Script()
        self._dispatcher = Dispatcher(self._world, self._script)
        self._life: Life | None = None

    @property
    def accounts(self) -> list[FakeAccount]:
        """Its accounts, oldest first."""
        return list(self._world.accounts.values())

    @property
    def is_running(self) -> bool:
        """Whether a core runs now."""
        return self._life is not None

    @property
    def played(self) -> frozenset[str]:
        """The methods that it plays by itself."""
        return self._dispatcher.played

    def transport(self) -> MemoryTransport:
        """Make the pipe to the next life of this core."""
        return MemoryTransport(Life(self._begin, self._dispatcher.take_line, self._end))

    def account(
        self, name: str = "", *, configured: bool = True, bot: bool = True, address: str = ""
    ) -> FakeAccount:
        """Add an account, as if it had always been there.

        Args:
            name: The name that others see.
            configured: Whether it has a mailbox.
            bot: Whether a program uses it.
            address: Its mail address; made up if not given.
        """
        account = self._world.add_account()
        account.config["bot"] = "1" if bot else "0"
        if name:
            account.config["displayname"] = name
        if configured:
            address = address or f"account{account.id}@fake.example"
            account.transports.append(EnteredLoginParam(addr=address, password=""))
        return account

    # What a test makes it do.

    def on(self, method: str, function: Callable[..., object]) -> None:
        """Let `function` play a method: it gets the arguments and returns the result.

        It may raise `Refusal`, call `play` for what would have happened without it, or `crash`.
        """
        self._script.functions[method] = function

    def play(self, method: str, *arguments: object) -> object:
        """Do what a method does when no test interferes.

        Raises:
            Refusal: The core would answer with an error.
        """
        return self._dispatcher.play(method, *arguments)

    def fail(self, method: str, reason: str, *, times: int = 1, code: int = ACCOUNT_ERROR) -> None:
        """Let the next calls of a method be refused with `reason`."""
        self._script.add_failures(method, [Refusal(reason, code)] * times)

    def hold(self, method: str) -> HeldAnswers:
        """Do what is asked by a method from now on, but hold the answers back.

        Raises:
            ValueError: There is no such method, or it is one that waits for events anyway.
        """
        return self._script.hold(method)

    def crash(self, exit_status: int = KILLED, stderr: Sequence[str] = ()) -> None:
        """End at once: what it has not said is never said; its accounts stay.

        Raises:
            RuntimeError: It does not run.
        """
        if self._life is None:
            raise RuntimeError("the fake core does not run, so it cannot crash")
        self._life.crash(exit_status, tuple(stderr))

    def emit(self, payload: EventPayload | Mapping[str, object]) -> None:
        """Let the account manager (0) tell of an event; a mapping goes out as it is."""
        self._world.emit(ACCOUNT_MANAGER, payload)

    def emit_unknown(
        self,
        kind: str,
        fields: Mapping[str, object] | None = None,
        account: FakeAccount | None = None,
    ) -> None:
        """Tell of an event of a kind that only a newer core knows."""
        account_id = account.id if account else ACCOUNT_MANAGER
        self._world.emit(account_id, {"kind": kind, **(fields or {})})

    def overflow(self, lost: int = 1) -> None:
        """Lose all unread events and say that `lost` are gone, as a full channel does."""
        if self._life is not None:
            self._life.events.overflow(lost)

    @contextmanager
    def losing_events(self) -> Iterator[None]:
        """Let what happens in the block be told by no event."""
        self._world.losing = True
        try:
            yield
        finally:
            self._world.losing = False

    # What a test sees.

    def calls(self, method: str) -> list[tuple[object, ...]]:
        """Give the arguments of all calls of a method so far, those refused included."""
        return self._dispatcher.calls[method]

    async def until_called(self, method: str, count: int = 1) -> list[tuple[object, ...]]:
        """Wait until a method was called `count` times, and return the arguments of all calls."""
        self._script.check(method)
        await self._world.changes.until(lambda: len(self._dispatcher.calls[method]) >= count)
        return self._dispatcher.calls[method]

    # What its lives tell it.

    def _begin(self, life: Life) -> bool:
        if self._life is not None:
            return False
        self._life, self._world.channel = life, life.events
        return True

    def _end(self, life: Life) -> None:
        if life is self._life:
            self._life = None
            self._world.lose_life()
            self._script.forget_held()
