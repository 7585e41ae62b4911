"""When a failed attempt is made again, if the owner wants that."""

from __future__ import annotations

import random
from collections.abc import Callable

from vestnik.gateway.ports import WebhookResponse

__all__ = ["GONE", "SCHEDULE", "is_delivered", "pause_before_retry"]

SCHEDULE = (5, 300, 1800, 7200, 18000, 36000, 36000, 36000, 36000, 36000, 36000)
"""Seconds after the first, second, … failure: eleven retries over nearly three days."""

GONE = 410
"""Who answers so wants no retries."""

JITTER = 0.2
"""A pause is by up to so much longer or shorter, so that retries do not come in waves."""

LONGEST_WAIT = 86400.0
"""Longer than this no receiver can put a retry off by ``Retry-After``."""


def is_delivered(response: WebhookResponse) -> bool:
    """Whether the receiver has it: it said 200 (the seed's rule) or any other 2xx.

    Receivers in the field answer 201, 202 and 204, too, and nobody means a failure by these. A
    redirect (3xx) is a failure, as it is not followed.
    """
    return response.status is not None and 200 <= response.status < 300


def pause_before_retry(
    number: int, response: WebhookResponse, dice: Callable[[], float] = random.random
) -> float | None:
    """Return how many seconds after attempt `number` (from 1) the next one is made.

    Returns:
        ``None`` if there is none: the schedule is at its end, or the receiver answered 410.
    """
    if response.status == GONE or number > len(SCHEDULE):
        return None
    pause = SCHEDULE[number - 1] * (1 + JITTER * (2 * dice() - 1))
    return max(pause, min(response.retry_after or 0.0, LONGEST_WAIT))
