"""How often somebody may try."""

from __future__ import annotations

import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vestnik.wire.attempts import AttemptTable, AttemptWindow


def admitted(window: AttemptWindow, moments: list[float]) -> list[float]:
    return [moment for moment in moments if window.admit(moment) == 0.0]


def test_fifteen_attempts_in_ten_seconds_are_allowed() -> None:
    window = AttemptWindow()

    assert [window.admit(100.0) for _ in range(15)] == [0.0] * 15
    assert window.admit(100.0) == 10.0
    assert window.admit(104.0) == 6.0
    assert window.admit(109.5) == 0.5
    assert window.admit(110.0) == 0.0


def test_the_window_slides() -> None:
    window = AttemptWindow(limit=2, window=10.0)

    assert window.admit(0.0) == 0.0
    assert window.admit(6.0) == 0.0
    assert window.admit(9.0) == pytest.approx(1.0)
    assert window.admit(10.0) == 0.0
    assert window.admit(10.0) == pytest.approx(6.0)


def test_attempts_that_were_refused_do_not_count() -> None:
    window = AttemptWindow(limit=1, window=10.0)
    window.admit(0.0)

    assert all(window.admit(moment / 10) for moment in range(1, 100))
    assert window.admit(10.0) == 0.0


def test_a_window_is_idle_when_nothing_in_it_matters() -> None:
    window = AttemptWindow(limit=1, window=10.0)

    assert window.is_idle(0.0)
    window.admit(0.0)
    assert not window.is_idle(9.9)
    assert window.is_idle(10.0)


@given(st.lists(st.floats(0, 100), max_size=80), st.integers(1, 5))
def test_no_stretch_of_the_window_s_length_has_more_than_the_limit(
    moments: list[float], limit: int
) -> None:
    allowed = admitted(AttemptWindow(limit, 10.0), sorted(moments))

    for first in allowed:
        assert sum(first <= moment < first + 10.0 - 1e-5 for moment in allowed) <= limit


@given(st.floats(0, 1e9), st.lists(st.floats(0, 3), min_size=1, max_size=30))
def test_who_waits_as_long_as_told_is_admitted(begin: float, pauses: list[float]) -> None:
    window = AttemptWindow(limit=2, window=10.0)
    now = begin
    for pause in pauses:
        now += pause
        wait = window.admit(now)
        assert 0.0 <= wait <= 10.0
        if wait:
            now += wait
            assert window.admit(now) == 0.0


def test_each_key_has_a_window_of_its_own() -> None:
    table = AttemptTable(limit=1, window=10.0)

    assert table.admit("a", 0.0) == 0.0
    assert table.admit("b", 0.0) == 0.0
    assert table.admit("a", 1.0) == pytest.approx(9.0)
    assert table.admit("b", 10.0) == 0.0


def test_keys_whose_attempts_are_long_past_are_forgotten() -> None:
    table = AttemptTable(limit=1, window=10.0)
    for number in range(100):
        table.admit(f"key {number}", float(number % 2))

    table.admit("later", 11.0)

    assert len(table) == 1


def test_when_there_are_too_many_the_one_not_heard_of_for_longest_goes() -> None:
    table = AttemptTable(limit=1, window=10.0, most_keys=2)
    table.admit("a", 0.0)
    table.admit("b", 1.0)
    table.admit("a", 2.0)

    assert table.admit("c", 3.0) == 0.0

    assert len(table) == 2
    assert table.admit("a", 4.0) > 0.0
    assert table.admit("b", 4.0) == 0.0


@given(st.lists(st.tuples(st.sampled_from("abcdefgh"), st.floats(0, 5)), max_size=100))
def test_a_table_never_has_more_keys_than_it_may(steps: list[tuple[str, float]]) -> None:
    table = AttemptTable(limit=2, window=10.0, most_keys=3)
    now = 0.0
    for key, pause in steps:
        now += pause
        table.admit(key, now)
        assert 1 <= len(table) <= 3


def test_a_table_decides_like_windows_while_it_has_room() -> None:
    table, window = AttemptTable(limit=3, window=10.0), AttemptWindow(3, 10.0)
    moments = [number * 0.7 for number in range(100)]

    for moment in moments:
        table.admit("another", moment)
        assert table.admit("key", moment) == window.admit(moment)


def test_a_window_is_small() -> None:
    window = AttemptWindow()
    for _ in range(15):
        window.admit(0.0)

    assert not hasattr(window, "__dict__")
    assert sys.getsizeof(window) + sys.getsizeof(window._moments) < 500
