"""Whose streams are told to connections, and the opening and closing of their channels.

A channel hears the broker first and reads the end of the stream then, so that nothing falls
between; only after that anybody is in it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator

from vestnik.gateway.live.channel import Channel
from vestnik.gateway.live.stats import HubStats
from vestnik.gateway.live.tasks import Tasks
from vestnik.gateway.ports import (
    Broker,
    BrokerMessage,
    NotificationLog,
    Notified,
    Subscription,
    owner_topic,
)
from vestnik.ids import OwnerId, ResourceId
from vestnik.wire import Dialect

__all__ = ["Channels"]


class Channels:
    """The channels of all who have connections; each is open as long as somebody holds it.

    Those who hear all of an owner share one, and so do those who hear one of his resources.

    Args:
        turns: Bounds how many read the log at once.
    """

    def __init__(
        self,
        log: NotificationLog,
        broker: Broker,
        dialect_of: Callable[[OwnerId], Dialect],
        turns: asyncio.Semaphore,
        tasks: Tasks,
        stats: HubStats,
    ) -> None:
        self._log = log
        self._broker = broker
        self._dialect_of = dialect_of
        self._turns = turns
        self._tasks = tasks
        self._stats = stats
        self._lines: dict[tuple[OwnerId, ResourceId | None], _Line] = {}
        self._closing: set[_Line] = set()

    def __iter__(self) -> Iterator[Channel]:
        return iter([line.channel for line in self._lines.values()])

    def hold_open(self, owner: OwnerId, resource: ResourceId | None = None) -> Channel | None:
        """Hold a channel, if it is open already."""
        line = self._lines.get((owner, resource))
        if line is None or not line.is_open:
            return None
        line.channel.users += 1
        return line.channel

    async def hold(self, owner: OwnerId, resource: ResourceId | None = None) -> Channel:
        """Hold a channel, and open it if need be."""
        line = self._lines.get((owner, resource)) or self._begin(owner, resource)
        line.channel.users += 1
        try:
            await asyncio.shield(line.opened)
        except BaseException:
            self._let_go(line)
            raise
        return line.channel

    def release(self, channel: Channel) -> None:
        """Hold a channel no more; the last one closes it."""
        line = self._lines.get((channel.owner, channel.resource))
        if line is not None and line.channel is channel:
            self._let_go(line)
        else:
            channel.users -= 1

    def changed(self, owner: OwnerId) -> None:
        """Note that an owner's settings are different now."""
        for channel in self:
            if channel.owner == owner:
                channel.change()

    def flush(self) -> None:
        """Send what is due in all channels."""
        for channel in self:
            channel.flush()

    async def close(self) -> None:
        """Hear no more of any owner."""
        for line in (*self._lines.values(), *self._closing):
            self._forget(line)
            await line.close()
        self._closing.clear()

    def _begin(self, owner: OwnerId, resource: ResourceId | None) -> _Line:
        loop = asyncio.get_running_loop()
        channel = Channel(owner, self._dialect_of, loop.call_soon, self._stats, resource)
        line = _Line(channel, loop.create_future())
        self._lines[owner, resource] = line
        self._stats.channels += 1
        self._tasks.start(self._open(line))
        return line

    async def _open(self, line: _Line) -> None:
        owner = line.channel.owner
        try:
            line.subscription = await self._broker.subscribe(owner_topic(owner), line.hear)
            async with self._turns:
                line.channel.begin(await self._log.position(owner))
        except BaseException as error:
            self._forget(line)
            line.fail(error)
            if not isinstance(error, Exception):
                raise
        else:
            line.opened.set_result(None)
        if line.is_forgotten:
            await self._close(line)

    def _let_go(self, line: _Line) -> None:
        line.channel.users -= 1
        if line.channel.users == 0 and not line.is_forgotten:
            self._forget(line)
            if line.opened.done():
                self._closing.add(line)
                self._tasks.start(self._close(line))

    async def _close(self, line: _Line) -> None:
        await line.close()
        self._closing.discard(line)

    def _forget(self, line: _Line) -> None:
        if not line.is_forgotten:
            line.is_forgotten = True
            del self._lines[line.channel.owner, line.channel.resource]
            self._stats.channels -= 1


class _Line:
    """A channel with what connects it to the broker."""

    __slots__ = ("channel", "is_forgotten", "opened", "subscription")

    def __init__(self, channel: Channel, opened: asyncio.Future[None]) -> None:
        self.channel = channel
        self.opened = opened
        self.subscription: Subscription | None = None
        self.is_forgotten = False
        opened.add_done_callback(_look_at)

    @property
    def is_open(self) -> bool:
        return self.opened.done() and not self.is_forgotten

    def hear(self, message: BrokerMessage) -> None:
        if isinstance(message, Notified):
            self.channel.hear(message)

    def fail(self, error: BaseException) -> None:
        if isinstance(error, Exception):
            self.opened.set_exception(error)
        else:
            self.opened.cancel()

    async def close(self) -> None:
        if self.subscription is not None:
            await self.subscription.close()


def _look_at(opened: asyncio.Future[None]) -> None:
    """Fetch the outcome, since those who waited for it may all be gone."""
    if not opened.cancelled():
        opened.exception()
