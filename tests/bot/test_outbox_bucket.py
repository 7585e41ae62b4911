"""The pace: what any caller sees, whatever he asks for and whenever."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vestnik.bot.outbox import Pace
from vestnik.bot.outbox.bucket import MARGIN, TokenBucket
from vestnik.errors import BadBot

paces = st.builds(
    Pace,
    per_minute=st.floats(min_value=0.1, max_value=100_000.0),
    burst=st.integers(min_value=1, max_value=50),
)
starts = st.floats(min_value=0.0, max_value=1e7)
pauses = st.lists(st.floats(min_value=0.0, max_value=100.0), max_size=60)


def departures(pace: Pace, start: float, pauses: list[float]) -> list[float]:
    """Send as early as the bucket allows after each pause, and return when that was."""
    bucket, now, times = TokenBucket(pace), start, []
    for pause in pauses:
        now += pause
        now += bucket.wait(now)
        bucket.spend(now)
        times.append(now)
    return times


@given(paces, starts, pauses)
def test_in_no_span_more_leaves_than_the_burst_and_what_the_rate_gives(
    pace: Pace, start: float, pauses: list[float]
) -> None:
    times = departures(pace, start, pauses)
    for first in range(len(times)):
        for last in range(first, len(times)):
            allowed = pace.burst + (times[last] - times[first] + 0.001) * pace.per_minute / 60
            assert last - first + 1 <= allowed + 0.001


@given(paces, starts, pauses)
def test_who_waits_as_long_as_he_was_told_may_go(
    pace: Pace, start: float, pauses: list[float]
) -> None:
    bucket, now = TokenBucket(pace), start
    for pause in pauses:
        now += pause
        now += bucket.wait(now)
        assert bucket.wait(now) == 0
        bucket.spend(now)


@given(paces, starts)
def test_after_a_rest_the_whole_burst_goes_at_once_and_then_the_steady_rate(
    pace: Pace, start: float
) -> None:
    burst = max(1, pace.burst - MARGIN)
    times = departures(pace, start, [0.0] * (burst + 3))
    assert times[burst - 1] == start
    period = 60 / pace.per_minute
    for n, moment in enumerate(times[burst:], 1):
        assert moment - start == pytest.approx(n * period, rel=1e-3, abs=1e-5)


@given(paces, st.integers(min_value=1, max_value=100))
def test_what_is_given_back_was_never_spent(pace: Pace, cost: int) -> None:
    bucket = TokenBucket(pace)
    bucket.spend(5.0)
    before = bucket.wait(5.0, pace.burst)
    bucket.spend(5.0, cost)
    bucket.give_back(cost)
    assert bucket.wait(5.0, pace.burst) == pytest.approx(before, abs=1e-4)


def test_what_takes_more_than_a_bucket_holds_goes_when_it_is_full() -> None:
    bucket = TokenBucket(Pace(per_minute=60, burst=2 + MARGIN))
    assert bucket.wait(0.0, 5) == 0
    bucket.spend(0.0, 5)
    assert bucket.wait(0.0) == pytest.approx(4.0)


def test_what_was_spent_unasked_is_owed() -> None:
    bucket = TokenBucket(Pace(per_minute=60, burst=10 + MARGIN))
    bucket.spend(0.0, 12)
    assert bucket.wait(0.0) == pytest.approx(3.0)
    assert bucket.wait(3.0) == 0


@pytest.mark.parametrize(("per_minute", "burst"), [(0, 10), (-1, 10), (60, 0), (float("nan"), 1)])
def test_a_pace_that_lets_nothing_through_is_a_mistake(per_minute: float, burst: int) -> None:
    with pytest.raises(BadBot, match="lets nothing through"):
        Pace(per_minute=per_minute, burst=burst)
