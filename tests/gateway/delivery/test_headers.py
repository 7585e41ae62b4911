"""Headers of an owner cannot break a request."""

from __future__ import annotations

from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vestnik.errors import BadRequest
from vestnik.gateway.delivery import check_headers
from vestnik.gateway.delivery.headers import header_lines, in_header

WRONG = [
    [("Host", "x")],
    [("content-length", "1")],
    [("Content-Type", "x")],
    [("CONTENT-ENCODING", "gzip")],
    [("Transfer-Encoding", "chunked")],
    [("Connection", "close")],
    [("Proxy-Connection", "close")],
    [("Keep-Alive", "x")],
    [("TE", "x")],
    [("Trailer", "x")],
    [("Upgrade", "x")],
    [("Expect", "100-continue")],
    [("User-Agent", "x")],
    [("X-Boticord-Token", "x")],
    [("x-boticord-anything", "x")],
    [("Webhook-Signature", "x")],
    [("", "x")],
    [("A B", "x")],
    [("A:", "x")],
    [("A\r\nB", "x")],
    [("Ä", "x")],
    [("A" * 129, "x")],
    [("X-A", "a\r\nB: c")],
    [("X-A", "a\nB: c")],
    [("X-A", "a\rb")],
    [("X-A", "a\0b")],
    [("X-A", " a")],
    [("X-A", "a ")],
    [("X-A", "\u2028")],
    [("X-A", "я")],
    [("X-A", "\x7f")],
    [("X-A", "a" * 4097)],
    [("X-A", "1"), ("x-a", "2")],
    [(f"X-{n}", "x") for n in range(11)],
]


@pytest.mark.parametrize("headers", WRONG)
def test_a_header_that_cannot_be_is_refused(headers: list[tuple[str, str]]) -> None:
    with pytest.raises(BadRequest) as caught:
        check_headers(headers)
    assert str(caught.value).endswith(".")


def test_headers_as_people_use_them_pass() -> None:
    check_headers(
        [("CF-Access-Client-Id", "abc.access"), ("Authorization", "Bearer a b"), ("X-Empty", "")]
    )
    check_headers([(f"X-{n}", "ü") for n in range(10)])


pairs = st.tuples(st.text(max_size=12), st.text(max_size=20))


@given(st.lists(pairs, max_size=4))
def test_what_passes_goes_out_as_exactly_these_headers(headers: list[tuple[str, str]]) -> None:
    lines = header_lines(headers)
    try:
        check_headers(headers)
    except BadRequest:
        pass
    else:
        assert lines is not None
    if lines is not None:
        read = [tuple(line.split(": ", 1)) for line in lines.decode("latin-1").split("\r\n")[:-1]]
        assert read == headers


@given(st.text(), st.text())
def test_a_line_break_never_goes_out(before: str, after: str) -> None:
    for broken in ("\r", "\n", "\0"):
        assert header_lines([("X-A", before + broken + after)]) is None
        assert header_lines([(before + broken + after, "x")]) is None


def test_a_header_of_http_itself_never_goes_out_twice() -> None:
    assert header_lines([("hOsT", "x")]) is None
    assert header_lines([("Transfer-Encoding", "chunked")]) is None
    assert header_lines([("X-Ok", "1"), ("Content-Length", "1")]) is None


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"])))
def test_any_text_can_stand_in_a_header_and_be_read_back(text: str) -> None:
    assert header_lines([("X-Boticord-Affected", in_header(text))]) is not None
    assert unquote(in_header(text)) == text


def test_a_plain_id_stays_as_it_is() -> None:
    assert in_header("722424773233213460") == "722424773233213460"
    assert in_header("bot/1?x#y") == "bot/1?x#y"
    assert in_header("50% да") == "50%25%20%D0%B4%D0%B0"
