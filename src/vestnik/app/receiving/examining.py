"""The steps of the second seed for one's own server, each looked into."""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Callable
from typing import TypeAlias

import msgspec

__all__ = ["Facts", "Finding", "Probe", "examine", "probe"]

PORTS = (80, 443)
_OUTSIDE = {
    socket.AF_INET: ("192.0.2.1", 9),
    socket.AF_INET6: ("2001:db8::1", 9, 0, 0),
}
"""Addresses that nobody has: nothing is sent there, only the way to them is looked up."""

Probe: TypeAlias = Callable[[socket.AddressFamily], str | None]


class Finding(msgspec.Struct, frozen=True):
    """What was seen.

    Attributes:
        is_good: Whether it is as the seed wants it.
    """

    is_good: bool
    sentence: str


class Facts(msgspec.Struct, frozen=True):
    """What is known of the receiver.

    Attributes:
        host: What it listens on.
        has_tls: Whether it speaks HTTPS by itself.
    """

    host: str
    port: int
    has_tls: bool


def probe(family: socket.AddressFamily) -> str | None:
    """Return the address by which this machine would go out; nothing is sent."""
    try:
        with socket.socket(family, socket.SOCK_DGRAM) as way:
            way.connect(_OUTSIDE[family])
            return str(way.getsockname()[0])
    except OSError:
        return None


def examine(facts: Facts, look: Probe = probe) -> list[Finding]:
    """Go through the seed's steps: port, IPv6, HTTPS, an address that others reach."""
    ipv4, ipv6 = look(socket.AF_INET), look(socket.AF_INET6)
    return [
        _port(facts),
        _ipv6(facts, ipv6),
        _https(facts),
        _public(facts, [found for found in (ipv4, ipv6) if found]),
    ]


def _port(facts: Facts) -> Finding:
    if facts.port in PORTS:
        return Finding(True, f"Port {facts.port} is open on this machine.")
    return Finding(
        False,
        f"Port {facts.port} is open on this machine, but webhooks of BotiCord come to 80 or 443: "
        "choose one of them, or let a proxy that has it pass requests on to here.",
    )


def _ipv6(facts: Facts, address: str | None) -> Finding:
    if address is None or not _is_public(address):
        return Finding(
            False,
            "This machine has no IPv6 address that others reach: webhooks of BotiCord come by IPv6 "
            "alone, so put a proxy or a tunnel with IPv6 before it.",
        )
    if ":" not in facts.host:
        return Finding(False, f"IPv6 works here, but {facts.host} is IPv4: use --host ::.")
    return Finding(True, f"IPv6 works here ({address}).")


def _https(facts: Facts) -> Finding:
    if facts.has_tls:
        return Finding(True, "It speaks HTTPS.")
    return Finding(
        False,
        "It speaks HTTP, and the token travels in the clear: give --tls-certificate and --tls-key, "
        "or let a proxy speak HTTPS.",
    )


def _public(facts: Facts, addresses: list[str]) -> Finding:
    if _is_loopback(facts.host):
        return Finding(False, f"{facts.host} is for this machine alone: use --host ::.")
    public = [address for address in addresses if _is_public(address)]
    if public:
        return Finding(True, f"The address is public ({', '.join(public)}).")
    return Finding(
        False,
        "No address of this machine is public, so that others reach it only through a proxy, a "
        "tunnel or a forwarded port.",
    )


def _is_public(address: str) -> bool:
    return ipaddress.ip_address(address.partition("%")[0]).is_global


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
