"""What follows when a gateway does not let a client in, pure."""

from __future__ import annotations

from vestnik.errors import AuthenticationFailed
from vestnik.sdk.actions import Action, Drop, Refuse
from vestnik.wire import ErrorCode
from vestnik.wire.limits import ATTEMPT_WINDOW

__all__ = ["turned_away"]

TOKEN_PROBLEMS = frozenset({4, ErrorCode.UNAUTHORIZED, 14})
"""The numbers that the public service's tables have had for a bad token."""


def turned_away(code: int, words: str) -> Action:
    """Return whether to come back or to end, for what the gateway says before its hello."""
    if code in TOKEN_PROBLEMS:
        return Refuse(AuthenticationFailed(_refusal(words)))
    wait = ATTEMPT_WINDOW if code == ErrorCode.RATE_LIMITED else 0.0
    return Drop(f"The gateway does not let us in now ({words}).", wait)


def _refusal(words: str) -> str:
    """Say that the token is refused, and what to do: by the server's advice if it has any."""
    reason, colon, advice = words.partition(": ")
    if not (colon and advice.endswith(".")):
        reason = words.rstrip(".") or "it gave no reason"
        advice = "copy it again, or create a new one where it came from."
    return f"The gateway refuses the token ({reason}): {advice}"
