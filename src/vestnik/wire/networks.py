"""Who is at the other end, going by addresses, pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from ipaddress import (
    IPv4Address,
    IPv4Network,
    IPv6Address,
    IPv6Network,
    ip_address,
    ip_network,
)
from typing import TypeAlias

from vestnik.errors import BadInput

__all__ = [
    "BOTICORD_NETWORK",
    "Address",
    "Network",
    "address_of",
    "attempt_key",
    "client_address",
    "is_within",
    "network_of",
]

Address: TypeAlias = IPv4Address | IPv6Address
Network: TypeAlias = IPv4Network | IPv6Network

BOTICORD_NETWORK = IPv6Network("2a06:98c0::/29")
"""Where BotiCord's webhooks come from by its document (AS132892, Cloudflare).

All of Cloudflare's customers can send from there, so it says less than a token does.
"""

_NAT64 = IPv6Network("64:ff9b::/96")


def address_of(text: str) -> Address | None:
    """Read an address; what is IPv4 in the clothes of IPv6 (RFC 4291, RFC 6052) is IPv4."""
    try:
        address = ip_address(text.strip())
    except ValueError:
        return None
    if isinstance(address, IPv4Address):
        return address
    if address in _NAT64:
        return IPv4Address(int(address) & 0xFFFFFFFF)
    return address.ipv4_mapped or IPv6Address(int(address))


def network_of(text: str) -> Network:
    """Read a network such as ``10.0.0.0/8``, or a single address.

    Raises:
        BadInput: It is none, or has bits set where the hosts are.
    """
    try:
        network = ip_network(text.strip())
    except ValueError:
        raise BadInput(f"{text!r} is no network: write it like 10.0.0.0/8 or fd00::/8.") from None
    mapped = network.network_address.ipv4_mapped if isinstance(network, IPv6Network) else None
    if mapped is None:
        return network
    return IPv4Network((mapped, network.prefixlen - 96))


def is_within(address: str, networks: Iterable[Network]) -> bool:
    """Say whether an address belongs to one of the networks; what is no address does not."""
    found = address_of(address)
    return found is not None and any(found in network for network in networks)


def client_address(peer: str, forwarded_for: str, trusted: Sequence[Network]) -> str:
    """Say where a request comes from: the nearest address that is not a proxy of ours.

    Args:
        peer: The other end of the connection.
        forwarded_for: ``X-Forwarded-For``, to whose end every proxy appends whom it heard.
        trusted: Where our own proxies are; nobody else's word counts.

    Returns:
        The rightmost address of the header that is not trusted, the leftmost one if all are, and
        the peer if it is no proxy of ours or there is something else than addresses on the way.
    """
    nearest = peer
    for item in reversed(forwarded_for.split(",") if forwarded_for else ()):
        if not is_within(nearest, trusted):
            break
        address = address_of(_without_port(item.strip()))
        if address is None:
            return peer
        nearest = str(address)
    return nearest


def attempt_key(address: str) -> str:
    """Give the key by which attempts are counted: one customer's IPv6 addresses are one (/64)."""
    found = address_of(address)
    if isinstance(found, IPv6Address):
        return str(IPv6Network((int(found) >> 64 << 64, 64)))
    return address if found is None else str(found)


def _without_port(item: str) -> str:
    """Take off the port that some proxies add, ``192.0.2.1:4711`` or ``[2001:db8::1]:4711``."""
    if item.startswith("["):
        return item[1:].partition("]")[0]
    return item.partition(":")[0] if item.count(":") == 1 else item
