"""JSON-RPC 2.0 on the wire: requests and batches in, answers out; pure.

Whatever bytes come, they are read or answered with an error. Parameters are decoded whole and
written anew for the core, which reads lines: what somebody lets through as it came could hold a
line of its own.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from vestnik.bridge.calls.problems import Problem, RpcCode

__all__ = ["MOST_IN_BATCH", "Batch", "Request", "answer", "batch_answer", "read", "refusal"]

MOST_IN_BATCH = 50
"""How many requests a batch holds at most."""

LONGEST_KEY = 200

_NULL = b"null"
_NONE = msgspec.Raw(b"")
_ENCODE = msgspec.json.Encoder().encode
_UNREADABLE = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)


class Request(msgspec.Struct, frozen=True, kw_only=True):
    """One order.

    Attributes:
        id: What the answer is to carry, as JSON; ``None`` if no answer is wanted.
        problem: Why it cannot be carried out, if one sees that already.
    """

    id: bytes | None
    method: str = ""
    params: list[object] | dict[str, object] = msgspec.field(default_factory=list)
    key: str | None = None
    problem: Problem | None = None


class Batch(msgspec.Struct, frozen=True):
    """Several orders, to be carried out one after the other."""

    requests: Sequence[Request]


class _Members(msgspec.Struct):
    jsonrpc: object = None
    method: object = None
    params: object = None
    id: msgspec.Raw = _NONE
    key: object = None


_DECODE = msgspec.json.Decoder(_Members).decode
_DECODE_BATCH = msgspec.json.Decoder(list[msgspec.Raw]).decode


def read(data: bytes | msgspec.Raw, key: str | None = None) -> Request | Batch:
    """Read what a program has sent.

    Args:
        data: The bytes as they came.
        key: A key that came beside them, and is good for a single request.
    """
    raw = bytes(data)
    if raw.lstrip(b" \t\r\n")[:1] != b"[":
        return _request(raw, key)
    try:
        return _batch(_DECODE_BATCH(raw), key)
    except _UNREADABLE:
        return _no_json()


def answer(id: bytes, result: bytes | msgspec.Raw) -> bytes:
    """Write the answer to a request that was carried out."""
    return b'{"jsonrpc":"2.0","result":%b,"id":%b}' % (bytes(result), id)


def refusal(id: bytes | None, problem: Problem) -> bytes:
    """Write the answer to a request that was not."""
    error = _ENCODE({"code": problem.code, "message": problem.sentence})
    return b'{"jsonrpc":"2.0","error":%b,"id":%b}' % (error, id or _NULL)


def batch_answer(answers: Sequence[bytes]) -> bytes | None:
    """Write the answer to a batch; ``None`` if none of its requests wants one."""
    return b"[%b]" % b",".join(answers) if answers else None


def _batch(parts: Sequence[msgspec.Raw], key: str | None) -> Request | Batch:
    if not parts or len(parts) > MOST_IN_BATCH:
        return _no_request(f"A batch holds 1 to {MOST_IN_BATCH} requests, not {len(parts)}.")
    if key is not None:
        return _no_request(
            'A header with a key is for one request: give each of a batch a "key" of its own.'
        )
    return Batch([_request(bytes(part), None) for part in parts])


def _request(raw: bytes, key: str | None) -> Request:
    try:
        raw.decode()
        members = _DECODE(raw)
        id = _id(members.id)
    except msgspec.ValidationError as problem:
        return _no_request(f"This is no request: {problem}.")
    except _UNREADABLE:
        return _no_json()
    except Problem as problem:
        return Request(id=_NULL, problem=problem)
    return _checked(members, id, key)


def _id(raw: msgspec.Raw) -> bytes | None:
    """Return an id as it came, once it is sure that it is one."""
    text = bytes(raw).strip()
    if not text:
        return None
    if isinstance(msgspec.json.decode(text), bool | list | dict):
        raise Problem(RpcCode.NO_REQUEST, 'The "id" of a request is a text, a number or null.')
    return text


def _checked(members: _Members, id: bytes | None, key: str | None) -> Request:
    try:
        return Request(
            id=id,
            method=_method(members),
            params=_params(members.params),
            key=_key(members.key, key),
        )
    except Problem as problem:
        # Without an id nobody can tell what it was meant to be.
        wants_no_answer = id is None and problem.code != RpcCode.NO_REQUEST
        return Request(id=None if wants_no_answer else id or _NULL, problem=problem)


def _method(members: _Members) -> str:
    if members.jsonrpc != "2.0":
        raise Problem(RpcCode.NO_REQUEST, 'A request has the member "jsonrpc": "2.0".')
    if not isinstance(members.method, str):
        raise Problem(RpcCode.NO_REQUEST, 'A request names its "method".')
    return members.method


def _params(params: object) -> list[object] | dict[str, object]:
    if params is None:
        return []
    if not isinstance(params, list | dict):
        raise Problem(
            RpcCode.NO_REQUEST, 'The "params" are an object, by name, or a list, by position.'
        )
    return params


def _key(member: object, beside: str | None) -> str | None:
    key = beside if member is None else member
    if key is not None and not (isinstance(key, str) and 0 < len(key) <= LONGEST_KEY):
        raise Problem(
            RpcCode.BAD_PARAMS, f"A key is a text of 1 to {LONGEST_KEY} characters of your choice."
        )
    return key


def _no_json() -> Request:
    return Request(id=_NULL, problem=Problem(RpcCode.UNREADABLE, "This is no JSON in UTF-8."))


def _no_request(sentence: str) -> Request:
    return Request(id=_NULL, problem=Problem(RpcCode.NO_REQUEST, sentence))
