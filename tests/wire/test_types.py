"""The table of notify types."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vestnik.chatmail.event_table import EVENT_TABLE
from vestnik.wire import NOTIFY_TYPES, name_of, number_of
from vestnik.wire._core_types import CORE_TYPES
from vestnik.wire.types import OWN_TYPES


def test_the_events_of_the_core_are_those_of_its_table() -> None:
    told = {(number, name.replace("_", ""), meaning) for number, name, meaning in CORE_TYPES}

    assert told == {(f.number, kind.lower(), f.meaning) for kind, f in EVENT_TABLE.items()}
    assert len(CORE_TYPES) == len(EVENT_TABLE)


def test_numbers_and_words_are_used_once() -> None:
    words = [row.name for row in NOTIFY_TYPES.values()]

    assert len(NOTIFY_TYPES) == len(OWN_TYPES) + len(CORE_TYPES)
    assert len(set(words)) == len(words)
    assert all(row.number == number for number, row in NOTIFY_TYPES.items())


def test_words_look_like_words_and_never_like_numbers() -> None:
    assert all(re.fullmatch(r"[a-z]+(_[a-z]+)*", row.name) for row in NOTIFY_TYPES.values())


def test_our_own_are_below_100_and_everything_is_below_10000() -> None:
    assert all(0 <= row.number < 100 for row in OWN_TYPES)
    assert all(100 <= number < 10_000 for number, _, _ in CORE_TYPES)


@pytest.mark.parametrize(
    ("number", "name"),
    [
        (0, "test"),
        (1, "up_added"),
        (2, "comment_added"),
        (3, "comment_edited"),
        (4, "comment_removed"),
        (90, "webhook_disabled"),
        (2005, "incoming_msg"),
        (9000, "pinned_messages_changed"),
    ],
)
def test_clients_know_these(number: int, name: str) -> None:
    assert name_of(number) == name
    assert number_of(name) == number


def test_the_payloads_of_a_listing_have_the_fields_that_clients_read() -> None:
    fields = {row.number: [field for field, _ in row.payload] for row in OWN_TYPES}

    assert fields[1] == ["upCount"]
    assert fields[2] == fields[3] == fields[4] == ["content", "rating"]


def test_the_table_cannot_be_changed_by_accident() -> None:
    with pytest.raises(TypeError):
        NOTIFY_TYPES[5] = NOTIFY_TYPES[4]  # type: ignore[index]  # that is the point


@given(st.integers(-(2**63), 2**63 - 1) | st.sampled_from(list(NOTIFY_TYPES)))
def test_any_number_has_a_word_that_leads_back_to_it(number: int) -> None:
    assert number_of(name_of(number)) == number


@given(st.text())
def test_any_word_has_at_most_a_number(word: str) -> None:
    number = number_of(word)

    assert number is None or name_of(number) == word
