"""What a demonstration counts."""

from __future__ import annotations

import msgspec
import pytest

from vestnik.app.demo import NotificationCounts, Report, RoundTrips

GOOD = Report(
    sent=3,
    received=3,
    lost=0,
    duplicates=0,
    rtt_ms=RoundTrips.of([0.1, 0.3, 0.2]),
    notifications=NotificationCounts(5, 5),
    core_version="v2",
    warnings=[],
)


def test_a_report_is_good_if_nothing_is_lost_or_doubled_on_any_way() -> None:
    assert GOOD.is_good


@pytest.mark.parametrize(
    "what",
    [
        {"lost": 1},
        {"duplicates": 1},
        {"notifications": NotificationCounts(5, 4)},
        {"notifications": NotificationCounts(4, 5)},
    ],
)
def test_anything_else_is_not_good(what: dict[str, object]) -> None:
    assert not msgspec.structs.replace(GOOD, **what).is_good


def test_round_trips_are_told_in_milliseconds() -> None:
    assert GOOD.rtt_ms == RoundTrips(first=100.0, p50=200.0, p90=300.0, max=300.0)
    assert RoundTrips.of([]) == RoundTrips()
