"""The messages of the WebSocket, as both ends understand them."""

from __future__ import annotations

from typing import TypeAlias

import msgspec

from vestnik.ids import ConnectionId
from vestnik.wire.dialects import Told
from vestnik.wire.notification import Position

__all__ = [
    "Authenticate",
    "ClientMessage",
    "Hello",
    "Notify",
    "Ping",
    "Pong",
    "Problem",
    "Resume",
    "Rpc",
    "RpcAnswer",
    "ServerMessage",
    "Unknown",
]


class Authenticate(msgspec.Struct, frozen=True):
    """The client says who it is.

    Attributes:
        wants_positions: Whether it asked for ``resume``.
        after: From where on it wants what it missed; ``None`` from now on.
    """

    token: str
    wants_positions: bool = False
    after: Position | None = None

    def __repr__(self) -> str:
        # What is printed ends up in logs, and the token must not.
        return f"Authenticate(wants_positions={self.wants_positions}, after={self.after})"


class Resume(msgspec.Struct, frozen=True):
    """A client that is in wants the stream again from a place: it was too slow."""

    after: Position


class Rpc(msgspec.Struct, frozen=True):
    """The client gives an order.

    Attributes:
        request: One JSON-RPC 2.0 request, or a batch of them, as it came.
    """

    request: msgspec.Raw


class Ping(msgspec.Struct, frozen=True):
    """The client wants a sign of life."""


class Unknown(msgspec.Struct, frozen=True):
    """An event that this end does not know; for a client it is data, never an error."""

    event: str


ClientMessage: TypeAlias = Authenticate | Resume | Rpc | Ping | Unknown


class Hello(msgspec.Struct, frozen=True):
    """The server has let the client in.

    Attributes:
        id: The connection's; empty if the server gives none.
        position: Where the stream stands; only to clients that want positions.
        recovered: Whether everything after the place that the client named follows now; ``None``
            if it named none.
    """

    id: ConnectionId
    position: Position | None = None
    recovered: bool | None = None


class Notify(msgspec.Struct, frozen=True):
    """Something happened.

    Attributes:
        position: Its place; only to clients that want positions.
        missed: How many notifications right before it were left out because the client was slow.
    """

    told: Told
    position: Position | None = None
    missed: int = 0


class RpcAnswer(msgspec.Struct, frozen=True):
    """What came of an order.

    Attributes:
        answer: One JSON-RPC 2.0 response, or a batch of them, as it came.
    """

    answer: msgspec.Raw


class Pong(msgspec.Struct, frozen=True):
    """The server lives."""


class Problem(msgspec.Struct, frozen=True):
    """The server does not like what it got.

    Attributes:
        code: One of `ErrorCode`, or another server's own; 0 if there was none.
    """

    code: int = 0
    message: str = ""


ServerMessage: TypeAlias = Hello | Notify | RpcAnswer | Pong | Problem | Unknown
