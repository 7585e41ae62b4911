"""Where a gateway is."""

from __future__ import annotations

from urllib.parse import SplitResult, urlsplit, urlunsplit

from vestnik.errors import BadInput
from vestnik.wire.limits import PATHS

__all__ = ["BOTICORD_URL", "gateway_url", "is_in_the_clear", "shown"]

BOTICORD_URL = "wss://gateway.boticord.top/websocket/"
"""The public service of the second seed."""

_SCHEMES = {"ws": "ws", "wss": "wss", "http": "ws", "https": "wss"}
_LOOPBACK = ("localhost", "127.0.0.1", "::1")


def gateway_url(text: str) -> str:
    """Complete what a person gave: ``http`` becomes ``ws``, and the path may be left out.

    Raises:
        BadInput: It is no address of a gateway.
    """
    parts = _split(text)
    scheme = _SCHEMES.get(parts.scheme)
    if scheme is None or not parts.hostname:
        raise BadInput(f"{shown(text)!r} is no address of a gateway: it looks like {BOTICORD_URL}.")
    path = parts.path if parts.path.strip("/") else PATHS[0]
    return urlunsplit((scheme, parts.netloc, path, parts.query, ""))


def is_in_the_clear(url: str) -> bool:
    """Tell whether the token would travel in the clear beyond this machine."""
    parts = urlsplit(url)
    return parts.scheme == "ws" and parts.hostname not in _LOOPBACK


def shown(url: str) -> str:
    """Leave out of an address what might be a secret."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return "this"
    return urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], parts.path, "", ""))


def _split(text: str) -> SplitResult:
    try:
        parts = urlsplit(text.strip())
        _ = parts.port
    except ValueError as error:
        raise BadInput(f"This is no address of a gateway: {error}.") from None
    return parts
