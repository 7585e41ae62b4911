"""From JSON to what both ends mean by it.

Clients are taken at their word, other servers generously: fields that they add, leave out or fill
with something else are no reason not to listen to the rest.
"""

from __future__ import annotations

from typing import TypeGuard, TypeVar

import msgspec

from vestnik.errors import BadMessage
from vestnik.ids import ConnectionId
from vestnik.wire.codes import ErrorCode
from vestnik.wire.dialects import decode_body
from vestnik.wire.messages import (
    Authenticate,
    ClientMessage,
    Hello,
    Notify,
    Ping,
    Pong,
    Problem,
    Resume,
    Rpc,
    RpcAnswer,
    ServerMessage,
    Unknown,
)
from vestnik.wire.notification import NULL, Position

__all__ = ["decode_client_message", "decode_server_message"]

_T = TypeVar("_T")

_MOST_OFFSET = 2**63 - 1
_LONGEST_EVENT = 100
"""Characters of an unknown event that are kept: whoever repeats it repeats no 64 KiB."""

_NEEDS_EVENT = 'A message is a JSON object such as {"event":"ping"}'
_NEEDS_DATA = 'auth needs data with a token, {"token":"..."}'
_NEEDS_CALL = 'rpc needs a JSON-RPC request as data, {"jsonrpc":"2.0","id":1,"method":"..."}'
_NEEDS_PLACE = 'resume needs a position, {"epoch":"...","offset":0}'


class _FromClient(msgspec.Struct, frozen=True):
    event: str
    data: msgspec.Raw = NULL


class _FromServer(msgspec.Struct, frozen=True):
    event: str
    data: msgspec.Raw = NULL
    epoch: object = None
    offset: object = None
    missed: object = None


class _AuthData(msgspec.Struct, frozen=True):
    token: str
    resume: msgspec.Raw = NULL


class _HelloData(msgspec.Struct, frozen=True):
    id: object = None
    epoch: object = None
    offset: object = None
    recovered: object = None


_from_clients = msgspec.json.Decoder(_FromClient)
_from_servers = msgspec.json.Decoder(_FromServer)
_auths = msgspec.json.Decoder(_AuthData)
_resumes = msgspec.json.Decoder(bool | Position | None)
_positions = msgspec.json.Decoder(Position)
_hellos = msgspec.json.Decoder(_HelloData | None)
_problems = msgspec.json.Decoder(Problem | None)


def decode_client_message(text: bytes | str) -> ClientMessage:
    """Understand what a client says.

    Raises:
        BadMessage: It is no JSON object with an ``event``, or an ``auth`` without a token, or a
            ``resume`` without a position, or an ``rpc`` without an object or a list.
    """
    message = _decode(_from_clients, text, _NEEDS_EVENT)
    match message.event:
        case "ping":
            return Ping()
        case "auth":
            return _authenticate(message.data)
        case "resume":
            return Resume(_decode(_positions, message.data, _NEEDS_PLACE))
        case "rpc":
            return Rpc(_call(message.data))
    return Unknown(message.event[:_LONGEST_EVENT])


def decode_server_message(text: bytes | str) -> ServerMessage:
    """Understand what a server says, ours or another one.

    Raises:
        BadMessage: It is no JSON object with an ``event``, or a ``notify`` without a type, or its
            ``data`` is of another kind than the event's.
    """
    message = _decode(_from_servers, text, _NEEDS_EVENT)
    match message.event:
        case "notify":
            return _notify(message)
        case "hello":
            return _hello(
                _decode(_hellos, message.data, "hello has an object as data") or _HelloData()
            )
        case "rpc":
            return RpcAnswer(_call(message.data))
        case "pong":
            return Pong()
        case "error":
            return _decode(_problems, message.data, "error has a code and a message") or Problem()
    return Unknown(message.event[:_LONGEST_EVENT])


def _decode(
    decoder: msgspec.json.Decoder[_T],
    text: bytes | str | msgspec.Raw,
    rule: str,
    code: ErrorCode = ErrorCode.BAD_REQUEST,
) -> _T:
    try:
        return decoder.decode(text)
    except (msgspec.DecodeError, UnicodeError, RecursionError) as error:
        raise BadMessage(code, f"{rule}: {error}.") from None


def _authenticate(data: msgspec.Raw) -> Authenticate:
    found = _decode(_auths, data, _NEEDS_DATA, ErrorCode.UNAUTHORIZED)
    resume = _decode(_resumes, found.resume, _NEEDS_PLACE)
    after = resume if isinstance(resume, Position) else None
    return Authenticate(found.token, bool(resume), after)


def _call(data: msgspec.Raw) -> msgspec.Raw:
    """Pass on what may be JSON-RPC; what it says is for others to understand."""
    if bytes(memoryview(data)[:1]) not in (b"{", b"["):
        raise BadMessage(ErrorCode.BAD_REQUEST, f"{_NEEDS_CALL}.")
    return data


def _notify(message: _FromServer) -> Notify:
    missed = message.missed if _is_count(message.missed) else 0
    position = _position(message.epoch, message.offset)
    return Notify(decode_body(bytes(message.data)), position, missed)


def _hello(data: _HelloData) -> Hello:
    id = data.id if isinstance(data.id, str) else ""
    recovered = data.recovered if isinstance(data.recovered, bool) else None
    return Hello(ConnectionId(id), _position(data.epoch, data.offset), recovered)


def _position(epoch: object, offset: object) -> Position | None:
    if isinstance(epoch, str) and _is_count(offset):
        return Position(epoch, offset)
    return None


def _is_count(value: object) -> TypeGuard[int]:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= _MOST_OFFSET
