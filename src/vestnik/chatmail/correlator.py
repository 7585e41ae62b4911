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
from collections.abc import Sequence
from typing import NewType

import msgspec

from vestnik.chatmail._lines import CUT_LINE_BYTES, LineSplitter

__all__ = ["Answered", "CallId", "Correlator", "Outcome", "Refused", "Unreadable"]

CallId = NewType("CallId", int)

MAX_LINE_BYTES = 64 * 1024 * 1024
"""Answers of the core can be many MiB; this only guards against a runaway one."""

_ID_AT_START = re.compile(rb'"id"\s*:\s*(\d{1,18})\b')


class Answered(msgspec.Struct, frozen=True):
    """The core answered a call; `result` is still JSON."""

    call_id: CallId
    result: msgspec.Raw


class Refused(msgspec.Struct, frozen=True):
    """The core answered a call with an error."""

    call_id: CallId
    code: int
    reason: str


class Unreadable(msgspec.Struct, frozen=True):
    """The core wrote a line that answers nothing, or answers a call in no known way."""

    call_id: CallId | None
    problem: str
    line_start: bytes


Outcome = Answered | Refused | Unreadable


class _Error(msgspec.Struct):
    code: int = 0
    message: str = ""


class _Envelope(msgspec.Struct):
    id: int | str | None = None
    result: msgspec.Raw = msgspec.Raw(b"")
    error: _Error | None = None


class _Request(msgspec.Struct):
    id: int
    method: str
    params: Sequence[object]
    jsonrpc: str = "2.0"


class Correlator:
    """One conversation: calls out as lines, bytes in, outcomes out."""

    def __init__(self, max_line_bytes: int = MAX_LINE_BYTES) -> None:
        self._lines = LineSplitter(max_line_bytes)
        self._oversized = f"a line of over {max_line_bytes} bytes"
        self._issued = 0
        self._pending: set[int] = set()
        self._encode = msgspec.json.Encoder().encode
        self._decode = msgspec.json.Decoder(_Envelope).decode

    @property
    def pending(self) -> frozenset[CallId]:
        """The calls that have no outcome yet."""
        return frozenset(map(CallId, self._pending))

    def call(self, method: str, params: Sequence[object]) -> tuple[CallId, bytes]:
        """Begin a call.

        Returns:
            The call's id and the line to send, with its newline.
        """
        self._issued += 1
        self._pending.add(self._issued)
        line = self._encode(_Request(self._issued, method, params)) + b"\n"
        return CallId(self._issued), line

    def give_up(self, call_id: CallId) -> None:
        """Stop waiting for a call; its answer, should it come, is dropped."""
        self._pending.discard(call_id)

    def receive(self, data: bytes) -> list[Outcome]:
        """Take the next bytes of the core's output.

        Returns:
            The outcomes that these bytes completed, in the order of arrival.
        """
        outcomes = (self._read(line, whole) for line, whole in self._lines.feed(data))
        return [outcome for outcome in outcomes if outcome is not None]

    def _read(self, line: bytes, whole: bool) -> Outcome | None:
        if not whole:
            return self._unreadable(line, self._oversized)
        if not line.strip():
            return None
        try:
            answer = self._decode(line)
        except (msgspec.DecodeError, UnicodeDecodeError) as problem:
            return self._unreadable(line, str(problem))
        return self._match(answer, line)

    def _match(self, answer: _Envelope, line: bytes) -> Outcome | None:
        if not isinstance(answer.id, int) or not 0 < answer.id <= self._issued:
            problem = answer.error.message if answer.error else "an answer to no call of ours"
            return Unreadable(None, problem, line[:CUT_LINE_BYTES])
        if answer.id not in self._pending:
            return None
        call_id = CallId(answer.id)
        self._pending.discard(call_id)
        if answer.error is not None:
            return Refused(call_id, answer.error.code, answer.error.message)
        if not bytes(answer.result):
            return Unreadable(call_id, "neither a result nor an error", line[:CUT_LINE_BYTES])
        return Answered(call_id, answer.result)

    def _unreadable(self, line: bytes, problem: str) -> Unreadable:
        """Blame the call whose id stands at the start of the line, if there is one."""
        found = _ID_AT_START.search(line, 0, CUT_LINE_BYTES)
        call_id = CallId(int(found[1])) if found and int(found[1]) in self._pending else None
        if call_id is not None:
            self._pending.discard(call_id)
        return Unreadable(call_id, problem, line[:CUT_LINE_BYTES])
