"""Keeps one core alive: pumps its events, and starts the next one when it dies."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import math
from collections.abc import Callable

import msgspec

from vestnik.chatmail._decoding import decode_events
from vestnik.chatmail.connection import Connection
from vestnik.chatmail.events import CoreRestarted, Event
from vestnik.chatmail.hub import ACCOUNT_MANAGER, EventHub
from vestnik.chatmail.restarts import Backoff, IoWish
from vestnik.chatmail.transport import CoreTransport
from vestnik.clock import Clock
from vestnik.errors import CoreDied, CoreError, CoreTooOld, VestnikError
from vestnik.ids import AccountId

__all__ = ["Supervisor"]

OLDEST_CORE = (2, 65)
"""The version whose specification the methods and types were generated from."""

HANDSHAKE_SECONDS = 20.0
"""How long a core may take to answer its first call; it waits some seconds for a lock."""

EVENT_RETRY_SECONDS = 1.0

log = logging.getLogger("vestnik.chatmail")


class Supervisor:
    """The lives of a core, one after the other."""

    def __init__(
        self,
        launch: Callable[[], CoreTransport],
        hub: EventHub,
        restarts: Backoff | None,
        clock: Clock,
    ) -> None:
        self._launch = launch
        self._hub = hub
        self._restarts = restarts
        self._clock = clock
        self._connection: Connection | None = None
        self._keeper: asyncio.Task[None] | None = None
        self.io = IoWish()
        self.version = ""

    @property
    def connection(self) -> Connection:
        """The present life, or the last one while the next is not there yet."""
        if self._connection is None:
            raise CoreDied(None, advice="The core is not running: enter its `async with` first.")
        return self._connection

    async def start(self) -> None:
        """Start the first core; what keeps it from starting is raised, not retried."""
        self._connection = await self._open()
        self._keeper = asyncio.create_task(self._keep(self._connection), name="vestnik-core")
        try:
            await asyncio.sleep(0)  # so that the reader of events is there before the first call
        except asyncio.CancelledError:
            await self.stop()
            raise

    async def stop(self) -> None:
        """End the core, bounded, and then all streams of events."""
        keeper, self._keeper = self._keeper, None
        if keeper is not None:
            keeper.cancel()
        try:
            if self._connection is not None:
                await self._connection.close()
        finally:
            self._hub.close(None)
            if keeper is not None:
                with contextlib.suppress(asyncio.CancelledError):
                    await keeper

    async def _open(self) -> Connection:
        connection = Connection(self._launch())
        try:
            await connection.open()
            answer = await connection.request("get_system_info", (), HANDSHAKE_SECONDS)
            self.version = _checked_version(answer)
        except BaseException:
            await connection.close()
            raise
        return connection

    async def _keep(self, connection: Connection) -> None:
        failures = 0
        cause: Exception | None = None
        try:
            while True:
                born = self._clock.monotonic()
                cause = await self._live(connection)
                await connection.close()
                if self._restarts is None:
                    break
                failures = self._restarts.failures(failures, self._clock.monotonic() - born)
                connection, failures = await self._revive(self._restarts, cause, failures)
        except Exception as bug:
            cause = bug
            raise
        finally:
            # Nobody may wait for events that cannot come any more.
            self._hub.close(cause)

    async def _live(self, connection: Connection) -> CoreDied:
        """Be the reader of the core's events; only once somebody reads is I/O restored."""
        async with asyncio.TaskGroup() as life:
            restoring = life.create_task(self._restore_io(connection))
            cause = await self._pump(connection)
            restoring.cancel()
        return cause

    async def _pump(self, connection: Connection) -> CoreDied:
        while True:
            try:
                batch = await connection.request("get_next_event_batch", (), math.inf)
                self._hub.publish(decode_events(batch))
            except CoreDied as cause:
                return cause
            except VestnikError:
                log.exception("the core did not give its events; asking again")
                await self._clock.sleep(EVENT_RETRY_SECONDS)

    async def _restore_io(self, connection: Connection) -> None:
        try:
            answer = await connection.request("get_all_account_ids", (), HANDSHAKE_SECONDS)
            for account_id in msgspec.json.decode(answer, type=list[AccountId]):
                if self.io.wants(account_id):
                    await connection.request("start_io", (account_id,), HANDSHAKE_SECONDS)
        except CoreDied:
            return  # who pumps the events sees it, too
        except CoreError as problem:
            log.warning("I/O could not be restored: %s", problem)

    async def _revive(
        self, restarts: Backoff, cause: CoreDied, failures: int
    ) -> tuple[Connection, int]:
        """Start cores until one runs; returns it and how many failures it took."""
        while True:
            log.warning("restarting the core: %s", cause)
            await self._clock.sleep(restarts.pause(failures))
            try:
                self._connection = await self._open()
            except CoreError as problem:
                log.warning("the core could not be restarted: %s", problem)
                failures += 1
            else:
                restarted = CoreRestarted(cause=str(cause), failures=failures)
                self._hub.publish([Event(account_id=ACCOUNT_MANAGER, payload=restarted)])
                return self._connection, failures


def _checked_version(system_info: msgspec.Raw) -> str:
    found = msgspec.json.decode(system_info, type=dict[str, str]).get("deltachat_core_version", "")
    numbers = tuple(int(part) for part in found.removeprefix("v").split(".")[:2] if part.isdigit())
    if numbers < OLDEST_CORE:
        raise CoreTooOld(found or "unknown", ".".join(map(str, OLDEST_CORE)))
    return found
