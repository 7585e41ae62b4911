"""How many connections one client address may have."""

from __future__ import annotations

import ipaddress
from collections import Counter
from collections.abc import Iterable

__all__ = ["Admission"]

IPV6_BITS = 64
"""Whoever has an IPv6 address has the whole /64 of it."""


class Admission:
    """Counts open connections by client address, and refuses those above the bound.

    Args:
        most: Connections of one IPv4 address, or of one IPv6 /64.
        unbounded: Networks that may have any number.
    """

    def __init__(self, most: int, unbounded: Iterable[str] = ()) -> None:
        self.refused = 0
        self._most = most
        self._unbounded = [ipaddress.ip_network(network) for network in unbounded]
        self._open: Counter[str] = Counter()

    @property
    def addresses(self) -> int:
        """How many addresses are counted now."""
        return len(self._open)

    def admit(self, host: str) -> str | None:
        """Count one more connection of a client; returns what `leave` takes back.

        Raises:
            OverflowError: It has too many.
        """
        key = self._key(host)
        if key is None:
            return None
        if self._open[key] >= self._most:
            self.refused += 1
            raise OverflowError(key)
        self._open[key] += 1
        return key

    def leave(self, key: str | None) -> None:
        """Count one connection less."""
        if key is None:
            return
        self._open[key] -= 1
        if self._open[key] <= 0:
            del self._open[key]

    def _key(self, host: str) -> str | None:
        try:
            address = ipaddress.ip_address(host.partition("%")[0])
        except ValueError:
            return None  # a socket of the file system: a program of this machine
        address = getattr(address, "ipv4_mapped", None) or address
        if any(address in network for network in self._unbounded):
            return None
        if address.version == 4:
            return str(address)
        return str(ipaddress.ip_network((address, IPV6_BITS), strict=False))
