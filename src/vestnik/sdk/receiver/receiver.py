"""Takes webhooks: a bare function for any framework, and an ASGI app."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from types import TracebackType
from typing import Self, TypeVar

from vestnik.clock import Clock, SystemClock
from vestnik.errors import BadInput
from vestnik.sdk.duplicates import Duplicates
from vestnik.sdk.handlers import Handler, Handlers
from vestnik.sdk.loop_thread import LoopThread
from vestnik.sdk.notification import Notification
from vestnik.sdk.receiver import asgi
from vestnik.sdk.receiver.checks import Checks, read_body
from vestnik.sdk.receiver.mailbox import Mailbox
from vestnik.sdk.receiver.request import IncomingRequest, Reply
from vestnik.wire.networks import Network

__all__ = ["WebhookReceiver"]

H = TypeVar("H", bound=Handler)

_log = logging.getLogger("vestnik.sdk")


class WebhookReceiver:
    """Checks requests, answers 200, and only then calls handlers, one after the other.

    It is an ASGI app: ``uvicorn module:receiver``. In another framework, give `receive` what came
    and answer with what it returns; then ``async with receiver:`` (in a program without a loop
    ``with receiver:``) is what calls the handlers. Instead of having handlers, a program can
    iterate: ``async for notification in receiver``.

    While as many wait as may wait, the answer is 503: the sender then knows that it was not taken,
    and tries again if it is one that does.

    Args:
        token: What the sender puts into ``X-Boticord-Token``.
        signing_secrets: Of Standard Webhooks (``whsec_…``); any of them will do. With one, requests
            without a signature are refused.
        networks: Take requests from these only, such as ``[BOTICORD_NETWORK]``.
        most_waiting: How many may wait for the handlers.
        most_bytes: Of a body.
        duplicates: Drop what is in it; share it with `connect`.
    """

    def __init__(
        self,
        token: str,
        *,
        signing_secrets: Sequence[str] = (),
        networks: Iterable[str | Network] | None = None,
        most_waiting: int = 1000,
        most_bytes: int = 256 * 1024,
        duplicates: Duplicates | None = None,
        clock: Clock | None = None,
    ) -> None:
        self._checks = Checks(token, signing_secrets, networks, most_bytes)
        self._duplicates = duplicates or Duplicates()
        self._clock = clock or SystemClock()
        self._handlers = Handlers()
        self._mailbox = Mailbox(most_waiting)
        self._task: asyncio.Task[None] | None = None
        self._thread: LoopThread | None = None

    @property
    def waiting(self) -> int:
        """How many wait for the handlers."""
        return len(self._mailbox)

    def on(self, *types: int | str) -> Callable[[H], H]:
        """Call the decorated function for these types, by number or word; for all if none is."""
        return self._handlers.decorator(types)

    def receive(self, request: IncomingRequest) -> Reply:
        """Judge a request and keep its notification for the handlers; call it from any thread."""
        refusal = self.refusal(request) or self._checks.of_body(request, self._clock.now())
        if refusal is not None:
            return refusal
        notification = read_body(request.body)
        if notification is None:
            return Reply(400, "The body is no notification.")
        return self._take(notification)

    def refusal(self, request: IncomingRequest) -> Reply | None:
        """Judge a request by its head, so that the body of a wrong one need not be read."""
        refusal = self._checks.of_head(request)
        if refusal is not None:
            _log.info("A request is refused with %d: %s", refusal.status, refusal.reason)
        return refusal

    async def run(self) -> None:
        """Call handlers for all that comes, until cancelled."""
        async for notification in self:
            await self._handlers.handle(notification)

    async def __aenter__(self) -> Self:
        if self._task is not None:
            raise BadInput("The handlers of this receiver run already.")
        self._task = asyncio.create_task(self.run(), name="vestnik.sdk.receiver")
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Let the handlers finish what has been answered with 200, then end."""
        assert self._task is not None
        task, self._task = self._task, None
        self._mailbox.end()
        try:
            await task
        finally:
            task.cancel()
            self._mailbox.reopen()

    def __enter__(self) -> Self:
        self._thread = LoopThread("vestnik.sdk.receiver")
        self._thread.run(self.__aenter__())
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        assert self._thread is not None
        try:
            self._thread.run(self.__aexit__(None, None, None))
        finally:
            self._thread.end()

    async def __aiter__(self) -> AsyncIterator[Notification]:
        while (notification := await self._mailbox.get()) is not None:
            yield notification

    async def __call__(self, scope: asgi.Scope, receive: asgi.Receive, send: asgi.Send) -> None:
        """Serve as an ASGI app; its lifespan runs the handlers."""
        with contextlib.suppress(asgi.Gone):
            await asgi.serve(self, self._checks.most_bytes, scope, receive, send)

    def _take(self, notification: Notification) -> Reply:
        if self._mailbox.is_full:
            _log.warning("A notification is refused: too many wait for the handlers.")
            return Reply(503, "Too many wait to be handled.", {"Retry-After": "5"})
        if self._duplicates.is_new(notification.key):
            self._mailbox.put(notification)
        return Reply(200, "Thank you.")
