"""The opening handshake, and what is refused at the door."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vestnik.errors import BadHandshake
from vestnik.wire.websocket import MAX_HEAD, Headers, accept_response, read_upgrade, refuse

KEY = "dGhlIHNhbXBsZSBub25jZQ=="
"""Of the example in RFC 6455, 1.3."""

FIELDS = (
    ("Host", "gateway.example"),
    ("Upgrade", "websocket"),
    ("Connection", "Upgrade"),
    ("Sec-WebSocket-Key", KEY),
    ("Sec-WebSocket-Version", "13"),
)


def request(
    *more: tuple[str, str], line: str = "GET /websocket/ HTTP/1.1", without: str = ""
) -> bytes:
    """Write a request that is right but for what is asked for."""
    fields = [*((n, v) for n, v in FIELDS if n.lower() != without.lower()), *more]
    text = "".join(f"{name}: {value}\r\n" for name, value in fields)
    return f"{line}\r\n{text}\r\n".encode("latin-1")


def replaced(name: str, value: str) -> bytes:
    return request((name, value), without=name)


def refusal(head: bytes) -> BadHandshake:
    with pytest.raises(BadHandshake) as caught:
        read_upgrade(head)
    assert str(caught.value).endswith(".")
    return caught.value


def test_the_example_of_the_specification_gets_its_answer() -> None:
    answer = accept_response(read_upgrade(request()))

    assert answer.startswith(b"HTTP/1.1 101 Switching Protocols\r\n")
    assert b"\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n" in answer
    assert b"\r\nUpgrade: websocket\r\n" in answer
    assert b"\r\nConnection: Upgrade\r\n" in answer
    assert answer.endswith(b"\r\n\r\n")


def test_nothing_of_what_clients_offer_is_agreed_to() -> None:
    offers = (
        ("Sec-WebSocket-Extensions", "permessage-deflate; client_max_window_bits"),
        ("Sec-WebSocket-Protocol", "chat, superchat"),
    )

    assert accept_response(read_upgrade(request(*offers))) == accept_response(
        read_upgrade(request())
    )


@pytest.mark.parametrize(
    ("target", "path", "query"),
    [
        ("/websocket/", "/websocket/", ""),
        ("/websocket?a=b?c&d", "/websocket", "a=b?c&d"),
        ("/", "/", ""),
        ("//websocket/", "//websocket/", ""),
        ("http://gateway.example/websocket/?a", "/websocket/", "a"),
        ("wss://gateway.example", "/", ""),
        ("wss://gateway.example?a=/b", "/", "a=/b"),
    ],
)
def test_the_target_is_split_into_path_and_query(target: str, path: str, query: str) -> None:
    upgrade = read_upgrade(request(line=f"GET {target} HTTP/1.1"))

    assert (upgrade.path, upgrade.query) == (path, query)


@pytest.mark.parametrize(
    "target", ["*", "websocket/", "ftp://gateway.example/", "gateway:443", "http:///"]
)
def test_other_targets_are_refused(target: str) -> None:
    assert refusal(request(line=f"GET {target} HTTP/1.1")).status == 400


def test_header_fields_are_found_whatever_their_case() -> None:
    more = [("AUTHORIZATION", "Bearer x"), ("x-forwarded-for", "a"), ("X-Forwarded-For", " b, c ")]
    headers = read_upgrade(request(*more)).headers

    assert headers.get("authorization") == "Bearer x"
    assert headers.get("X-FORWARDED-FOR") == "a, b, c"
    assert headers.all("X-Forwarded-For") == ["a", "b, c"]
    assert headers.items_of("x-forwarded-for") == ["a", "b", "c"]
    assert headers.get("cookie") == ""
    assert headers.get("cookie", "none") == "none"
    assert "host" in headers
    assert "cookie" not in headers
    assert 5 not in headers
    assert len(headers) == 8
    assert ("host", "gateway.example") in list(headers)


def test_what_is_printed_of_header_fields_shows_no_value() -> None:
    assert repr(Headers([("Authorization", "secret")])) == "<Headers authorization>"


def test_a_value_may_have_any_character_of_latin_1_and_be_empty() -> None:
    headers = read_upgrade(request(("X-Name", "Müller\t!"), ("X-Empty", ""))).headers

    assert headers.get("x-name") == "Müller\t!"
    assert headers.all("x-empty") == [""]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("Connection", "keep-alive, Upgrade"),
        ("Connection", "upgrade"),
        ("Connection", "keep-alive ,\tUPGRADE,"),
        ("Upgrade", "WebSocket"),
        ("Upgrade", "h2c, websocket"),
    ],
)
def test_lists_of_tokens_are_understood(name: str, value: str) -> None:
    assert read_upgrade(replaced(name, value)).key == KEY


def test_lists_may_go_over_several_fields() -> None:
    head = request(("Connection", "keep-alive"), ("Upgrade", "h2c"))

    assert read_upgrade(head).key == KEY


@pytest.mark.parametrize(
    "head",
    [
        request(without="Upgrade"),
        request(without="Connection"),
        replaced("Upgrade", "websockets"),
        replaced("Connection", "close, not-upgrade"),
        request(without="Sec-WebSocket-Version"),
        replaced("Sec-WebSocket-Version", "8"),
        replaced("Sec-WebSocket-Version", "13, 8"),
        replaced("Sec-WebSocket-Version", "013"),
    ],
)
def test_who_speaks_something_else_is_told_what_we_speak(head: bytes) -> None:
    error = refusal(head)

    assert error.status == 426
    assert dict(error.headers) == {"Upgrade": "websocket", "Sec-WebSocket-Version": "13"}


@pytest.mark.parametrize(
    "key",
    [
        "",
        "dGhlIHNhbXBsZSBub25jZQ",
        "dGhlIHNhbXBsZSBub25jZQ=",
        "dGhlIHNhbXBsZSBub25jZQ===",
        "dGhlIHNhbXBsZSBub25j",
        "dGhlIHNhbXBsZSBub25jZSE=",
        "dGhlIHNhbXBs ZSBub25jZQ==",
        "_GhlIHNhbXBsZSBub25jZQ==",
        "ÿGhlIHNhbXBsZSBub25jZQ==",
        f"{KEY}, {KEY}",
    ],
)
def test_a_key_is_sixteen_bytes_in_base64(key: str) -> None:
    assert refusal(replaced("Sec-WebSocket-Key", key)).status == 400


def test_a_key_is_needed() -> None:
    assert refusal(request(without="Sec-WebSocket-Key")).status == 400


@pytest.mark.parametrize(
    "name", ["Host", "Sec-WebSocket-Key", "Sec-WebSocket-Version", "Authorization", "Origin"]
)
def test_a_field_that_can_have_one_meaning_comes_once(name: str) -> None:
    value = dict(FIELDS).get(name, "x")

    error = refusal(request((name, value), (name.upper(), value)))

    assert error.status == 400
    assert name.lower() in error.reason


@pytest.mark.parametrize("head", [request(without="Host"), replaced("Host", " ")])
def test_a_host_is_needed(head: bytes) -> None:
    assert refusal(head).status == 400


@pytest.mark.parametrize("method", ["POST", "HEAD", "get", "CONNECT", "PRI"])
def test_a_websocket_is_asked_for_by_get(method: str) -> None:
    error = refusal(request(line=f"{method} /websocket/ HTTP/1.1"))

    assert error.status == 405
    assert error.headers == (("Allow", "GET"),)


@pytest.mark.parametrize("version", ["HTTP/1.0", "HTTP/0.9", "HTTP/2.0"])
def test_a_websocket_is_asked_for_by_http_1_1(version: str) -> None:
    assert refusal(request(line=f"GET /websocket/ {version}")).status == 505


@pytest.mark.parametrize(
    "more", [("Content-Length", "5"), ("Content-Length", "+0"), ("Transfer-Encoding", "chunked")]
)
def test_a_request_that_brings_a_body_is_refused(more: tuple[str, str]) -> None:
    assert refusal(request(more)).status == 400


def test_a_body_of_no_bytes_is_no_body() -> None:
    assert read_upgrade(request(("Content-Length", "0"))).key == KEY


@pytest.mark.parametrize(
    "head",
    [
        b"",
        b"\r\n\r\n",
        b"GET /websocket/\r\n\r\n",
        b"GET  /websocket/ HTTP/1.1\r\n\r\n",
        b"GET /web socket/ HTTP/1.1\r\n\r\n",
        b"GET /websocket/ HTTP/1.1 \r\n\r\n",
        b"GET /\xd0\xb6 HTTP/1.1\r\n\r\n",
        request()[:-2],
        request() + b"GET",
        request(("Bad Name", "x")),
        request(("", "x")),
        request(("X-Name ", "x")),
        request(("X", "a\x00b")),
        request(("X", "a\nb")),
        request(("X", "a\rb")),
        request(("X", "a\x7f")),
        request(("X", "folded\r\n onto the next line")),
        request(("X", "a\r\nno colon")),
        request().replace(b"\r\n", b"\n"),
    ],
)
def test_what_is_no_head_of_a_request_is_refused(head: bytes) -> None:
    assert refusal(head).status == 400


def test_a_head_may_be_as_long_as_it_may_be_and_no_longer() -> None:
    room = MAX_HEAD - len(request(("X", "")))

    assert read_upgrade(request(("X", "x" * room))).key == KEY
    assert refusal(request(("X", "x" * (room + 1)))).status == 431


def test_too_many_fields_are_refused() -> None:
    assert refusal(request(*[("X", "")] * 96)).status == 431
    assert read_upgrade(request(*[("X", "")] * 95)).key == KEY


@given(
    st.binary(max_size=300)
    | st.lists(st.sampled_from(request().split(b"\r\n")) | st.binary(max_size=30)).map(
        lambda lines: b"\r\n".join([*lines, b"", b""])
    )
)
def test_any_bytes_are_a_request_or_refused_with_a_status(head: bytes) -> None:
    assert verdict(head) in (101, 400, 405, 426, 431, 505)


def verdict(head: bytes) -> int:
    try:
        upgrade = read_upgrade(head)
    except BadHandshake as error:
        return error.status
    return 101 if upgrade.path.startswith("/") else 0


# Answers that refuse


def test_a_refusal_is_a_whole_response() -> None:
    assert refuse(429, "Too many attempts: wait.", [("Retry-After", "7")]) == (
        b"HTTP/1.1 429 Too Many Requests\r\n"
        b"Retry-After: 7\r\n"
        b"Content-Type: text/plain; charset=utf-8\r\n"
        b"Content-Length: 25\r\n"
        b"Connection: close\r\n"
        b"\r\n"
        b"Too many attempts: wait.\n"
    )


def test_the_length_of_a_refusal_counts_bytes() -> None:
    head, body = refuse(503, "Жди").split(b"\r\n\r\n")

    assert b"Content-Length: %d" % len(body) in head
    assert body.decode() == "Жди\n"


def test_a_refusal_that_offers_an_upgrade_says_so_in_connection() -> None:
    error = refusal(request(without="Upgrade"))

    answer = refuse(error.status, str(error), error.headers)

    assert answer.startswith(b"HTTP/1.1 426 Upgrade Required\r\nUpgrade: websocket\r\n")
    assert b"\r\nConnection: close, Upgrade\r\n" in answer


def test_a_status_that_nobody_knows_has_a_phrase_too() -> None:
    assert refuse(499, "").startswith(b"HTTP/1.1 499 Refused\r\n")


@pytest.mark.parametrize(
    "field", [("X", "a\r\nSet-Cookie: b"), ("X\n", "a"), ("X", "a\x00"), ("X", "Ж")]
)
def test_nothing_can_be_smuggled_into_a_refusal(field: tuple[str, str]) -> None:
    with pytest.raises(ValueError, match="header field"):
        refuse(400, "No.", [field])
