"""The stream of an owner's notifications, as a program sees it."""

from __future__ import annotations

import asyncio
import inspect
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from types import TracebackType
from typing import Self, TypeAlias, TypeVar

from vestnik.errors import BadInput
from vestnik.sdk.address import gateway_url, is_in_the_clear, shown
from vestnik.sdk.handlers import Handler, Handlers
from vestnik.sdk.inbox import Inbox
from vestnik.sdk.line import Item, Line
from vestnik.sdk.notification import Gap, JsonValue, Notification
from vestnik.sdk.options import Options
from vestnik.sdk.order import make_order
from vestnik.sdk.orders import Orders
from vestnik.sdk.session import Session
from vestnik.wire import Position

__all__ = ["GapHandler", "Notifications"]

H = TypeVar("H", bound=Handler)
GapHandler: TypeAlias = Callable[[Gap], Awaitable[object] | object]
G = TypeVar("G", bound=GapHandler)

_log = logging.getLogger("vestnik.sdk")


class Notifications:
    """An async iterator over notifications; `vestnik.sdk.connect` makes one."""

    def __init__(self, token: str, url: str, options: Options) -> None:
        if not token.strip():
            raise BadInput("The token is empty: copy it from where it was created.")
        self._token = token.strip()
        self._url = gateway_url(url)
        self._options = options
        self._handlers = Handlers()
        self._gap_handlers: list[GapHandler] = []
        self._inbox: Inbox[Item] = Inbox(options.most_waiting)
        self._orders = Orders(self._inbox.hurry)
        self._task: asyncio.Task[None] | None = None
        self._place = options.after
        self._next_place: Position | None = None

    @property
    def url(self) -> str:
        """Where it connects to, without what might be a secret."""
        return shown(self._url)

    @property
    def position(self) -> Position | None:
        """The place up to which all is done, to give to `connect` as `after` the next time.

        A notification is done as soon as the next one is asked for.
        """
        return self._place

    def on(self, *types: int | str) -> Callable[[H], H]:
        """Call the decorated function for these types, numbers or words; for all if none is given.

        They are called by `run`, one after the other.
        """
        return self._handlers.decorator(types)

    def on_gap(self, handler: G) -> G:
        """Call `handler` where notifications may be lost, in its turn between the others."""
        self._gap_handlers.append(handler)
        return handler

    async def run(self) -> None:
        """Call handlers for all that comes, until `close`; connects if that is not done yet."""
        if self._task is None:
            async with self:
                return await self.run()
        async for notification in self:
            await self._handlers.handle(notification)
        return None

    async def call(
        self,
        method: str,
        params: Mapping[str, object] | Sequence[object] | None = None,
        /,
        *,
        idempotency_key: str | None = None,
        timeout_seconds: float = 60.0,
        **named: object,
    ) -> JsonValue:
        """Give the bot of the token an order, and return what comes of it.

        Parameters are given by name, ``await stream.call("answer", messageId=12, text="Hello!")``;
        names of calls have no underscores, so none is taken for an option. While there is no
        connection it waits for one. At most 64 go at once; the others wait for their turn.

        Args:
            method: One of a bot's calls.
            params: The parameters, by name or by position, for who has them in one object.
            idempotency_key: For what sends a message: the same key again sends nothing more.
            timeout_seconds: For all of it.

        Raises:
            AnswerLost: The connection was lost, or the time was over, before the answer came.
            BadInput: Nothing is connected, or the parameters cannot be said.
            GatewayUnreachable: There was no connection all the time; nothing was done.
            OrderFailed: The answer is an error.
        """
        order = make_order(method, params, named, idempotency_key)
        if self._task is None:
            raise BadInput("Nothing is connected: use `async with connect(...)`.")
        return await self._orders.carry_out(order, timeout_seconds)

    async def close(self) -> None:
        """Say goodbye; what has arrived already can still be taken, then the iteration ends."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait({self._task})

    async def __aenter__(self) -> Self:
        if self._task is not None:
            raise BadInput("This connection was used before: call connect again.")
        if is_in_the_clear(self._url):
            _log.warning("The token travels in the clear to %s: use wss.", shown(self._url))
        line = self._line()
        self._task = asyncio.create_task(line.serve(), name="vestnik.sdk")
        try:
            await line.first_end.wait()
            self._inbox.raise_failure()
            if isinstance(place := self._inbox.peek(), Position):
                await self._inbox.get()
                self._stand(place)
        except BaseException:
            await self.close()
            raise
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.close()

    def __aiter__(self) -> AsyncIterator[Notification]:
        return self

    async def __anext__(self) -> Notification:
        notification = await self.next()
        if notification is None:
            raise StopAsyncIteration
        return notification

    async def next(self) -> Notification | None:
        """Wait for the next one; ``None`` after `close`."""
        if self._task is None:
            raise BadInput("Nothing is connected: use `async with connect(...)`.")
        self._stand(self._next_place)
        while (item := await self._inbox.get()) is not None:
            match item:
                case Notification(position=position):
                    self._next_place = position
                    return item
                case Gap():
                    await self._tell(item)
                case Position():
                    self._stand(item)
        return None

    def _stand(self, place: Position | None) -> None:
        self._place, self._next_place = place or self._place, None

    async def _tell(self, gap: Gap) -> None:
        _log.warning("Notifications may be missing here: %s", gap.reason)
        for handler in self._gap_handlers:
            try:
                outcome = handler(gap)
                if inspect.isawaitable(outcome):
                    await outcome
            except Exception:
                _log.exception("A handler of gaps has failed.")

    def _line(self) -> Line:
        options = self._options
        session = Session(
            self._token, resume=options.resume, after=options.after, backoff=options.backoff
        )
        return Line(
            self._url,
            session,
            self._inbox,
            self._orders,
            dial=options.dial,
            attempts=options.attempts,
            clock=options.clock,
            duplicates=options.duplicates,
            give_up_after=options.give_up_after,
        )
