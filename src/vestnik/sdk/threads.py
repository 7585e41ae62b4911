"""The same stream for programs without a loop."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from types import TracebackType
from typing import Self, TypeVar

from vestnik.errors import BadInput
from vestnik.sdk.duplicates import Duplicates
from vestnik.sdk.handlers import Handler, Handlers
from vestnik.sdk.loop_thread import LoopThread
from vestnik.sdk.notification import JsonValue, Notification
from vestnik.sdk.options import Options
from vestnik.sdk.stream import GapHandler, Notifications
from vestnik.wire import Position

__all__ = ["SyncNotifications", "connect_sync"]

H = TypeVar("H", bound=Handler)
G = TypeVar("G", bound=GapHandler)


def connect_sync(
    token: str,
    url: str,
    *,
    resume: bool = True,
    after: Position | None = None,
    duplicates: Duplicates | None = None,
    give_up_after: float | None = None,
    most_waiting: int = 1000,
) -> SyncNotifications:
    """Do what `connect` does, for ``with`` and ``for``; the connection lives in its own thread."""
    options = Options(
        resume=resume,
        after=after,
        duplicates=duplicates,
        give_up_after=give_up_after,
        most_waiting=most_waiting,
    )
    return SyncNotifications(token, url, options)


class SyncNotifications:
    """An iterator over notifications; `connect_sync` makes one."""

    def __init__(self, token: str, url: str, options: Options) -> None:
        self._stream = Notifications(token, url, options)
        self._handlers = Handlers()
        self._thread: LoopThread | None = None
        self._is_closed = False

    @property
    def position(self) -> Position | None:
        """The place up to which all is done, to give to `connect_sync` as `after`."""
        return self._stream.position

    def on(self, *types: int | str) -> Callable[[H], H]:
        """Let `run` call the decorated plain function for these types; for all if none is given."""
        return self._handlers.decorator(types)

    def on_gap(self, handler: G) -> G:
        """Call `handler` where notifications may be lost; it runs in the connection's thread."""
        return self._stream.on_gap(handler)

    def run(self) -> None:
        """Call handlers for all that comes, until `close`; connects if that is not done yet."""
        self._handlers.refuse_coroutines()
        if self._thread is None:
            with self:
                return self.run()
        for notification in self:
            self._handlers.handle_sync(notification)
        return None

    def call(
        self,
        method: str,
        params: Mapping[str, object] | Sequence[object] | None = None,
        /,
        *,
        idempotency_key: str | None = None,
        timeout_seconds: float = 60.0,
        **named: object,
    ) -> JsonValue:
        """Give an order and wait for what comes of it, as `Notifications.call` does."""
        if self._thread is None or self._is_closed:
            raise BadInput("Nothing is connected: use `with connect_sync(...)`.")
        order = self._stream.call(
            method,
            params,
            idempotency_key=idempotency_key,
            timeout_seconds=timeout_seconds,
            **named,
        )
        return self._thread.run(order)

    def close(self) -> None:
        """Say goodbye, from any thread; the iteration ends after what has arrived already."""
        if self._thread is not None and not self._is_closed:
            self._thread.run(self._stream.close())

    def __enter__(self) -> Self:
        self._thread = LoopThread("vestnik.sdk")
        try:
            self._thread.run(self._stream.__aenter__())
        except BaseException:
            self.__exit__(None, None, None)
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        assert self._thread is not None
        try:
            self._thread.run(self._stream.close())
        finally:
            self._is_closed = True
            self._thread.end()

    def __iter__(self) -> Iterator[Notification]:
        return self

    def __next__(self) -> Notification:
        if self._thread is None:
            raise BadInput("Nothing is connected: use `with connect_sync(...)`.")
        if self._is_closed or (notification := self._thread.run(self._stream.next())) is None:
            raise StopIteration
        return notification
