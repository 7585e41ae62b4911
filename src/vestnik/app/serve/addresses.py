"""Addresses, networks and URLs as an operator writes them."""

from __future__ import annotations

import ipaddress
from typing import NamedTuple
from urllib.parse import urlsplit

__all__ = ["Address", "check_address", "check_base_url", "check_network", "check_source"]

LAST_PORT = 65_535
WILDCARDS = {"0.0.0.0": "127.0.0.1", "::": "::1"}


class Address(NamedTuple):
    """Where to listen."""

    host: str
    port: int

    @classmethod
    def parse(cls, text: str) -> Address:
        """Read ``host:port``; an IPv6 host stands in brackets.

        Raises:
            ValueError: It is something else.
        """
        host, colon, port = text.rpartition(":")
        bare = host[1:-1] if host.startswith("[") and host.endswith("]") else host
        if not (bare and colon and port.isascii() and port.isdigit() and len(port) <= len("65535")):
            raise ValueError(f"{text!r} is no address")
        if int(port) > LAST_PORT or (":" in bare) != (bare != host) or not bare.isprintable():
            raise ValueError(f"{text!r} is no address")
        return cls(bare, int(port))

    @property
    def is_loopback(self) -> bool:
        """Whether only programs of this machine can come here."""
        try:
            return ipaddress.ip_address(self.host).is_loopback
        except ValueError:
            return self.host == "localhost"

    @property
    def reachable(self) -> Address:
        """The same for somebody of this machine who wants to connect."""
        return Address(WILDCARDS.get(self.host, self.host), self.port)

    def __str__(self) -> str:
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


def check_address(text: str) -> None:
    """Raise ValueError unless it is ``host:port``."""
    Address.parse(text)


def check_network(text: str) -> None:
    """Raise ValueError unless it is a network such as ``10.0.0.0/8``, or a single address."""
    ipaddress.ip_network(text)


def check_source(text: str) -> None:
    """Raise ValueError unless one can send from it: an address, or an IPv6 network."""
    if "/" not in text:
        ipaddress.ip_address(text)
    else:
        ipaddress.ip_network(text)


def check_base_url(text: str) -> None:
    """Raise ValueError unless it is an ``http`` or ``https`` URL without query."""
    parts = urlsplit(text)
    is_plain = not (parts.query or parts.fragment or parts.username or parts.password)
    if parts.scheme not in ("http", "https") or not parts.hostname or not is_plain:
        raise ValueError(f"{text!r} is no base of URLs")
    _ = parts.port  # raises ValueError for one that is no number
