"""The head of an HTTP request, read strictly (RFC 9112): what is ambiguous is refused."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from vestnik.errors import BadHandshake

__all__ = ["MAX_HEAD", "Headers", "RequestHead", "read_head"]

MAX_HEAD = 16 * 1024
"""Bytes of the longest head of a request."""

_MOST_FIELDS = 100
_TOKEN = rb"[!#$%&'*+.^_`|~0-9A-Za-z-]+"
_REQUEST_LINE = re.compile(rb"(%b) ([!-~]+) HTTP/(\d)\.(\d)" % _TOKEN)
_NAME = re.compile(_TOKEN)
_VALUE = re.compile(rb"[\t -~\x80-\xff]*")


class Headers:
    """Header fields by their names, whatever the case."""

    __slots__ = ("_fields",)

    def __init__(self, fields: Iterable[tuple[str, str]] = ()) -> None:
        self._fields = tuple((name.lower(), value) for name, value in fields)

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and bool(self.all(name))

    def __iter__(self) -> Iterator[tuple[str, str]]:
        """Go through names, in small letters, and values as they came."""
        return iter(self._fields)

    def __len__(self) -> int:
        return len(self._fields)

    def __repr__(self) -> str:
        # Values may be secret, and what is printed ends up in logs.
        return f"<Headers {', '.join(name for name, _ in self._fields)}>"

    def all(self, name: str) -> list[str]:
        """Give every value that a name has."""
        wanted = name.lower()
        return [value for known, value in self._fields if known == wanted]

    def get(self, name: str, default: str = "") -> str:
        """Give the value of a name; several are one list with commas (RFC 9110, 5.3)."""
        return ", ".join(self.all(name)) if name in self else default

    def items_of(self, name: str) -> list[str]:
        """Give the items of a list with commas, without the empty ones."""
        return [item for part in self.get(name).split(",") if (item := part.strip(" \t"))]


class RequestHead(NamedTuple):
    """A request without its body."""

    method: str
    target: str
    version: tuple[int, int]
    headers: Headers


def read_head(head: bytes) -> RequestHead:
    """Read a head, up to and including its empty line.

    Raises:
        BadHandshake: It is too large, or no head of a request.
    """
    if len(head) > MAX_HEAD:
        raise BadHandshake(431, f"The head of a request may have at most {MAX_HEAD} bytes.")
    if not head.endswith(b"\r\n\r\n"):
        raise BadHandshake(400, "The head of a request ends with an empty line.")
    first, *lines = head[:-4].split(b"\r\n")
    if len(lines) > _MOST_FIELDS:
        raise BadHandshake(431, f"A request may have at most {_MOST_FIELDS} header fields.")
    return _request_line(first, Headers(map(_field, lines)))


def _request_line(line: bytes, headers: Headers) -> RequestHead:
    found = _REQUEST_LINE.fullmatch(line)
    if found is None:
        raise BadHandshake(400, "A request begins with a line such as GET /websocket/ HTTP/1.1.")
    method, target, major, minor = (part.decode("ascii") for part in found.groups())
    return RequestHead(method, target, (int(major), int(minor)), headers)


def _field(line: bytes) -> tuple[str, str]:
    name, colon, value = line.partition(b":")
    if not colon or not _NAME.fullmatch(name) or not _VALUE.fullmatch(value):
        raise BadHandshake(400, "A header field has a name, a colon and a value, in one line.")
    return name.decode("ascii"), value.strip(b" \t").decode("latin-1")
