"""Whatever is too long is cut, by bytes of JSON and never within a character."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from vestnik.bridge.forwarding.sizes import LONGEST_FIELD, cut, fit, size


@given(st.text(), st.integers(-5, 400))
def test_a_text_is_cut_to_as_much_as_fits(text: str, most: int) -> None:
    short = cut(text, most)
    assert text.startswith(short)
    assert not short or size(short) <= most
    if short != text:
        assert size(text[: len(short) + 1]) > most


def test_long_fields_are_shortened_and_short_ones_are_left() -> None:
    fields = {"kind": "X", "text": "x" * 9000, "data": [1] * 9000, "n": 7, "short": "y"}
    assert fit(fields, 48_000) == {
        "kind": "X",
        "text": "x" * (LONGEST_FIELD - 2),
        "n": 7,
        "short": "y",
        "isCut": True,
    }


def test_of_too_many_fields_only_the_kind_is_left() -> None:
    assert fit({"kind": "X", **{str(n): "x" * 99 for n in range(99)}}, 1000) == {
        "kind": "X",
        "isCut": True,
    }
