"""Between ASGI and a receiver; no framework needed."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from types import TracebackType
from typing import Protocol, TypeAlias, cast

from vestnik.sdk.receiver.request import IncomingRequest, Reply

__all__ = ["Gone", "Message", "Receive", "Scope", "Send", "serve"]

Message: TypeAlias = MutableMapping[str, object]
Scope: TypeAlias = MutableMapping[str, object]
Receive: TypeAlias = Callable[[], Awaitable[Message]]
Send: TypeAlias = Callable[[Message], Awaitable[None]]


class Gone(Exception):
    """The sender has left in the middle of its request."""


class Receiver(Protocol):
    """What is behind ASGI."""

    def refusal(self, request: IncomingRequest) -> Reply | None:
        """Judge a request by its head."""

    def receive(self, request: IncomingRequest) -> Reply:
        """Judge a request and take it."""

    async def __aenter__(self) -> object: ...

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None: ...


async def serve(
    receiver: Receiver, most_bytes: int, scope: Scope, receive: Receive, send: Send
) -> None:
    """Serve one scope: a request, or the life of the server."""
    match scope["type"]:
        case "lifespan":
            await _live(receiver, receive, send)
        case "http":
            await _answer(receiver, most_bytes, scope, receive, send)
        case "websocket":
            await send({"type": "websocket.close", "code": 1000})


async def _live(receiver: Receiver, receive: Receive, send: Send) -> None:
    await receive()
    async with receiver:
        await send({"type": "lifespan.startup.complete"})
        await receive()
    await send({"type": "lifespan.shutdown.complete"})


async def _answer(
    receiver: Receiver, most_bytes: int, scope: Scope, receive: Receive, send: Send
) -> None:
    head = _head(scope)
    reply = receiver.refusal(head)
    if reply is None:
        body = await _read(receive, most_bytes)
        reply = receiver.receive(IncomingRequest(head.method, head.headers, body, head.peer))
    headers = {"Content-Type": "text/plain; charset=utf-8", **reply.headers}
    await send(
        {
            "type": "http.response.start",
            "status": reply.status,
            "headers": [(name.lower().encode(), value.encode()) for name, value in headers.items()],
        }
    )
    await send({"type": "http.response.body", "body": reply.body})


def _head(scope: Scope) -> IncomingRequest:
    pairs = cast("Iterable[tuple[bytes, bytes]]", scope["headers"])
    headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in pairs}
    client = cast("tuple[str, int] | None", scope.get("client"))
    return IncomingRequest(str(scope["method"]), headers, b"", client[0] if client else None)


async def _read(receive: Receive, most_bytes: int) -> bytes:
    """Read the body, and not much more than a receiver takes."""
    body = bytearray()
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise Gone
        body += cast("bytes", message.get("body", b""))
        if not message.get("more_body", False) or len(body) > most_bytes:
            return bytes(body)
