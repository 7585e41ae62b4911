"""Orders to a bot and what comes of them, pure: JSON-RPC 2.0 as a client says and hears it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TypeAlias

import msgspec

from vestnik.errors import BadInput, BadMessage
from vestnik.sdk.notification import JsonValue
from vestnik.wire import NULL, ErrorCode, encode_rpc
from vestnik.wire.limits import MAX_MESSAGE

__all__ = ["Answer", "Failure", "Order", "Params", "encode_order", "make_order", "read_answer"]

Params: TypeAlias = Mapping[str, object] | Sequence[object]

_ID_DIGITS = 20
"""What the id may add to a message whose length is looked at before it has one."""


class Order(msgspec.Struct, frozen=True):
    """What is to be done.

    Attributes:
        params: As JSON; ``None`` if there are none.
    """

    method: str
    params: msgspec.Raw | None = None
    key: str | None = None


class Failure(msgspec.Struct, frozen=True):
    """Why it was not done."""

    code: int
    message: str


class Answer(msgspec.Struct, frozen=True):
    """What came of an order.

    Attributes:
        id: The order's; ``None`` if the server could not read which one it was.
    """

    id: int | None
    result: JsonValue = None
    failure: Failure | None = None


class _Request(msgspec.Struct, frozen=True, omit_defaults=True):
    id: int
    method: str
    params: msgspec.Raw | None = None
    key: str | None = None


class _Error(msgspec.Struct, frozen=True):
    code: object = 0
    message: object = ""


class _Response(msgspec.Struct, frozen=True):
    id: object = None
    result: msgspec.Raw = NULL
    error: _Error | None = None


_responses = msgspec.json.Decoder(_Response)


def make_order(
    method: str, params: Params | None, named: Mapping[str, object], key: str | None
) -> Order:
    """Put an order together.

    Raises:
        BadInput: It cannot be said in JSON, or is too long for the WebSocket.
    """
    if not method:
        raise BadInput("A call needs the name of a method.")
    order = Order(method, _encoded(method, _joined(params, named)), key)
    if len(encode_order(order, 0)) + _ID_DIGITS > MAX_MESSAGE:
        raise BadInput(
            f"The call of {method} is longer than {MAX_MESSAGE // 1024} KiB: files are uploaded by "
            "POST /api/v1/files, and long calls go by POST /api/v1/rpc."
        )
    return order


def encode_order(order: Order, id: int) -> bytes:
    """Say an order under an id of ours."""
    request = _Request(id, order.method, order.params, order.key)
    # The version is the only field that every request has the same.
    return encode_rpc(b'{"jsonrpc":"2.0",' + msgspec.json.encode(request)[1:])


def read_answer(said: msgspec.Raw) -> Answer:
    """Understand what came of an order.

    Raises:
        BadMessage: It is no response of JSON-RPC 2.0, or a batch, which we never ask for.
    """
    try:
        response = _responses.decode(said)
        result: JsonValue = msgspec.json.decode(response.result)
    except (msgspec.DecodeError, UnicodeError, RecursionError) as error:
        problem = f"The answer to an order cannot be read: {error}."
        raise BadMessage(ErrorCode.BAD_REQUEST, problem) from None
    id = response.id if type(response.id) is int else None
    return Answer(id, result, _failure(response.error) if response.error else None)


def _failure(error: _Error) -> Failure:
    code = error.code if type(error.code) is int else 0
    return Failure(code, str(error.message))


def _joined(params: Params | None, named: Mapping[str, object]) -> Params | None:
    if not named:
        return params
    if params is None:
        return named
    if isinstance(params, Mapping):
        return {**params, **named}
    raise BadInput("Parameters are given by name or by position, not both.")


def _encoded(method: str, params: Params | None) -> msgspec.Raw | None:
    if params is None:
        return None
    shape = dict(params) if isinstance(params, Mapping) else list(params)
    try:
        return msgspec.Raw(msgspec.json.encode(shape))
    except (TypeError, ValueError, UnicodeError, RecursionError) as error:
        raise BadInput(f"The parameters of {method} cannot be said in JSON: {error}.") from None
