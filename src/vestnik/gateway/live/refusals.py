"""What is told to who gave an order that was not carried out, or whose answer cannot be told; pure.

Orders are JSON-RPC 2.0, which the gateway does not read but for the ids of the requests.
"""

from __future__ import annotations

import msgspec

from vestnik.wire import NULL

__all__ = ["CANNOT", "FAILED", "refusal"]

CANNOT = -32003
"""Too much at once, or too long an answer."""

FAILED = -32603
"""A mistake of ours, as the specification has it."""

_LONGEST_ID = 256
_MOST_ANSWERED = 64
"""Requests of a batch that are told each by its id; a longer batch is told once."""

_FIRST_OF_IDS = b'"-0123456789'


class _Asked(msgspec.Struct, frozen=True):
    id: msgspec.Raw = NULL


class _Error(msgspec.Struct, frozen=True):
    code: int
    message: str


class _Refusal(msgspec.Struct, frozen=True):
    error: _Error
    id: msgspec.Raw
    jsonrpc: str = "2.0"


_singles = msgspec.json.Decoder(_Asked)
_batches = msgspec.json.Decoder(list[msgspec.Raw])


def refusal(request: msgspec.Raw, code: int, message: str) -> bytes:
    """Return the JSON-RPC response that says why not, with the id of the request if it has one."""
    error = _Error(code, message)
    if bytes(memoryview(request)[:1]) == b"[":
        found = _batches.decode(request)
        if 0 < len(found) <= _MOST_ANSWERED:
            return msgspec.json.encode([_Refusal(error, _id_of(one)) for one in found])
    return msgspec.json.encode(_Refusal(error, _id_of(request)))


def _id_of(request: msgspec.Raw) -> msgspec.Raw:
    try:
        id = _singles.decode(request).id
    except msgspec.DecodeError:
        return NULL
    text = bytes(id)
    return id if text[:1] in _FIRST_OF_IDS and len(text) <= _LONGEST_ID else NULL
