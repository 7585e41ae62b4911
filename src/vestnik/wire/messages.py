"""The messages of the WebSocket, as both ends say and understand them."""

from __future__ import annotations

from enum import IntEnum
from typing import TypeAlias

import msgspec

from vestnik.errors import BadMessage
from vestnik.ids import ConnectionId
from vestnik.wire.dialects import Told
from vestnik.wire.notification import Position

__all__ = [
    "PING",
    "PONG",
    "Authenticate",
    "ClientMessage",
    "ErrorCode",
    "Hello",
    "Notify",
    "Ping",
    "Pong",
    "Problem",
    "Resume",
    "ServerMessage",
    "Unknown",
    "decode_client_message",
    "decode_server_message",
    "encode_authenticate",
    "encode_error",
    "encode_hello",
    "encode_notify",
    "encode_resume",
]

PING = b'{"event":"ping","data":{}}'
PONG = b'{"event":"pong","data":{}}'


class ErrorCode(IntEnum):
    """Numbers of an ``error``; those of the public service's first table, which clients know."""

    INTERNAL = 1
    RATE_LIMITED = 2
    BAD_REQUEST = 5
    UNAUTHORIZED = 6
    UNKNOWN_EVENT = 8


class Authenticate(msgspec.Struct, frozen=True):
    """The client says who it is.

    Attributes:
        wants_positions: Whether ``resume`` was there at all.
        after: From where on it wants what it missed; ``None`` from now on.
    """

    token: str
    wants_positions: bool = False
    after: Position | None = None


class Resume(msgspec.Struct, frozen=True):
    """A client that is in wants the stream again from a place: it was too slow."""

    after: Position


class Ping(msgspec.Struct, frozen=True):
    """The client wants a sign of life."""


class Unknown(msgspec.Struct, frozen=True):
    """An event that this end does not know; for a client it is data, never an error."""

    event: str


ClientMessage: TypeAlias = Authenticate | Resume | Ping | Unknown


class Hello(msgspec.Struct, frozen=True):
    """The server has let the client in.

    Attributes:
        id: The connection's.
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


class Pong(msgspec.Struct, frozen=True):
    """The server lives."""


class Problem(msgspec.Struct, frozen=True):
    """The server does not like what it got."""

    code: int
    message: str


ServerMessage: TypeAlias = Hello | Notify | Pong | Problem | Unknown


class _Envelope(msgspec.Struct, frozen=True):
    event: str
    data: msgspec.Raw = msgspec.Raw(b"null")
    epoch: str | None = None
    offset: int | None = None
    missed: int = 0


class _AuthData(msgspec.Struct, frozen=True):
    token: str
    resume: bool | Position | None = None


class _HelloData(msgspec.Struct, frozen=True, omit_defaults=True):
    id: ConnectionId
    epoch: str | None = None
    offset: int | None = None
    recovered: bool | None = None


_encoder = msgspec.json.Encoder()
_envelopes = msgspec.json.Decoder(_Envelope)
_auth = msgspec.json.Decoder(_AuthData)
_positions = msgspec.json.Decoder(Position)
_hellos = msgspec.json.Decoder(_HelloData)
_notes = msgspec.json.Decoder(Told)
_problems = msgspec.json.Decoder(Problem)


def decode_client_message(text: bytes | str) -> ClientMessage:
    """Understand what a client says.

    Raises:
        BadMessage: It is no JSON object with an ``event``, or an ``auth`` without a token, or a
            ``resume`` without a position.
    """
    envelope = _open(text)
    match envelope.event:
        case "ping":
            return Ping()
        case "auth":
            return _authenticate(envelope.data)
        case "resume":
            return _resume(envelope.data)
    return Unknown(envelope.event)


def decode_server_message(text: bytes | str) -> ServerMessage:
    """Understand what a server says, ours or another one.

    Raises:
        BadMessage: It is no JSON object with an ``event``, or its ``data`` is not what the event
            needs.
    """
    envelope = _open(text)
    try:
        return _server_message(envelope)
    except (msgspec.DecodeError, RecursionError) as error:
        raise BadMessage(
            ErrorCode.BAD_REQUEST, f"The data of {envelope.event!r} is not understood: {error}."
        ) from None


def encode_authenticate(token: str, resume: Position | bool | None = None) -> bytes:
    """Say who we are; with `resume`, ask for positions and for what was missed."""
    data: dict[str, object] = {"token": token}
    if resume:
        data["resume"] = resume
    return _encoder.encode({"event": "auth", "data": data})


def encode_resume(after: Position) -> bytes:
    """Ask for the stream again from a place."""
    return _encoder.encode({"event": "resume", "data": after})


def encode_hello(hello: Hello) -> bytes:
    """Let a client in."""
    place = hello.position
    data = _HelloData(
        hello.id,
        place.epoch if place else None,
        place.offset if place else None,
        hello.recovered,
    )
    return _encoder.encode({"event": "hello", "data": data})


def encode_error(code: ErrorCode, message: str) -> bytes:
    """Tell a client what is wrong."""
    return _encoder.encode({"event": "error", "data": Problem(code, message)})


def encode_notify(body: bytes, position: Position | None = None, missed: int = 0) -> bytes:
    """Wrap what `encode_body` has made, so that one body serves every kind of client."""
    if position is None:
        return b'{"event":"notify","data":%b}' % body
    tail = b',"missed":%d}' % missed if missed else b"}"
    return b'{"event":"notify","data":%b,"epoch":%b,"offset":%d%b' % (
        body,
        _encoder.encode(position.epoch),
        position.offset,
        tail,
    )


def _open(text: bytes | str) -> _Envelope:
    try:
        return _envelopes.decode(text)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise BadMessage(
            ErrorCode.BAD_REQUEST,
            f'A message is a JSON object such as {{"event":"ping"}}: {error}.',
        ) from None


def _authenticate(data: msgspec.Raw) -> Authenticate:
    try:
        found = _auth.decode(data)
    except (msgspec.DecodeError, RecursionError) as error:
        raise BadMessage(
            ErrorCode.UNAUTHORIZED, f'auth needs data with a token, {{"token":"..."}}: {error}.'
        ) from None
    after = found.resume if isinstance(found.resume, Position) else None
    return Authenticate(found.token, bool(found.resume), after)


def _resume(data: msgspec.Raw) -> Resume:
    try:
        return Resume(_positions.decode(data))
    except (msgspec.DecodeError, RecursionError) as error:
        raise BadMessage(
            ErrorCode.BAD_REQUEST, f'resume needs data with "epoch" and "offset": {error}.'
        ) from None


def _server_message(envelope: _Envelope) -> ServerMessage:
    match envelope.event:
        case "notify":
            return Notify(_notes.decode(envelope.data), _place(envelope), envelope.missed)
        case "hello":
            return _hello(_hellos.decode(envelope.data))
        case "pong":
            return Pong()
        case "error":
            return _problems.decode(envelope.data)
    return Unknown(envelope.event)


def _hello(data: _HelloData) -> Hello:
    has_place = data.epoch is not None and data.offset is not None
    place = Position(data.epoch or "", data.offset or 0) if has_place else None
    return Hello(data.id, place, data.recovered)


def _place(envelope: _Envelope) -> Position | None:
    if envelope.epoch is None or envelope.offset is None:
        return None
    return Position(envelope.epoch, envelope.offset)
