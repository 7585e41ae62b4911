"""Which addresses a gateway may connect to when strangers say where to."""

from __future__ import annotations

from collections.abc import Iterable
from ipaddress import (
    IPv4Address,
    IPv4Network,
    IPv6Address,
    IPv6Network,
    ip_network,
)
from typing import TypeAlias

from vestnik.errors import BadConfig

__all__ = ["Address", "Guard", "Network", "parse_network"]

Address: TypeAlias = IPv4Address | IPv6Address
Network: TypeAlias = IPv4Network | IPv6Network

_REFUSED_4 = {
    IPv4Network(network): what
    for network, what in {
        "0.0.0.0/8": "this host",
        "10.0.0.0/8": "private",
        "100.64.0.0/10": "a carrier's private",
        "127.0.0.0/8": "loopback",
        "168.63.129.16/32": "a cloud's own service",
        "169.254.0.0/16": "link-local",
        "172.16.0.0/12": "private",
        "192.0.0.0/24": "reserved",
        "192.0.2.0/24": "documentation",
        "192.88.99.0/24": "a relay's",
        "192.168.0.0/16": "private",
        "198.18.0.0/15": "benchmarking",
        "198.51.100.0/24": "documentation",
        "203.0.113.0/24": "documentation",
        "224.0.0.0/4": "multicast",
        "240.0.0.0/4": "reserved",
    }.items()
}

_GLOBAL_6 = IPv6Network("2000::/3")
"""All of IPv6 that is given out for the public; whatever is outside is special in some way."""

_REFUSED_6 = {
    IPv6Network(network): what
    for network, what in {
        "::/128": "unspecified",
        "::1/128": "loopback",
        "::ffff:0:0/96": "IPv4-mapped",
        "::ffff:0:0:0/96": "IPv4-translated",
        "::/96": "IPv4-compatible",
        "64:ff9b::/96": "NAT64",
        "64:ff9b:1::/48": "NAT64",
        "100::/63": "discard-only",
        "2001::/32": "Teredo",
        "2001::/23": "reserved",
        "2001:db8::/32": "documentation",
        "2002::/16": "6to4",
        "3fff::/20": "documentation",
        "5f00::/16": "segment-routing",
        "fc00::/7": "private",
        "fe80::/10": "link-local",
        "fec0::/10": "site-local",
        "ff00::/8": "multicast",
    }.items()
}

_EMBEDDING = tuple(
    (IPv6Network(network), shift)
    for network, shift in (
        ("::ffff:0:0/96", 0),
        ("::ffff:0:0:0/96", 0),
        ("::/96", 0),
        ("64:ff9b::/96", 0),
        ("64:ff9b:1::/48", 0),
        ("2002::/16", 80),
    )
)
"""Forms that reach an IPv4 address, and how far its 32 bits stand from the right."""

_TEREDO = IPv6Network("2001::/32")
_IPV4_BITS = 0xFFFFFFFF


class Guard:
    """Judges addresses: public ones pass, all others only if the operator allows their network.

    A form that leads to an IPv4 address (mapped, NAT64, 6to4, Teredo, …) passes only if its own
    network is allowed, and the IPv4 address would pass, too.

    Args:
        allowed: Networks that the operator allows, as ``127.0.0.0/8`` or ``fd00::/8``.

    Raises:
        BadConfig: One of them is no network.
    """

    def __init__(self, allowed: Iterable[str] = ()) -> None:
        self._allowed = tuple(parse_network(network) for network in allowed)

    def refusal(self, address: Address) -> str | None:
        """Return what is wrong with an address, in a word or two; ``None`` if nothing is."""
        wrong = None if self._allows(address) else _kind(address)
        if wrong is not None or not isinstance(address, IPv6Address):
            return wrong
        for embedded in _embedded(address):
            inner = self.refusal(embedded)
            if inner is not None:
                return inner
        return None

    def _allows(self, address: Address) -> bool:
        bare = _bare(address) if isinstance(address, IPv6Address) else address
        return any(bare in network for network in self._allowed)


def parse_network(text: str) -> Network:
    """Read a network or a single address.

    Raises:
        BadConfig: It is neither.
    """
    try:
        return ip_network(text)
    except ValueError:
        raise BadConfig(
            f"{text!r} is no network: write it as 192.0.2.0/24 or 2001:db8::/32."
        ) from None


def _kind(address: Address) -> str | None:
    if isinstance(address, IPv4Address):
        return next((what for net, what in _REFUSED_4.items() if address in net), None)
    bare = _bare(address)
    known = next((what for net, what in _REFUSED_6.items() if bare in net), None)
    return known or (None if bare in _GLOBAL_6 else "reserved")


def _bare(address: IPv6Address) -> IPv6Address:
    """Take the zone away, which makes an address unequal to all networks."""
    return IPv6Address(int(address))


def _embedded(address: IPv6Address) -> list[IPv4Address]:
    number = int(address)
    found = [
        IPv4Address((number >> shift) & _IPV4_BITS)
        for network, shift in _EMBEDDING
        if _bare(address) in network and number > 1
    ]
    if _bare(address) in _TEREDO:
        found += [IPv4Address((number >> 64) & _IPV4_BITS), IPv4Address(~number & _IPV4_BITS)]
    return found
