"""A running core: typed calls, and what happens in it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from types import TracebackType
from typing import TypeVar

import msgspec

from vestnik.chatmail._decoding import decode_result
from vestnik.chatmail._generated.methods import CoreMethods
from vestnik.chatmail.hub import EventHub, EventStream
from vestnik.chatmail.method import Method
from vestnik.chatmail.restarts import Backoff
from vestnik.chatmail.stdio import StdioTransport
from vestnik.chatmail.supervisor import Supervisor
from vestnik.chatmail.transport import CoreTransport
from vestnik.clock import Clock, SystemClock
from vestnik.ids import AccountId

__all__ = ["Core", "open_core"]

DEFAULT_RESTARTS = Backoff()

T = TypeVar("T")


class Core(CoreMethods):
    """One core and its next lives, as an async context manager.

    Its methods are those of the core's JSON-RPC, typed. When the core dies, all calls that wait
    fail with `CoreDied`, as do calls made before the next one runs; then I/O is started for the
    accounts that had it, and listeners get a `CoreRestarted`.
    """

    def __init__(
        self,
        launch: Callable[[], CoreTransport],
        *,
        restarts: Backoff | None = DEFAULT_RESTARTS,
        clock: Clock | None = None,
    ) -> None:
        """Prepare to run cores.

        Args:
            launch: Makes the transport of each life.
            restarts: The pauses between lives; ``None`` ends with the first death.
            clock: The time that the pauses are measured by.
        """
        self._hub = EventHub()
        self._supervisor = Supervisor(launch, self._hub, restarts, clock or SystemClock())

    async def __aenter__(self) -> Core:
        """Start the core.

        Raises:
            CoreNotFound: There is none on this machine.
            CoreDied: It ended at once, for instance because its directory is in use.
            CoreTooOld: It is older than the specification that this client was made from.
        """
        await self._supervisor.start()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """End the core within a few seconds, leaving no process."""
        await self._supervisor.stop()

    @property
    def version(self) -> str:
        """The version of the core that runs, such as ``v2.65.0``."""
        return self._supervisor.version

    def events(self, account_id: AccountId | None = None) -> EventStream:
        """Listen to what happens from now on.

        Args:
            account_id: Only this account's events and those of the account manager (0).

        Returns:
            A stream to iterate over and to close, best by ``async with``.
        """
        return self._hub.subscribe(account_id)

    async def call(self, method: str, *params: object, timeout: float = 60.0) -> object:
        """Call any method by its name, also one that this client's specification lacks.

        Returns:
            The result as plain Python data.
        """
        return msgspec.json.decode(await self.request_raw(method, params, timeout))

    async def request_raw(
        self, method: str, params: tuple[object, ...], timeout: float = 60.0
    ) -> msgspec.Raw:
        """Call any method by its name, and return the result as the core wrote it.

        Who only passes it on saves decoding and encoding it again.
        """
        answer = await self._supervisor.connection.request(method, params, timeout)
        self._supervisor.io.note(method, params)
        return answer

    async def _call(
        self, method: Method[T], params: tuple[object, ...], timeout: float | None
    ) -> T:
        seconds = method.seconds if timeout is None else timeout
        return decode_result(method, await self.request_raw(method.name, params, seconds))


def open_core(
    accounts_dir: Path,
    *,
    binary: Path | None = None,
    environment: Mapping[str, str] | None = None,
    restarts: Backoff | None = DEFAULT_RESTARTS,
) -> Core:
    """Prepare the real core on a directory of accounts; ``async with`` runs it.

    Args:
        accounts_dir: Where the accounts are kept; made if missing.
        binary: The core to run; by default the one installed with Vestnik.
        environment: Variables for the core, such as ``RUST_LOG``.
        restarts: The pauses between its lives; ``None`` ends with the first death.
    """
    return Core(
        lambda: StdioTransport(accounts_dir, binary=binary, environment=environment),
        restarts=restarts,
    )
