"""How whatever goes wrong is told over HTTP: one place, one shape."""

from __future__ import annotations

import logging
import math

import msgspec

from vestnik.errors import (
    BadInput,
    CallTimedOut,
    ConfigureFailed,
    CoreDied,
    CoreError,
    NotAllowed,
    NotFound,
    Overloaded,
    StoreFailed,
    Taken,
    TargetRefused,
    VestnikError,
)
from vestnik.web.http import Answer, Problem
from vestnik.web.shown import ErrorBody, ErrorDetail

__all__ = ["MEANINGS", "answer_to", "problem_answer"]

log = logging.getLogger("vestnik.web")

MEANINGS = {
    400: "What was sent is not understood.",
    401: "The token is missing or nobody's.",
    403: "The token is not good for this.",
    404: "There is no such thing, or the token does not reach it.",
    405: "This cannot be done here.",
    408: "The body did not come in time.",
    409: "There is something of that id already.",
    411: "The body comes without its length.",
    413: "The body is too long.",
    415: "The body is no JSON, or is compressed.",
    422: "What was sent is understood but cannot be done.",
    429: "Too much, or too often; Retry-After says when it makes sense again.",
    500: "A mistake in the gateway.",
    502: "The core could not do it; the sentence says why.",
    503: "The gateway cannot do it now.",
    507: "There is no room for the file until others have gone.",
}
"""The statuses that are not a success."""

_CODES = {
    400: "bad_request",
    401: "unauthorized",
    403: "forbidden",
    404: "not_found",
    405: "method_not_allowed",
    408: "timeout",
    409: "conflict",
    413: "too_large",
    415: "unsupported_media_type",
    422: "invalid",
    429: "too_many_requests",
    500: "internal",
    502: "core_failed",
    503: "unavailable",
}

_STATUS: tuple[tuple[type[VestnikError], int, str], ...] = (
    (NotFound, 404, "not_found"),
    (NotAllowed, 403, "forbidden"),
    (Taken, 409, "conflict"),
    (TargetRefused, 422, "target_refused"),
    (BadInput, 422, "invalid"),
    (ConfigureFailed, 422, "login_failed"),
    (CallTimedOut, 503, "unavailable"),
    (CoreDied, 503, "unavailable"),
    (CoreError, 502, "core_failed"),
    (Overloaded, 429, "overloaded"),
    (StoreFailed, 503, "unavailable"),
)
_TRY_AGAIN = 5


def answer_to(error: Exception) -> Answer:
    """Tell an error; what nobody has foreseen is logged and not told."""
    if isinstance(error, Problem):
        return problem_answer(error.status, error.message, error.headers)
    for kind, status, code in _STATUS:
        if isinstance(error, kind):
            return problem_answer(status, str(error), _wait(error), code)
    log.error("A request failed", exc_info=error)
    return problem_answer(500, "A mistake in the gateway: its log says more.")


def problem_answer(
    status: int,
    message: str,
    headers: tuple[tuple[bytes, bytes], ...] = (),
    code: str | None = None,
) -> Answer:
    """Make the answer that tells what is wrong."""
    body = msgspec.json.encode(ErrorBody(ErrorDetail(code or _CODES[status], message)))
    return Answer(status, body, headers)


def _wait(error: Exception) -> tuple[tuple[bytes, bytes], ...]:
    if isinstance(error, Overloaded):
        return ((b"retry-after", b"%d" % math.ceil(error.retry_after)),)
    if isinstance(error, StoreFailed | CallTimedOut | CoreDied):
        return ((b"retry-after", b"%d" % _TRY_AGAIN),)
    return ()
