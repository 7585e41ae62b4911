"""JSON-RPC 2.0 over lines, without I/O: which answer belongs to which call.

Rules, held by the property tests:

- Whatever bytes arrive and however they are cut, nothing is raised.
- Each call gets at most one outcome; answers may come in any order.
- An answer to a call that was given up is dropped silently; an answer to a call that was never
  made, an answer without an id and anything that is no answer at all is `Unreadable`.
- A line longer than the limit is never held in memory whole.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Generic, NewType, TypeVar

import msgspec

from vestnik.chatmail._lines import CUT_LINE_BYTES, CutLine, LineSplitter

__all__ = ["CallId", "Correlator", "Outcome", "Refused", "Unreadable"]

CallId = NewType("CallId", int)

MAX_LINE_BYTES = 64 * 1024 * 1024
"""Answers of the core can be many MiB; this only guards against a runaway one."""

_ID_AT_START = re.compile(rb'"id"\s*:\s*(\d{1,18})\b')

Caller = TypeVar("Caller")
"""Whatever a call is made for, and is to be found again when its outcome is there."""


class Refused(msgspec.Struct, frozen=True):
    """The core answered a call with an error."""

    code: int
    reason: str


class Unreadable(msgspec.Struct, frozen=True):
    """The core wrote a line that answers nothing, or answers a call in no known way."""

    problem: str
    line_start: bytes


Outcome = msgspec.Raw | Refused | Unreadable
"""The result of a call, still JSON, or what came instead."""


class _Error(msgspec.Struct, gc=False):
    code: int = 0
    message: str = ""


_NO_RESULT = msgspec.Raw(b"")


class _Envelope(msgspec.Struct, gc=False):
    id: int | str | None = None
    result: msgspec.Raw = _NO_RESULT
    error: _Error | None = None


class _Request(msgspec.Struct, gc=False):
    id: int
    method: str
    params: Sequence[object]
    jsonrpc: str = "2.0"


class Correlator(Generic[Caller]):
    """One conversation: calls out as lines, bytes in, outcomes out with whom they are for."""

    pending: Mapping[int, Caller]
    """The calls that have no outcome yet, in the order they were made, and whom they are for."""

    def __init__(self, max_line_bytes: int = MAX_LINE_BYTES) -> None:
        self._lines = LineSplitter(max_line_bytes)
        self._oversized = f"a line of over {max_line_bytes} bytes"
        self._issued = 0
        self._callers: dict[int, Caller] = {}
        self.pending = MappingProxyType(self._callers)
        self._encode = msgspec.json.Encoder().encode
        self._decode = msgspec.json.Decoder(_Envelope).decode

    def call(self, caller: Caller, method: str, params: Sequence[object]) -> tuple[CallId, bytes]:
        """Begin a call.

        Returns:
            The call's id and the line to send, with its newline.
        """
        call_id = CallId(self._issued + 1)
        line = self._encode(_Request(call_id, method, params)) + b"\n"
        self._issued = call_id
        self._callers[call_id] = caller
        return call_id, line

    def give_up(self, call_id: CallId) -> None:
        """Stop waiting for a call; its answer, should it come, is dropped."""
        self._callers.pop(call_id, None)

    def receive(self, data: bytes) -> list[tuple[Caller | None, Outcome]]:
        """Take the next bytes of the core's output.

        Returns:
            The outcomes that these bytes completed, in the order of arrival, each with its
            caller; what answers no call of ours has none.
        """
        found = map(self._read, self._lines.feed(data))
        return [one for one in found if one is not None]

    def _read(self, line: bytes) -> tuple[Caller | None, Outcome] | None:
        if isinstance(line, CutLine):
            return self._blame(line, self._oversized)
        try:
            answer = self._decode(line)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as problem:
            return self._blame(line, str(problem)) if line.strip() else None
        if isinstance(answer.id, int) and answer.id in self._callers:
            return self._callers.pop(answer.id), _outcome(answer, line)
        return self._match_nobody(answer, line)

    def _match_nobody(self, answer: _Envelope, line: bytes) -> tuple[None, Unreadable] | None:
        """Drop an answer to a call that was given up; others are a stranger's."""
        if isinstance(answer.id, int) and 0 < answer.id <= self._issued:
            return None
        problem = answer.error.message if answer.error else "an answer to no call of ours"
        return None, Unreadable(problem, line[:CUT_LINE_BYTES])

    def _blame(self, line: bytes, problem: str) -> tuple[Caller | None, Unreadable]:
        """Blame the call whose id stands at the start of the line, if there is one."""
        found = _ID_AT_START.search(line, 0, CUT_LINE_BYTES)
        caller = self._callers.pop(int(found[1]), None) if found else None
        return caller, Unreadable(problem, bytes(line[:CUT_LINE_BYTES]))


def _outcome(answer: _Envelope, line: bytes) -> Outcome:
    if answer.error is not None:
        return Refused(answer.error.code, answer.error.message)
    if answer.result is _NO_RESULT:
        return Unreadable("neither a result nor an error", line[:CUT_LINE_BYTES])
    return answer.result
