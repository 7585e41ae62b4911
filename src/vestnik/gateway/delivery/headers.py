"""Which headers an owner may add to the requests, and why none of them can break a request."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from urllib.parse import quote

from vestnik.errors import BadRequest
from vestnik.wire.limits import MOST_HEADERS

__all__ = ["MOST_NAME", "MOST_VALUE", "check_headers", "header_lines", "in_header"]

MOST_NAME, MOST_VALUE = 128, 4096
"""Characters of the longest name and value of a header of the owner's."""

_TOKEN = r"[!#$%&'*+.^_`|~0-9A-Za-z-]+"  # noqa: S105  # what RFC 9110 calls a token
_TEXT = r"[\t\x20-\x7e\x80-\xff]*"
_NAME = re.compile(_TOKEN)
_VALUE = re.compile(r"[\x21-\x7e\x80-\xff](?:[\t\x20-\x7e\x80-\xff]*[\x21-\x7e\x80-\xff])?|")
_LINE = re.compile(
    r"(?!(?:host|content-length|connection|user-agent|transfer-encoding|te|trailer|upgrade"
    rf"|expect|keep-alive):){_TOKEN}: {_TEXT}\r\n",
    re.IGNORECASE,
)
_PLAIN = re.compile(r"[\x21-\x24\x26-\x7e]*")
_SAFE = "".join(chr(code) for code in range(0x21, 0x7F) if chr(code) != "%")

_OURS = frozenset(
    (
        "connection",
        "expect",
        "host",
        "keep-alive",
        "proxy-connection",
        "te",
        "trailer",
        "transfer-encoding",
        "upgrade",
        "user-agent",
    )
)
_OUR_FAMILIES = ("content-", "x-boticord-", "webhook-")


def check_headers(headers: Sequence[tuple[str, str]]) -> None:
    """Refuse headers of an owner that would override ours or break the request.

    Raises:
        BadRequest: Too many, twice the same, a reserved or impossible name, an impossible value.
    """
    if len(headers) > MOST_HEADERS:
        raise BadRequest(f"A webhook can have at most {MOST_HEADERS} headers of its own.")
    seen: set[str] = set()
    for name, value in headers:
        _check_name(name)
        _check_value(name, value)
        if name.lower() in seen:
            raise BadRequest(f"The header {name} is there twice.")
        seen.add(name.lower())


def _check_name(name: str) -> None:
    if len(name) > MOST_NAME or not _NAME.fullmatch(name):
        raise BadRequest(
            f"A header's name is at most {MOST_NAME} letters, digits and hyphens: "
            f"{name[:MOST_NAME]!r} is not."
        )
    if name.lower() in _OURS or name.lower().startswith(_OUR_FAMILIES):
        raise BadRequest(f"The header {name} is written by the gateway: choose another name.")


def _check_value(name: str, value: str) -> None:
    if len(value) > MOST_VALUE or not _VALUE.fullmatch(value):
        raise BadRequest(
            f"The value of {name} has line breaks, spaces around it, letters outside Latin-1, or "
            f"more than {MOST_VALUE} characters."
        )


def header_lines(headers: Sequence[tuple[str, str]]) -> bytes | None:
    """Spell headers for the wire; ``None`` if they would not come out as exactly these headers."""
    lines = [line for name, value in headers if (line := _line(name, value)) is not None]
    return b"".join(lines) if len(lines) == len(headers) else None


@lru_cache(maxsize=8192)
def _line(name: str, value: str) -> bytes | None:
    """Spell one header; most of them go out again and again."""
    line = f"{name}: {value}\r\n"
    return line.encode("latin-1") if _LINE.fullmatch(line) else None


def in_header(text: str) -> str:
    """Spell any text so that it can stand in a header.

    Visible ASCII stands as it is; ``%``, spaces and all else are percent-encoded as UTF-8, so that
    decoding gives the text back. Ids are visible ASCII in practice and come out unchanged.
    """
    return text if _PLAIN.fullmatch(text) else quote(text, safe=_SAFE, errors="replace")
