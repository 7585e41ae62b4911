"""How long something lasts, as people write it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vestnik.bridge.channel.spans import LONGEST, read_span

HOUR = 3_600_000


@pytest.mark.parametrize(
    ("text", "span"),
    [
        ("30m", HOUR // 2),
        ("2h", 2 * HOUR),
        (" 1D ", 24 * HOUR),
        ("2 часа", 2 * HOUR),
        ("1w", 168 * HOUR),
        ("forever", None),
        ("навсегда", None),
        ("999999w", None),
    ],
)
def test_spans_are_read(text: str, span: int | None) -> None:
    assert read_span(text) == span


@pytest.mark.parametrize("text", ["", "soon", "0h", "h", "-1h", "1x", "1.5h", "٣h", "1234567s"])
def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"^"):
        read_span(text)


@given(st.text(max_size=20) | st.from_regex(r"[0-9]{1,6}[smhdw]", fullmatch=True))
def test_a_span_is_never_nothing_and_never_too_long(text: str) -> None:
    try:
        span = read_span(text)
    except ValueError:
        return
    assert span is None or 0 < span <= LONGEST
