"""What both ends say on the WebSocket, as JSON."""

from __future__ import annotations

from typing import Any

import msgspec

from vestnik.ids import ConnectionId
from vestnik.wire.codes import ErrorCode
from vestnik.wire.messages import Hello
from vestnik.wire.notification import Position

__all__ = [
    "PING",
    "PONG",
    "encode_authenticate",
    "encode_error",
    "encode_hello",
    "encode_notify",
    "encode_resume",
    "encode_rpc",
]

PING = b'{"event":"ping","data":{}}'
PONG = b'{"event":"pong","data":{}}'

_encoder = msgspec.json.Encoder()


class _HelloData(msgspec.Struct, frozen=True, omit_defaults=True):
    id: ConnectionId
    epoch: str | None = None
    offset: int | None = None
    recovered: bool | None = None


class _AuthData(msgspec.Struct, frozen=True, omit_defaults=True):
    token: str
    resume: bool | Position | None = None


class _ErrorData(msgspec.Struct, frozen=True):
    code: int
    message: str


def encode_authenticate(token: str, resume: Position | bool | None = None) -> bytes:
    """Say who we are; with `resume`, ask for positions and for what was missed."""
    return _message("auth", _AuthData(token, resume or None))


def encode_resume(after: Position) -> bytes:
    """Ask for the stream again from a place."""
    return _message("resume", after)


def encode_hello(hello: Hello) -> bytes:
    """Let a client in."""
    if hello.position is None:
        return _message("hello", _HelloData(hello.id, recovered=hello.recovered))
    epoch, offset = hello.position.epoch, hello.position.offset
    return _message("hello", _HelloData(hello.id, epoch, offset, hello.recovered))


def encode_error(code: ErrorCode, message: str) -> bytes:
    """Tell a client what is wrong."""
    return _message("error", _ErrorData(code, message))


def encode_notify(body: bytes, position: Position | None = None, missed: int = 0) -> bytes:
    """Wrap what `encode_body` has made, so that one body serves every kind of client.

    Args:
        missed: Is told only together with a position.
    """
    if position is None:
        return b'{"event":"notify","data":%b}' % body
    tail = b',"missed":%d}' % missed if missed else b"}"
    return b'{"event":"notify","data":%b,"epoch":%b,"offset":%d%b' % (
        body,
        _encoder.encode(position.epoch),
        position.offset,
        tail,
    )


def encode_rpc(message: bytes) -> bytes:
    """Wrap a JSON-RPC request or its answer, which has to be whole JSON."""
    return b'{"event":"rpc","data":%b}' % message


def _message(event: str, data: msgspec.Struct) -> bytes:
    envelope: dict[str, Any] = {"event": event, "data": data}
    return _encoder.encode(envelope)
