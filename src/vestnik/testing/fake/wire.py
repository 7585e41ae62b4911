"""JSON-RPC as the core speaks it: its requests, its answers, its words when something is wrong."""

from __future__ import annotations

import re
from collections.abc import Sequence

import msgspec

__all__ = [
    "ACCOUNT_ERROR",
    "CallerId",
    "Refusal",
    "Request",
    "answer_line",
    "read_request",
    "refusal_line",
    "words_for",
]

ACCOUNT_ERROR = -1
METHOD_NOT_FOUND = -32601
WRONG_COUNT = -32602
UNREADABLE = -32700

CallerId = int | str | None

_ENCODE = msgspec.json.Encoder().encode

_PATH_STEP = re.compile(r"\[(\d+)\]|\.(\w+)")
_MISMATCH = re.compile(r"Expected `(\w+)(?: \| null)?`, got `\w+`(?: - at `\$(.*)`)?")
_MISSING = re.compile(r"Object missing required field `(\w+)`")

# What msgspec and serde, the core's decoder, call the same thing.
_EXPECTED = {
    "int": "u32",
    "float": "f64",
    "str": "a string",
    "bool": "a boolean",
    "array": "a sequence",
    "object": "a map",
}


class Refusal(Exception):
    """What a method of the fake core raises to answer with an error.

    Attributes:
        reason: The words that the caller gets.
        code: The JSON-RPC error code; -1 is what the core uses for everything of its own.
    """

    def __init__(self, reason: str, code: int = ACCOUNT_ERROR) -> None:
        super().__init__(reason, code)
        self.reason = reason
        self.code = code

    @classmethod
    def unknown_method(cls) -> Refusal:
        """Refuse a method that the core does not have."""
        return cls("Method not found", METHOD_NOT_FOUND)

    @classmethod
    def wrong_count(cls, count: int) -> Refusal:
        """Refuse a call that has not as many arguments as the method takes."""
        return cls(f"This method takes an array of {count} arguments", WRONG_COUNT)

    @classmethod
    def unreadable(cls, reason: str) -> Refusal:
        """Refuse what is not JSON, or not of the right types."""
        return cls(reason, UNREADABLE)


class Request(msgspec.Struct):
    """One line of a client."""

    method: str = ""
    params: object = None
    id: CallerId = None

    @property
    def arguments(self) -> list[object]:
        """The arguments by position.

        Raises:
            Refusal: They were given by name.
        """
        if isinstance(self.params, dict):
            raise Refusal.unreadable("invalid type: map, expected a sequence")
        return list(self.params) if isinstance(self.params, list) else []


def read_request(line: bytes) -> Request:
    """Read one line of a client.

    Raises:
        Refusal: It is no request; the answer to it carries no id.
    """
    try:
        raw = msgspec.json.decode(line)
        request = msgspec.convert(raw, Request)
    except msgspec.ValidationError:
        problem = "data did not match any variant of untagged enum Message"
        raise Refusal.unreadable(problem) from None
    except msgspec.DecodeError:
        raise Refusal.unreadable("expected value at line 1 column 1") from None
    # A request without an id is a notification, and the core knows none.
    return request if request.id is not None else Request()


def answer_line(caller: CallerId, result: object) -> bytes:
    """Write the answer to a call."""
    encoded = result if isinstance(result, msgspec.Raw) else _ENCODE(result)
    return b'{"jsonrpc":"2.0","id":%b,"result":%b}\n' % (_ENCODE(caller), encoded)


def refusal_line(caller: CallerId, refusal: Refusal) -> bytes:
    """Write the answer to a call that is refused."""
    error = _ENCODE({"code": refusal.code, "message": refusal.reason})
    return b'{"jsonrpc":"2.0","id":%b,"error":%b}\n' % (_ENCODE(caller), error)


def words_for(problem: msgspec.ValidationError, given: object) -> str:
    """Say of an argument of the wrong type what the core says of it."""
    if missing := _MISSING.search(str(problem)):
        return f"missing field `{missing[1]}`"
    mismatch = _MISMATCH.search(str(problem))
    if mismatch is None:
        return str(problem)
    culprit = _follow(mismatch[2] or "", given)
    expected = _EXPECTED.get(mismatch[1], mismatch[1])
    return f"invalid type: {_described(culprit)}, expected {expected}"


def _follow(path: str, given: object) -> object:
    for index, name in _PATH_STEP.findall(path):
        if isinstance(given, Sequence):
            given = given[int(index)]
        elif isinstance(given, dict):
            given = given[name]
    return given


def _described(value: object) -> str:
    match value:
        case None:
            return "null"
        case bool():
            return f"boolean `{str(value).lower()}`"
        case int():
            return f"integer `{value}`"
        case float():
            return f"floating point `{value}`"
        case str():
            return f'string "{value}"'
        case list():
            return "sequence"
        case _:
            return "map"
