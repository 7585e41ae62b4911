"""What an order is answered with when it is not done: a code, and a sentence for a person."""

from __future__ import annotations

import re
from enum import IntEnum

import msgspec

from vestnik.errors import (
    BadInput,
    CallFailed,
    CallTimedOut,
    CoreDied,
    LedgerFailed,
    NotFound,
    OutboxClosed,
    UnknownMethod,
    VestnikError,
)

__all__ = [
    "CODES",
    "MOST_ANSWER",
    "Problem",
    "RpcCode",
    "check_length",
    "problem_of",
    "without_paths",
]

MOST_ANSWER = 16 * 1024 * 1024
"""Bytes of the longest answer that a bot's program gets, and of all answers to a batch."""


class RpcCode(IntEnum):
    """The codes of errors: those of JSON-RPC 2.0, the core's one, and ours."""

    UNREADABLE = -32700
    NO_REQUEST = -32600
    NO_METHOD = -32601
    BAD_PARAMS = -32602
    INTERNAL = -32603
    CORE = -1
    REFUSED = -32001
    UNKNOWN_OUTCOME = -32002
    TOO_MUCH = -32003
    NO_FILE = -32004


CODES = {
    RpcCode.UNREADABLE: "What came is no JSON.",
    RpcCode.NO_REQUEST: "It is JSON, but no JSON-RPC 2.0 request, or a batch of none or too many.",
    RpcCode.NO_METHOD: "There is no method of that name.",
    RpcCode.BAD_PARAMS: "The parameters do not fit the method, or a key where none is of use.",
    RpcCode.INTERNAL: "A mistake of the server, which is in its log.",
    RpcCode.CORE: "The core did not do it; the message has the core's own words.",
    RpcCode.REFUSED: "It is refused, or the bot is not here; the message has the reason.",
    RpcCode.UNKNOWN_OUTCOME: (
        "The core died, was too slow or does not run just now, or the disk failed: nobody knows "
        "whether it was done. Say it again, with its key."
    ),
    RpcCode.TOO_MUCH: (
        "Too many calls of the bot wait already, or the answer is too long; the message says "
        "whether it was done."
    ),
    RpcCode.NO_FILE: "There is no such upload, or the message has no file.",
}
"""What each code says."""

_A_PATH = re.compile(r"(?<![\w:/.~-])/(?:[^\s/:'\"`]+/)+[^\s/:'\"`,;)]*")


_CORE_DIED = "The core died meanwhile, and starts again: it is not known whether this was done."
_TOO_LONG = f"It was done, but its answer has over {MOST_ANSWER} bytes: ask for less."
_OF_READING = (RpcCode.UNREADABLE, RpcCode.NO_REQUEST)


class Problem(Exception):
    """Why an order is not done; it never leaves this package but as an answer.

    Attributes:
        code: What a program acts on.
        sentence: What a person reads.
    """

    def __init__(self, code: RpcCode | int, sentence: str) -> None:
        super().__init__(code, sentence)
        self.code = int(code)
        self.sentence = sentence


def problem_of(error: VestnikError, *, hides_paths: bool = True) -> Problem:
    """Say what an error of ours is to whoever gave the order.

    Args:
        error: What was raised.
        hides_paths: Whether the paths of the server's files, and what the core wrote before it
            died, are nobody's business.
    """
    words = error.reason if isinstance(error, CallFailed) else str(error)
    if not hides_paths:
        return Problem(_code_of(error), words)
    if isinstance(error, CoreDied):
        words = _CORE_DIED
    return Problem(_code_of(error), without_paths(words))


def check_length(answer: bytes | msgspec.Raw) -> None:
    """Check how long the core's answer is.

    Raises:
        Problem: Holding and rewriting it would be felt by other bots.
    """
    if len(memoryview(answer)) > MOST_ANSWER:
        raise Problem(RpcCode.TOO_MUCH, _TOO_LONG)


def without_paths(words: str) -> str:
    """Leave out of a text where on the server files lie."""
    return _A_PATH.sub("(a file of the server)", words)


def _code_of(error: VestnikError) -> int:
    match error:
        case UnknownMethod():
            return RpcCode.NO_METHOD
        case CallFailed():
            # What was not JSON-RPC was so between us and the core, and is about the parameters.
            return RpcCode.BAD_PARAMS if error.code in _OF_READING else error.code
        case CoreDied() | CallTimedOut() | OutboxClosed() | LedgerFailed():
            return RpcCode.UNKNOWN_OUTCOME
        case NotFound():
            return RpcCode.NO_FILE
        case BadInput():
            return RpcCode.BAD_PARAMS
        case _:
            return RpcCode.INTERNAL
