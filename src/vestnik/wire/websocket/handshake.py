"""The opening handshake: an HTTP request becomes a WebSocket (RFC 6455, 4.2)."""

from __future__ import annotations

import re
from base64 import b64decode, b64encode
from binascii import Error as Base64Error
from collections.abc import Iterable
from hashlib import sha1
from http import HTTPStatus

import msgspec

from vestnik.errors import BadHandshake
from vestnik.wire.websocket.head import Headers, RequestHead, read_head

__all__ = ["Upgrade", "accept_response", "read_upgrade", "refuse"]

_GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
_ONCE = ("host", "sec-websocket-key", "sec-websocket-version", "authorization", "origin")
_ABSOLUTE = re.compile(r"(?:https?|wss?)://[^/?]+(.*)", re.IGNORECASE)
_WHAT_WE_SPEAK = (("Upgrade", "websocket"), ("Sec-WebSocket-Version", "13"))


class Upgrade(msgspec.Struct, frozen=True):
    """A request to become a WebSocket, in order.

    Attributes:
        path: Without the query, not decoded.
        query: What stands behind the question mark.
        key: What the answer has to prove that we have read.
    """

    path: str
    query: str
    headers: Headers
    key: str


def read_upgrade(head: bytes) -> Upgrade:
    """Read the request, from its first line up to and including the empty line.

    Raises:
        BadHandshake: It is no request for a WebSocket of this version; it has the status to answer.
    """
    request = read_head(head)
    _check_request(request)
    _check_upgrade(request.headers)
    path, _, query = _origin_form(request.target).partition("?")
    return Upgrade(path, query, request.headers, _key(request.headers))


def accept_response(upgrade: Upgrade) -> bytes:
    """Answer that the connection is a WebSocket now; no subprotocol, no extension."""
    proof = b64encode(sha1(f"{upgrade.key}{_GUID}".encode(), usedforsecurity=False).digest())
    return (
        b"HTTP/1.1 101 Switching Protocols\r\n"
        b"Upgrade: websocket\r\n"
        b"Connection: Upgrade\r\n"
        b"Sec-WebSocket-Accept: %b\r\n"
        b"\r\n" % proof
    )


def refuse(status: int, body: str, headers: Iterable[tuple[str, str]] = ()) -> bytes:
    """Answer that there will be no WebSocket; the connection is to be closed after it.

    Raises:
        ValueError: A header field has a line break or other characters that HTTP does not allow.
    """
    content = f"{body}\n".encode()
    given = tuple(headers)
    offers = any(name.lower() == "upgrade" for name, _ in given)
    fields = (
        *given,
        ("Content-Type", "text/plain; charset=utf-8"),
        ("Content-Length", str(len(content))),
        # Upgrade holds for one hop and has to be named here (RFC 9110, 7.8).
        ("Connection", "close, Upgrade" if offers else "close"),
    )
    lines = [f"{_checked(name)}: {_checked(value)}\r\n" for name, value in fields]
    head = f"HTTP/1.1 {status} {_phrase(status)}\r\n{''.join(lines)}\r\n"
    return head.encode("ascii") + content


def _check_request(request: RequestHead) -> None:
    if request.method != "GET":
        raise BadHandshake(405, "A WebSocket is asked for by GET.", (("Allow", "GET"),))
    if request.version != (1, 1):
        raise BadHandshake(505, "A WebSocket is asked for by HTTP/1.1.")
    for name in _ONCE:
        if len(request.headers.all(name)) > 1:
            raise BadHandshake(400, f"The header field {name} may come only once.")
    if not request.headers.get("host"):
        raise BadHandshake(400, "The header field Host is missing.")
    if "transfer-encoding" in request.headers or request.headers.get("content-length", "0") != "0":
        raise BadHandshake(400, "A request for a WebSocket has no body.")


def _check_upgrade(headers: Headers) -> None:
    if not _has(headers, "upgrade", "websocket") or not _has(headers, "connection", "upgrade"):
        raise BadHandshake(
            426, "This is a WebSocket: connect to it with a WebSocket client.", _WHAT_WE_SPEAK
        )
    if headers.get("sec-websocket-version") != "13":
        raise BadHandshake(
            426, "The header field Sec-WebSocket-Version has to be 13.", _WHAT_WE_SPEAK
        )


def _has(headers: Headers, name: str, token: str) -> bool:
    return any(item.lower() == token for item in headers.items_of(name))


def _key(headers: Headers) -> str:
    key = headers.get("sec-websocket-key")
    try:
        nonce = b64decode(key, validate=True)
    except (Base64Error, ValueError):
        nonce = b""
    if len(nonce) != 16 or len(key) != 24:
        raise BadHandshake(400, "The header field Sec-WebSocket-Key has to be 16 bytes in base64.")
    return key


def _origin_form(target: str) -> str:
    """Give path and query of a target that may also name scheme and host (RFC 9112, 3.2)."""
    if target.startswith("/"):
        return target
    absolute = _ABSOLUTE.fullmatch(target)
    if absolute is None:
        raise BadHandshake(400, "The target of a request is a path, such as /websocket/.")
    rest = absolute[1]
    return rest if rest.startswith("/") else f"/{rest}"


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return "Refused"


def _checked(text: str) -> str:
    if not text.isascii() or not text.isprintable():
        raise ValueError(f"a header field cannot have {text!r} in it")
    return text
