"""The live side of a gateway: all connections, and what they have in common."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Sequence
from typing import cast

from vestnik.clock import Clock
from vestnik.gateway.access import Access
from vestnik.gateway.live.calls import Calls
from vestnik.gateway.live.channels import Channels
from vestnik.gateway.live.door import Door
from vestnik.gateway.live.entrance import Entrance
from vestnik.gateway.live.farewell import say_goodbye
from vestnik.gateway.live.options import LiveOptions
from vestnik.gateway.live.protocol import LiveProtocol
from vestnik.gateway.live.replay import Replays
from vestnik.gateway.live.session import Stage
from vestnik.gateway.live.stats import HubStats
from vestnik.gateway.live.tasks import Tasks
from vestnik.gateway.live.watch import TICK, Watch, for_each
from vestnik.gateway.ports import (
    SETTINGS_TOPIC,
    Broker,
    BrokerMessage,
    Changed,
    NotificationLog,
    Orders,
    Subscription,
    TokenRevoked,
)
from vestnik.gateway.roster import Roster
from vestnik.ids import OwnerId, TokenId
from vestnik.wire import Dialect
from vestnik.wire.websocket import Upgrade

__all__ = ["Hub"]

_log = logging.getLogger("vestnik.gateway.live")

_ABORT_SECONDS = 2.0


class Hub:
    """Serves the WebSocket, as an async context manager.

    Args:
        log: Where the ends of streams and what was missed are read.
        broker: Tells what happens.
        roster: Which owners there are, and which dialect they want.
        access: Recognises tokens.

    Attributes:
        stats: What is counted.
        calls: The orders that connections have given.
    """

    def __init__(
        self,
        log: NotificationLog,
        broker: Broker,
        roster: Roster,
        access: Access,
        clock: Clock,
        options: LiveOptions | None = None,
    ) -> None:
        self.options = options or LiveOptions()
        self.clock = clock
        self.stats = HubStats()
        self.calls = Calls(self.stats)
        self._broker = broker
        self._roster = roster
        self._tasks = Tasks()
        self._watch = Watch(self.options)
        self._door = Door(self.options, self.stats)
        turns = asyncio.Semaphore(self.options.most_reads)
        self._channels = Channels(log, broker, self._dialect, turns, self._tasks, self.stats)
        replays = Replays(log, turns, self.options.page, self.stats)
        self.entrance = Entrance(
            access, self._wait_of, self._channels, replays, self._tasks, self.stats
        )
        self._settings: Subscription | None = None
        self._empty = asyncio.Event()
        self._empty.set()

    async def __aenter__(self) -> Hub:
        self._settings = await self._broker.subscribe(SETTINGS_TOPIC, self._hear)
        self._tasks.start(self._look_after())
        return self

    async def __aexit__(self, *exc: object) -> None:
        self._door.is_closed = True
        for_each(self._connections(), LiveProtocol.abort)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_ABORT_SECONDS):
                await self._empty.wait()
        await self.calls.close()
        await self._channels.close()
        await self._tasks.close()
        if self._settings is not None:
            await self._settings.close()

    def protocol(self) -> LiveProtocol:
        """Return a fresh protocol for one connection."""
        return LiveProtocol(self)

    def take_orders(self, orders: Orders | None) -> None:
        """Pass on to somebody what clients want to have done; to nobody, and they are told so."""
        self.calls.orders = orders

    async def drain(self, seconds: float) -> None:
        """Take nobody in any more, tell all that are here to come back later, and let them go.

        Orders that run have half of the time to end before their clients have to go.

        Args:
            seconds: Within which all are gone, one way or the other.
        """
        self._door.is_closed = self.calls.is_closed = True
        self._channels.flush()
        try:
            async with asyncio.timeout(seconds):
                left = await self._let_calls_end(seconds)
                await say_goodbye(self._connections(), left, self.clock)
                await self._empty.wait()
                await self.calls.settled()
        except TimeoutError:
            for_each(self._connections(), LiveProtocol.abort)

    def arrived(self, connection: LiveProtocol) -> None:
        """Take note of a connection."""
        self._watch.welcome(connection, self.clock.monotonic())
        self.stats.connections += 1
        self._empty.clear()

    def check(self, upgrade: Upgrade, peer: str) -> None:
        """Let a request become a WebSocket.

        Raises:
            BadHandshake: It may not.
        """
        self._door.check(upgrade, peer, self.clock.monotonic())
        self._watch.make_room(self.options.most_waiting_for_auth)

    def note_stage(self, connection: LiveProtocol) -> None:
        """Take note that a connection is in, or out again."""
        if connection.session.stage is Stage.IN:
            self._watch.trust(connection)
            self.stats.authenticated += 1
        else:
            self._watch.await_auth(connection, self.clock.monotonic())

    def silence(self, connection: LiveProtocol) -> None:
        """Let a connection that says too much listen again a little later."""
        self.stats.throttled += 1
        self._watch.silence(connection)

    def leaving(self, connection: LiveProtocol) -> None:
        """Take note that a connection is told nothing more, and ends."""
        _forget_calls(connection)
        self.entrance.leave(connection)
        self._watch.await_end(connection, self.clock.monotonic())

    def gone(self, connection: LiveProtocol) -> None:
        """Forget a connection."""
        self._watch.forget(connection)
        self.stats.connections -= 1
        self.stats.authenticated -= connection.session.stage is Stage.IN
        if not self._watch:
            self._empty.set()
        _forget_calls(connection)
        self.entrance.leave(connection)

    async def _let_calls_end(self, seconds: float) -> float:
        """Wait for the orders that run, half of the time at most; return how much is left."""
        loop = asyncio.get_running_loop()
        began = loop.time()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds / 2):
                await self.calls.settled()
        return seconds - (loop.time() - began)

    async def _look_after(self) -> None:
        while True:
            await self.clock.sleep(TICK)
            try:
                self._watch.look(self.clock.monotonic())
            except Exception:
                _log.exception("Looking after the connections failed; it goes on.")

    def _hear(self, message: BrokerMessage) -> None:
        if isinstance(message, TokenRevoked):
            self._drop_token(message.token)
        elif isinstance(message, Changed) and self._roster.owner(message.owner) is None:
            self._drop_owner(message.owner)
        elif isinstance(message, Changed):
            self._channels.changed(message.owner)

    def _drop_token(self, token: TokenId) -> None:
        self._drop([one for one in self._connections() if one.token and one.token.id == token])

    def _drop_owner(self, owner: OwnerId) -> None:
        self._drop([one for one in self._connections() if one.owner == owner])

    def _drop(self, connections: Sequence[LiveProtocol]) -> None:
        self.stats.revoked += len(connections)
        for_each(connections, LiveProtocol.abort)
        if connections:
            _log.info("%d connections were dropped with their token.", len(connections))

    def _connections(self) -> list[LiveProtocol]:
        return [cast("LiveProtocol", one) for one in self._watch]

    def _dialect(self, owner: OwnerId) -> Dialect:
        found = self._roster.owner(owner)
        return found.dialect if found else Dialect.NUMERIC

    def _wait_of(self, token: TokenId) -> float:
        return self._door.wait_of(token, self.clock.monotonic())


def _forget_calls(connection: LiveProtocol) -> None:
    calls, connection.calls = connection.calls, None
    if calls is not None:
        calls.leave()
