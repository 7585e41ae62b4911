"""Whatever bytes come back, there is an answer and no exception."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vestnik.gateway.delivery.reading import MOST_BODY, MOST_EXCERPT, MOST_HEAD, AnswerReader

PLAIN = b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nfine"


def read(*pieces: bytes) -> tuple[int | None, bytes, str, bool]:
    reader = AnswerReader()
    answer = None
    for piece in pieces:
        answer = reader.feed(piece)
        if answer is not None:
            break
    answer = answer or reader.end("It ended.")
    return answer.status, answer.excerpt, answer.error, answer.is_reusable


def test_a_plain_answer_leaves_the_connection_usable() -> None:
    assert read(PLAIN) == (200, b"fine", "", True)


def test_an_answer_may_come_byte_by_byte() -> None:
    assert read(*(bytes([byte]) for byte in PLAIN)) == (200, b"fine", "", True)


def test_chunks_are_joined() -> None:
    head = b"HTTP/1.1 201 Created\r\nTransfer-Encoding: chunked\r\n\r\n"
    assert read(head, b"2\r\nfi\r\n2\r\nne\r\n0\r\n\r\n") == (201, b"fine", "", True)


def test_interim_answers_are_passed_over() -> None:
    interim = b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n"
    assert read(interim + PLAIN) == (200, b"fine", "", True)
    assert read(interim, PLAIN) == (200, b"fine", "", True)


def test_an_answer_without_a_body_is_whole_at_once() -> None:
    assert read(b"HTTP/1.1 204 No Content\r\n\r\n") == (204, b"", "", True)


def test_an_old_or_closing_server_is_not_asked_again() -> None:
    assert read(b"HTTP/1.0 200 OK\r\nContent-Length: 0\r\n\r\n")[3] is False
    assert read(b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n\r\n")[3] is False


def test_a_body_without_a_length_ends_with_the_connection() -> None:
    assert read(b"HTTP/1.1 200 OK\r\n\r\n", b"fi", b"ne") == (200, b"fine", "", False)


def test_what_nobody_asked_for_ends_the_connection() -> None:
    status, excerpt, _, is_reusable = read(PLAIN + b"HTTP/1.1 500 No\r\n\r\n")
    assert (status, excerpt, is_reusable) == (200, b"fine", False)


def test_the_head_decides_even_if_the_body_breaks() -> None:
    head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nfi\r\n"
    assert read(head, b"zz\r\n") == (200, b"fi", "", False)
    assert read(head) == (200, b"fi", "", False)


def test_a_long_body_is_cut_and_a_very_long_one_dropped() -> None:
    body = b"x" * (MOST_EXCERPT + 1)
    head = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n"
    assert read(head % len(body), body) == (200, body[:MOST_EXCERPT], "", True)
    status, excerpt, _, is_reusable = read(head % 10**9, b"x" * MOST_BODY, b"x")
    assert (status, len(excerpt), is_reusable) == (200, MOST_EXCERPT, False)


@pytest.mark.parametrize(
    "piece", [b"X: " + b"y" * MOST_HEAD, b"X: y\r\n" * MOST_HEAD], ids=["one line", "many lines"]
)
def test_an_endless_head_is_no_answer(piece: bytes) -> None:
    assert "longer than" in read(b"HTTP/1.1 200 OK\r\n", piece)[2]


def test_interim_answers_without_end_are_no_answer() -> None:
    assert "longer than" in read(*[b"HTTP/1.1 100 Continue\r\n\r\n"] * 1000)[2]


@pytest.mark.parametrize(
    "garbage",
    [
        b"SSH-2.0-OpenSSH_9.9\r\n",
        b"\x16\x03\x01\x00\x00",
        b"HTTP/1.1 abc\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n",
    ],
)
def test_garbage_is_told_as_such(garbage: bytes) -> None:
    status, _, error, is_reusable = read(garbage)
    assert status is None
    assert error == "What came back is no HTTP answer."
    assert not is_reusable


def test_another_protocol_is_refused() -> None:
    upgrade = b"HTTP/1.1 101 Switching\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n"
    status, _, error, is_reusable = read(upgrade, b"anything")
    assert (status, is_reusable) == (None, False)
    assert error


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        (b"7", 7.0),
        (b"0", 0.0),
        (b"999999999", 7 * 86400.0),
        (b"Wed, 21 Oct 2015 07:28:00 GMT", 0.0),
        (b"Fri, 31 Dec 9999 23:59:59 GMT", 7 * 86400.0),
        (b"-1", None),
        (b"soon", None),
        (b"\xff", None),
        (b"", None),
    ],
)
def test_retry_after_is_seconds_or_a_date(value: bytes, seconds: float | None) -> None:
    answer = AnswerReader().feed(
        b"HTTP/1.1 503 No\r\nRetry-After: " + value + b"\r\nContent-Length: 0\r\n\r\n"
    )
    assert answer is not None
    assert answer.retry_after == seconds


def test_a_reader_takes_the_next_answer_as_well() -> None:
    reader = AnswerReader()
    reader.feed(b"HTTP/1.1 503 No\r\nRetry-After: 1\r\nContent-Length: 1\r\n\r\nx")
    reader.begin()
    answer = reader.feed(PLAIN)
    assert answer is not None
    assert (answer.status, answer.excerpt, answer.retry_after) == (200, b"fine", None)


tokens = st.sampled_from(
    [
        b"HTTP/1.1 ",
        b"HTTP/1.0 ",
        b"HTTP/2 ",
        b"100 Continue",
        b"101 x",
        b"200 OK",
        b"302 F",
        b"999 ",
        b"\r\n",
        b"\n",
        b"\r",
        b"Content-Length: ",
        b"5",
        b"Transfer-Encoding: chunked",
        b"Connection: upgrade",
        b"Connection: close",
        b"Upgrade: websocket",
        b"Retry-After: ",
        b"0\r\n\r\n",
        b"ffffffffffffffffff\r\n",
        b"Trailer: x",
    ]
)


@given(st.lists(tokens | st.binary(max_size=20), max_size=30).map(b"".join), st.integers(1, 9))
def test_any_bytes_give_an_answer(data: bytes, size: int) -> None:
    pieces = [data[start : start + size] for start in range(0, len(data), size)]
    for parts in (pieces, [data]):
        status, excerpt, error, _ = read(*parts)
        assert (status is None) == bool(error)
        assert status is None or 200 <= status <= 999
        assert len(excerpt) <= MOST_EXCERPT
